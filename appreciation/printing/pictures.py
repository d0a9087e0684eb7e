"""The pictures on the front of a card: designs of ours, or a file of the owner's."""

import tomllib
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache
from pathlib import Path
from typing import Any

from appreciation.printing.pieces import Look, Piece
from appreciation.printing.refusals import NoPicture

DESIGNS = Path(__file__).with_name("designs")
_KINDS = (".png", ".jpg", ".jpeg", ".svg")
_STARTS = {".png": b"\x89PNG", ".jpg": b"\xff\xd8", ".jpeg": b"\xff\xd8"}
NONE = "none"


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture to print; a ``design`` of ours is drawn on its ``ground``, with a caption."""

    file: Path
    ground: str = ""
    ink: str = ""
    design: bool = False


@cache
def designs() -> dict[str, Picture]:
    """Return our own designs by name."""
    return {
        name: Picture(DESIGNS / f"{name}.svg", fields["ground"], fields["ink"], design=True)
        for name, fields in _book()["designs"].items()
    }


def caption(occasion: str, language: str) -> str:
    """Return the few words for the front of a card about ``occasion``; none we do not know."""
    words: dict[str, dict[str, str]] = _book()["captions"]
    return words.get(language.partition("-")[0], {}).get(occasion, "")


def picture_of(piece: Piece, look: Look) -> Picture | None:
    """Return the picture on the front of ``piece``; None where it has none.

    Raises:
        NoPicture: there is none of that name, or it may not be printed.
    """
    name = piece.picture or look.picture
    if not look.card.has_front or name == NONE:
        return None
    if not name:
        suits = _book()["occasions"]
        return designs()[suits.get(piece.occasion, suits["other"])]
    return designs().get(name) or Picture(_of_the_owner(name, look.pictures))


def insist_on_picture(look: Look) -> None:
    """Refuse a picture of the settings that cannot be printed: no card is to blame for it.

    Raises:
        NoPicture: it is missing, or may not be printed.
    """
    if look.card.has_front and look.picture not in {"", NONE, *designs()}:
        _of_the_owner(look.picture, look.pictures)


def insist_on_signature(file: Path) -> None:
    """Refuse a signature that cannot be printed.

    Raises:
        NoPicture: it is missing, or neither a PNG nor an SVG.
    """
    if file.suffix.lower() not in {".png", ".svg"}:
        raise NoPicture(
            f"the signature {file} is neither a PNG nor an SVG",
            mend="save it as a PNG with a transparent ground",
        )
    _insist_on_content(file, f"the signature {file}")


def _of_the_owner(name: str, folder: Path | None) -> Path:
    wrong = f"the picture {name!r}"
    near = get_close_matches(name, designs(), n=1)
    meant = f"did you mean {near[0]!r}? " if near else ""
    known = f"take one of ours: {', '.join(designs())}"
    if folder is None:
        raise NoPicture(f"{wrong} is none of ours", mend=meant + known)
    # What a link leads to counts: nothing outside of the folder may come onto a card.
    file = (folder / name).resolve()
    if not file.is_relative_to(folder.resolve()):
        raise NoPicture(f"{wrong} lies outside of {folder}", mend="put it into that folder")
    if not file.exists():
        raise NoPicture(f"{wrong} is not in {folder}", mend=f"{meant}put it there, or {known}")
    if file.suffix.lower() not in _KINDS:
        raise NoPicture(f"{wrong} is no picture we can print", mend=f"save it as {_KINDS[0][1:]}")
    _insist_on_content(file, wrong)
    return file


def _insist_on_content(file: Path, wrong: str) -> None:
    try:
        with file.open("rb") as opened:
            start = opened.read(512)
    except OSError as error:
        raise NoPicture(
            f"{wrong} cannot be read: {(error.strerror or 'no reason told').lower()}",
            mend="put it there, or take it out of the settings",
        ) from error
    expected = _STARTS.get(file.suffix.lower())
    is_so = start.startswith(expected) if expected else b"<" in start
    if not is_so:
        raise NoPicture(f"{wrong} is not what its name says", mend="save it anew")


@cache
def _book() -> dict[str, Any]:
    return tomllib.loads((DESIGNS / "designs.toml").read_text(encoding="utf-8"))
