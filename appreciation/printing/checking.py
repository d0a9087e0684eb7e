"""Finds what keeps a piece from being printed, and says it so that it can be mended."""

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from appreciation.errors import AppreciationError
from appreciation.printing.cards import SMALLEST_ON_A_CARD
from appreciation.printing.faces import Faces, insist_on_hand, missing, remedy
from appreciation.printing.pictures import picture_of
from appreciation.printing.pieces import Look, Piece
from appreciation.printing.press import Overrun, cannot_draw
from appreciation.printing.print_tree import UnknownKind, blocks_to_set, text_of, tidy
from appreciation.printing.refusals import NoGlyph, NoPicture, NotPrinted, TooLong, Unprintable
from appreciation.printing.stocks import Labels

SENDER_LINES = 6
SENDER_LETTERS = 60
_SAVE_ANEW = "save it anew, with nothing in it that lies in another file"


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with one piece, and what mends it."""

    refusal: type[NotPrinted]
    wrong: str
    mend: str

    def __str__(self) -> str:
        return f"{self.wrong}: {self.mend}" if self.mend else self.wrong


def letters_of(pieces: Sequence[Piece], look: Look) -> str:
    """Return every letter that a batch prints."""
    texts = [*look.sender, *(_on_the_card(piece) + _in_sans(piece) for piece in pieces)]
    return "".join(map(tidy, texts))


def faults_in_words(pieces: Sequence[Piece], look: Look, faces: Faces) -> dict[str, Fault]:
    """Return, by code, what cannot be set whatever its size."""
    in_sender = _fault_in_sender(look, faces)
    if in_sender:
        return dict.fromkeys((piece.code for piece in pieces), in_sender)
    found = {piece.code: _fault_in_words(piece, look, faces) for piece in pieces}
    return {code: fault for code, fault in found.items() if fault}


def faults_in_room(
    look: Look, cards: Mapping[str, Overrun], envelopes: Mapping[str, Overrun]
) -> dict[str, Fault]:
    """Return, by code, what is too long or too wide for its paper."""
    address = {code: _address_too_long(over, look) for code, over in envelopes.items()}
    return address | {
        code: (_address_too_long if over.zone == "address" else _text_too_long)(over, look)
        for code, over in cards.items()
    }


def insist_on_drawing(pieces: Sequence[Piece], look: Look) -> None:
    """Refuse pictures that look well and cannot be drawn, once a sheet could not be set.

    Raises:
        NoPicture: one is to blame.
    """
    if look.signature and (said := cannot_draw(look.signature)):
        raise NoPicture(f"the signature {look.signature} cannot be drawn: {said}", mend=_SAVE_ANEW)
    said_of: dict[Path, str] = {}
    faults = {}
    for piece in pieces:
        picture = picture_of(piece, look)
        if picture is None or picture.design:
            continue
        if picture.file not in said_of:
            said_of[picture.file] = cannot_draw(picture.file)
        if said := said_of[picture.file]:
            name = piece.picture or look.picture
            fault = Fault(NoPicture, f"the picture {name!r} cannot be drawn: {said}", _SAVE_ANEW)
            if not piece.picture:
                raise NoPicture(fault.wrong, mend=fault.mend)
            faults[piece.code] = fault
    insist(pieces, faults)


def insist(pieces: Sequence[Piece], faults: Mapping[str, Fault]) -> None:
    """Refuse the batch if any of ``pieces`` has a fault, naming the first.

    Raises:
        NotPrinted: the fault's own kind of it.
    """
    faulty = [piece for piece in pieces if piece.code in faults]
    if not faulty:
        return
    first, fault = faulty[0], faults[faulty[0].code]
    others = f" (and {len(faulty) - 1} more cannot be printed)" if len(faulty) > 1 else ""
    refusal = fault.refusal(f"{first.name} ({first.code}): {fault.wrong}{others}", mend=fault.mend)
    refusal.faults = {piece.code: str(faults[piece.code]) for piece in faulty}
    raise refusal


def _fault_in_sender(look: Look, faces: Faces) -> Fault | None:
    if len(look.sender) > SENDER_LINES or any(len(line) > SENDER_LETTERS for line in look.sender):
        wrong = "the return address is too large for an envelope"
        mend = f"write it in {SENDER_LINES} lines of at most {SENDER_LETTERS} letters"
        return Fault(TooLong, wrong, mend)
    lacking = missing("".join(map(tidy, look.sender)), faces.behind)
    return _no_glyph(lacking, "in the return address, ") if lacking else None


def _fault_in_words(piece: Piece, look: Look, faces: Faces) -> Fault | None:
    try:
        look.ink_of(piece)
        insist_on_hand(look.hand_of(piece))
        picture_of(piece, look)
    except AppreciationError as error:
        refusal = type(error) if isinstance(error, NotPrinted) else Unprintable
        return Fault(refusal, str(error), error.mend)
    try:
        blocks = blocks_to_set(piece.body)
    except UnknownKind as unknown:
        return Fault(Unprintable, f"its text has {unknown}, which cannot be set on a card", "")
    if not text_of(blocks).strip():
        return Fault(Unprintable, "its card would be empty", "write a text")
    if not "".join(piece.address).strip():
        return Fault(Unprintable, "it has no postal address", "give the customer one")
    text = tidy(text_of(blocks))
    hand = faces.hand_for(text, look.hand_of(piece))
    on_the_card = [hand, *faces.behind] if hand else faces.behind
    lacking = [*missing(text, on_the_card), *missing(_in_sans(piece), faces.behind)]
    return _no_glyph(list(dict.fromkeys(lacking))) if lacking else None


def _no_glyph(lacking: Sequence[str], where: str = "") -> Fault:
    shown = ", ".join(map(_shown, lacking[:5])) + (" and others" if lacking[5:] else "")
    mends = dict.fromkeys(filter(None, map(remedy, lacking)))
    return Fault(NoGlyph, f"{where}no font here has {shown}", " and ".join(mends))


def _shown(letter: str) -> str:
    number = f"U+{ord(letter):04X}"
    if unicodedata.category(letter).startswith("C"):
        return number
    return f"{letter} ({number})"


def _text_too_long(over: Overrun, look: Look) -> Fault:
    card = f"{'an' if look.card.name.startswith('a') else 'a'} {look.card.name} card"
    smallest = f"{SMALLEST_ON_A_CARD * 100:.0f} %"
    if over.lines:
        lines = "1 line" if over.lines == 1 else f"{over.lines} lines"
        wrong = f"its text is {lines} too long for {card} even at {smallest}"
    else:
        wrong = f"the word {over.wide[0][:30]!r} is too wide for {card} even at {smallest}"
    return Fault(TooLong, wrong, "shorten it, or print on a larger card")


def _address_too_long(over: Overrun, look: Look) -> Fault:
    kind = "long" if over.lines else "wide"
    if look.card.address:
        paper, larger = f"the postcard {look.card.name}", "postcard"
    elif isinstance(look.envelope, Labels):
        paper, larger = f"a label {look.envelope.name}", "label"
    else:
        paper, larger = f"an envelope {look.envelope.name}", "envelope"
    return Fault(
        TooLong, f"its address is too {kind} for {paper}", f"shorten it, or use a larger {larger}"
    )


def _on_the_card(piece: Piece) -> str:
    try:
        return text_of(blocks_to_set(piece.body))
    except UnknownKind:
        return ""


def _in_sans(piece: Piece) -> str:
    by_hand = (*piece.facts, piece.before)
    words = (
        *piece.address,
        piece.sent_from,
        piece.name,
        piece.why,
        piece.code,
        piece.enclose,
        *by_hand,
    )
    return "".join(map(tidy, words))
