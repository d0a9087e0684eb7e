"""The typefaces we print with, and which letters they lack."""

import os
import sys
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache
from importlib.resources import as_file, files
from pathlib import Path

from appreciation.errors import AppreciationError
from appreciation.printing.coverage import code_points


@dataclass(frozen=True, slots=True)
class Face:
    """A typeface under the name the typesetter knows it by."""

    family: str
    file: Path

    def has(self, letter: str) -> bool:
        """Tell whether ``letter`` can be drawn, if need be from a base and its marks."""
        known = code_points(self.file)
        return ord(letter) in known or (
            len(pieces := unicodedata.normalize("NFD", letter)) > 1
            and all(ord(piece) in known for piece in pieces)
        )


@dataclass(frozen=True, slots=True)
class Hand:
    """A face for the words of a card.

    ``scale`` makes its letters look as large as the others' at one size, and
    ``leading`` is how far its lines stand apart, in parts of it. One that
    ``stands_in`` may write a card whose own hand lacks a letter. What is not
    written ``by_pen`` never sways: type that does looks like a broken press.
    """

    package: str
    file: str
    scale: float = 1.0
    leading: float = 0.16
    weight: int = 400
    stands_in: bool = False
    by_pen: bool = True


HANDS = {
    "Caveat": Hand("fontpkg_caveat", "Caveat[wght].ttf", stands_in=True),
    "Dancing Script": Hand(
        "fontpkg_dancing_script", "DancingScript[wght].ttf", scale=0.93, leading=0.2, stands_in=True
    ),
    "Kalam": Hand("fontpkg_kalam", "Kalam-Light.ttf", scale=0.83, leading=0.33, weight=300),
    "Indie Flower": Hand(
        "fontpkg_indie_flower", "IndieFlower-Regular.ttf", scale=0.86, leading=0.32
    ),
    "EB Garamond": Hand(
        "fontpkg_eb_garamond", "EBGaramond[wght].ttf", scale=0.86, leading=0.3, by_pen=False
    ),
}
DISPLAY = ("Great Vibes", "fontpkg_great_vibes", "GreatVibes-Regular.ttf")
SANS = "Noto Sans"
_SANS_FILE = ("fontpkg_noto_sans", "NotoSans[wdth,wght].ttf")
# For the scripts that a small file covers; what is too large is looked for on the system.
_SCRIPTS = {
    "Noto Sans Arabic": ("fontpkg_noto_sans_arabic", "NotoSansArabic[wdth,wght].ttf"),
    "Assistant": ("fontpkg_assistant", "Assistant[wght].ttf"),
    "Noto Sans Thai": ("fontpkg_noto_sans_thai", "NotoSansThai[wdth,wght].ttf"),
}

# In the order they are asked. A Japanese face behind all others, or it would
# set Greek and Cyrillic as wide as its own signs.
ON_THE_SYSTEM = {
    "NotoColorEmoji.ttf": "Noto Color Emoji",
    "seguiemj.ttf": "Segoe UI Emoji",
    "Apple Color Emoji.ttc": "Apple Color Emoji",
    "NotoSansArmenian-Regular.ttf": "Noto Sans Armenian",
    "NotoSansGeorgian-Regular.ttf": "Noto Sans Georgian",
    "NotoSansBengali-Regular.ttf": "Noto Sans Bengali",
    "NotoSansTamil-Regular.ttf": "Noto Sans Tamil",
    "DejaVuSans.ttf": "DejaVu Sans",
    "segoeui.ttf": "Segoe UI",
    "Arial Unicode.ttf": "Arial Unicode MS",
    "NotoSansCJK-Regular.ttc": "Noto Sans CJK JP",
    "YuGothM.ttc": "Yu Gothic",
    "msyh.ttc": "Microsoft YaHei",
    "malgun.ttf": "Malgun Gothic",
    "Hiragino Sans GB.ttc": "Hiragino Sans GB",
    "AppleSDGothicNeo.ttc": "Apple SD Gothic Neo",
}


class UnknownFace(AppreciationError):
    """A handwriting face that we do not ship."""


@dataclass(frozen=True, slots=True)
class Faces:
    """The faces of one batch: the hands of its cards, and what writes all else."""

    hands: tuple[Face, ...]
    behind: tuple[Face, ...]

    @property
    def all(self) -> tuple[Face, ...]:
        """Every one of them, the hands first."""
        return (*self.hands, *self.behind)

    def hand_for(self, text: str, wished: str) -> Face | None:
        """Return the hand that writes all of ``text``, or most of it; none if it is foreign to all.

        A card is in one hand: a single letter from another stands out like a stamp.
        """
        first = next(face for face in self.hands if face.family == wished)
        letters = [letter for letter in text if letter.isalpha()]
        others = (face for face in self.hands if HANDS[face.family].stands_in)
        for hand in (first, *others):
            if all(map(hand.has, letters)):
                return hand
        return first if 2 * sum(map(first.has, letters)) >= len(letters) else None


def insist_on_hand(hand: str) -> None:
    """Refuse a handwriting that we do not ship.

    Raises:
        UnknownFace: it is one.
    """
    if hand not in HANDS:
        near = get_close_matches(hand, HANDS, n=1, cutoff=0.5)
        meant = f"did you mean {near[0]!r}? " if near else ""
        raise UnknownFace(
            f"no handwriting is called {hand!r}", mend=f"{meant}write one of: {', '.join(HANDS)}"
        )


def faces_for(letters: Iterable[str], hands: Iterable[str]) -> Faces:
    """Return the ``hands``, those that stand in for them, and faces for what they lack.

    Raises:
        UnknownFace: we ship no such handwriting.
    """
    wished = dict.fromkeys(hands)
    for hand in wished:
        insist_on_hand(hand)
    stand_ins = (name for name, hand in HANDS.items() if hand.stands_in)
    known = tuple(_hand(name) for name in dict.fromkeys((*wished, *stand_ins)))
    behind = [sans()]
    lacking = missing(letters, behind)
    for face in _other_faces() if lacking else ():
        drawn = {letter for letter in lacking if face.has(letter)}
        if drawn:
            behind.append(face)
            lacking = [letter for letter in lacking if letter not in drawn]
    return Faces(known, tuple(behind))


def sans() -> Face:
    """Return the face for what no hand writes."""
    return _packaged(SANS, *_SANS_FILE)


def display() -> Face:
    """Return the face for the few words on a picture."""
    return _packaged(*DISPLAY)


def missing(letters: Iterable[str], faces: Sequence[Face]) -> list[str]:
    """Return the letters that none of ``faces`` draws, each once, in order."""
    composed = unicodedata.normalize("NFC", "".join(letters))
    return [
        letter
        for letter in dict.fromkeys(composed)
        if not _leaves_no_ink(letter) and not any(face.has(letter) for face in faces)
    ]


def remedy(letter: str) -> str:
    """Return what to install so that ``letter`` can be printed, or nothing if unknown."""
    name = unicodedata.name(letter, "")
    if not name:
        return ""
    if name.startswith(("CJK", "HIRAGANA", "KATAKANA", "HANGUL")):
        return "install the font Noto Sans CJK (the package fonts-noto-cjk)"
    if unicodedata.category(letter) == "So":
        return "install the font Noto Color Emoji (the package fonts-noto-color-emoji)"
    return "install the Noto Sans fonts (the package fonts-noto-core)"


def _hand(name: str) -> Face:
    return _packaged(name, HANDS[name].package, HANDS[name].file)


def _packaged(family: str, package: str, file: str) -> Face:
    with as_file(files(package) / "files" / file) as path:
        return Face(family, path)


def _leaves_no_ink(letter: str) -> bool:
    selects_a_variant = ord(letter) in range(0xFE00, 0xFE10)
    return selects_a_variant or unicodedata.category(letter) in {"Cf", "Zs", "Zl", "Zp"}


@cache
def _other_faces() -> tuple[Face, ...]:
    found: dict[str, Path] = {}
    for folder in _system_folders():
        for place, _, names in os.walk(folder):
            for name in ON_THE_SYSTEM.keys() & set(names):
                found.setdefault(name, Path(place) / name)
    ours = (_packaged(family, *where) for family, where in _SCRIPTS.items())
    theirs = (Face(ON_THE_SYSTEM[name], found[name]) for name in ON_THE_SYSTEM if name in found)
    return (*ours, *theirs)


def _system_folders() -> list[Path]:
    home = Path.home()
    if sys.platform == "win32":
        return [Path(os.environ.get("WINDIR", "C:/Windows")) / "Fonts"]
    if sys.platform == "darwin":
        return [home / "Library/Fonts", Path("/Library/Fonts"), Path("/System/Library/Fonts")]
    return [
        home / ".local/share/fonts",
        Path("/usr/local/share/fonts"),
        Path("/usr/share/fonts"),
    ]
