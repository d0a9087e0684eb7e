"""A batch frozen: all that its sheets are made of, kept beside them to print some once more."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields
from datetime import date
from pathlib import Path
from typing import Any

from appreciation.errors import AppreciationError
from appreciation.printing.pieces import Duplex, Look, Piece
from appreciation.printing.stocks import Card, Envelope, Labels, kind_of

FILE = "manifest.json"
_FORM = 1


class BrokenManifest(AppreciationError):
    """A folder that does not hold a batch that can be printed again."""


@dataclass(frozen=True, slots=True)
class Manifest:
    """Cards and what they are sent in, in one order.

    ``start_at`` is the first free place on a sheet that was begun. With
    ``by_hand`` no cards are printed, but what a person needs to write them.
    """

    title: str
    made_on: date
    look: Look
    pieces: tuple[Piece, ...]
    start_at: int = 1
    by_hand: bool = False

    @property
    def turned(self) -> Duplex:
        """How a printer turns the paper of the cards; all else is printed on one side."""
        is_turned = self.look.card.is_two_sided and not self.by_hand
        return self.look.duplex if is_turned else "off"

    def some(self, first: int, last: int, start_at: int) -> "Manifest":
        """Return the pieces from number ``first`` to ``last``, inclusive; they count from 1.

        A piece's number is the one in its code.

        Raises:
            AppreciationError: there are none, or the batch does not reach so far.
        """
        found = tuple(piece for piece in self.pieces if first <= number(piece) <= last)
        numbers = [number(piece) for piece in self.pieces]
        if not found or first < min(numbers) or last > max(numbers):
            asked = f"card {first}" if first == last else f"cards from {first} to {last}"
            raise AppreciationError(
                f"{self.title} has no {asked}", mend=f"its numbers are {_ranges(numbers)}"
            )
        return Manifest(self.title, self.made_on, self.look, found, start_at, self.by_hand)


def _ranges(numbers: Sequence[int]) -> str:
    """Return ascending ``numbers`` like ``1 to 3, 5``: a card that was not printed has none."""
    ends: list[list[int]] = []
    for each in numbers:
        if ends and each == ends[-1][1] + 1:
            ends[-1][1] = each
        else:
            ends.append([each, each])
    return ", ".join(f"{a} to {b}" if a < b else f"{a}" for a, b in ends)


def number(piece: Piece) -> int:
    """Return which piece of its batch this is: 42 of ``B7-0042``."""
    return int(piece.code.rpartition("-")[2])


def save(manifest: Manifest, file: Path) -> None:
    """Write ``manifest`` to ``file``, and what its pictures held."""
    look = {
        field.name: getattr(manifest.look, field.name)
        for field in fields(Look)
        if field.name not in {"card", "envelope"}
    }
    frozen = {
        "form": _FORM,
        "title": manifest.title,
        "made_on": manifest.made_on.isoformat(),
        "start_at": manifest.start_at,
        "by_hand": manifest.by_hand,
        "card": manifest.look.card.model_dump(mode="json"),
        kind_of(manifest.look.envelope): manifest.look.envelope.model_dump(mode="json"),
        "look": {
            key: str(value) if isinstance(value, Path) else value for key, value in look.items()
        },
        "signed_with": _digest(manifest.look.signature),
        "pieces": [
            asdict(piece) | {"address_hash": _hash("\n".join(piece.address))}
            for piece in manifest.pieces
        ],
    }
    file.write_text(json.dumps(frozen, ensure_ascii=False, indent=1), encoding="utf-8")


def load(folder: Path) -> Manifest:
    """Return what the batch in ``folder`` was made of.

    Raises:
        BrokenManifest: it is gone, or was changed since.
    """
    file = folder / FILE
    try:
        frozen: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
        return _thawed(frozen)
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise BrokenManifest(
            f"{file} does not tell any more what was printed: {error}",
            mend="print the pages you need from the PDFs beside it",
        ) from error


def _thawed(frozen: dict[str, Any]) -> Manifest:
    if frozen["form"] != _FORM:
        raise ValueError(f"its form is {frozen['form']!r}, not {_FORM}")
    look = frozen["look"] | {"sender": tuple(frozen["look"]["sender"])}
    for key in ("pictures", "signature"):
        look[key] = look[key] and Path(look[key])
    envelope: Envelope | Labels
    if "labels" in frozen:
        envelope = Labels.model_validate(frozen["labels"])
    else:
        envelope = Envelope.model_validate(frozen["envelope"])
    if frozen["signed_with"] != _digest(look["signature"]):
        raise ValueError("the signature is another one now")
    return Manifest(
        frozen["title"],
        date.fromisoformat(frozen["made_on"]),
        Look(card=Card.model_validate(frozen["card"]), envelope=envelope, **look),
        tuple(_piece(each) for each in frozen["pieces"]),
        frozen["start_at"],
        frozen["by_hand"],
    )


def _piece(fields: dict[str, Any]) -> Piece:
    kept = {key: value for key, value in fields.items() if key != "address_hash"}
    piece = Piece(**kept | {"address": tuple(kept["address"]), "facts": tuple(kept["facts"])})
    if _hash("\n".join(piece.address)) != fields["address_hash"]:
        raise ValueError(f"the address of {piece.code} is another one now")
    return piece


def _digest(file: Path | None) -> str | None:
    return hashlib.sha256(file.read_bytes()).hexdigest() if file else None


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:16]
