"""The text of a card as a tree of blocks, made ready for the typesetter."""

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Literal, NotRequired, TypedDict

LONGEST_SIGNATURE = 70
SHORT_WORD = 12
FEW_WORDS = 4
# Scripts that may break between any two letters have no long words.
UNBROKEN = re.compile(
    rf"[^\s\-\u0e00-\u109f\u1780-\u17ff\u2010-\u2015\u2e80-\ud7ff]{{{SHORT_WORD},}}"
)


class Words(TypedDict):
    """A run of text in one weight and slant."""

    text: str
    bold: NotRequired[bool]
    italic: NotRequired[bool]


# "break" is a word of Python, so this one cannot be written as a class.
Break = TypedDict("Break", {"break": Literal[True]})
Part = Words | Break


class Paragraph(TypedDict):
    """Lines that belong together."""

    kind: Literal["paragraph"]
    parts: list[Part]


class Heading(TypedDict):
    """A title of ``level`` 1 or deeper."""

    kind: Literal["heading"]
    level: int
    parts: list[Part]


class ListOfItems(TypedDict):
    """Items, each of which is blocks again."""

    kind: Literal["list"]
    ordered: bool
    items: list[list["Block"]]


class Quote(TypedDict):
    """Someone else's words, set in from both sides."""

    kind: Literal["quote"]
    blocks: list["Block"]


class Rule(TypedDict):
    """A short line across."""

    kind: Literal["rule"]


Block = Paragraph | Heading | ListOfItems | Quote | Rule


class UnknownKind(ValueError):
    """A block or a part that we do not know how to set."""


def blocks_to_set(body: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Return ``body`` checked, tidied and with the direction of each block.

    A short last paragraph under others is the signature, and set as one.

    Raises:
        UnknownKind: a block or a part is none of those above.
    """
    blocks = [_block(block) for block in body]
    if len(blocks) > 1 and _is_signature(blocks[-1]):
        blocks[-1] |= {"kind": "signature", "rtl": blocks[0]["rtl"]}
    return blocks


def text_of(blocks: Sequence[Mapping[str, Any]]) -> str:
    """Return all words under ``blocks``, each block and each line on its own."""
    return "\n".join(_texts(blocks))


def long_words(text: str) -> list[str]:
    """Return the words in ``text`` that could be wider than the paper."""
    return UNBROKEN.findall(text)


def is_right_to_left(text: str) -> bool:
    """Tell the direction of ``text`` by its first letter that has one."""
    for letter in text:
        direction = unicodedata.bidirectional(letter)
        if direction in {"L", "R", "AL"}:
            return direction != "L"
    return False


def tidy(text: str) -> str:
    """Return ``text`` composed, and with one plain space for any run of line ends and tabs."""
    return re.sub(r"[\t\n\v\f\r\x85\u2028\u2029]+", " ", unicodedata.normalize("NFC", text))


def _block(block: Mapping[str, Any]) -> dict[str, Any]:
    ready: dict[str, Any]
    match block:
        case {"kind": "paragraph", "parts": parts}:
            ready = {"kind": "paragraph", "parts": _bound([_part(part) for part in parts])}
        case {"kind": "heading", "level": int(level), "parts": parts}:
            ready = {"kind": "heading", "level": level, "parts": [_part(part) for part in parts]}
        case {"kind": "list", "ordered": bool(ordered), "items": items}:
            set_items = [[_block(inner) for inner in item] for item in items]
            ready = {"kind": "list", "ordered": ordered, "items": set_items}
        case {"kind": "quote", "blocks": blocks}:
            ready = {"kind": "quote", "blocks": [_block(inner) for inner in blocks]}
        case {"kind": "rule"}:
            ready = {"kind": "rule"}
        case _:
            raise UnknownKind(f"a block of kind {block.get('kind')!r}")
    return ready | {"rtl": is_right_to_left(text_of([ready]))}


def _bound(parts: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return ``parts`` with the last two words kept on one line: a lone word looks lost."""
    before, space, last = parts[-1].get("text", "").rpartition(" ") if parts else ("", "", "")
    if space and len(before.split()) > FEW_WORDS and len(last) < SHORT_WORD:
        parts[-1]["text"] = f"{before}\N{NO-BREAK SPACE}{last}"
    return parts


def _part(part: Mapping[str, Any]) -> dict[str, Any]:
    match part:
        case {"break": True}:
            return {"break": True}
        case {"text": str(text)}:
            return {
                "text": tidy(text),
                "bold": bool(part.get("bold")),
                "italic": bool(part.get("italic")),
            }
    raise UnknownKind(f"a part with {', '.join(part) or 'nothing in it'}")


def _texts(blocks: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    for block in blocks:
        if "parts" in block:
            yield "".join(part.get("text", "\n") for part in block["parts"])
        for inner in (block.get("blocks", ()), *block.get("items", ())):
            yield from _texts(inner)


def _is_signature(block: Mapping[str, Any]) -> bool:
    return block["kind"] == "paragraph" and len(text_of([block])) <= LONGEST_SIGNATURE
