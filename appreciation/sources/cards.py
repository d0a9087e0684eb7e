"""The lines of a vCard file: split into cards, unfolded, decoded; forgiving to the last."""

import quopri
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from appreciation.sources.base import Unreadable

# What we read of a card. The others, pictures above all, are left as they are.
_READ = frozenset({
    "FN", "N", "NICKNAME", "ORG", "EMAIL", "TEL", "ADR", "BDAY", "ANNIVERSARY", "X-ANNIVERSARY",
    "X-EVOLUTION-ANNIVERSARY", "X-MS-ANNIVERSARY", "X-ABDATE", "X-ABLABEL", "X-ABSHOWAS", "KIND",
    "X-ADDRESSBOOKSERVER-KIND", "UID", "NOTE", "TZ", "DEATHDATE",
})  # fmt: skip
_HEAD = re.compile(r'(?:([\w-]+)\.)?([A-Za-z0-9-]+)((?:;(?:"[^"]*"|[^":])*)?):', re.ASCII)
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)
_PARTS = re.compile(r"(?:\\.|[^;\\])*", re.DOTALL)
_APPLE = re.compile(r"_\$!<(.*)>!\$_")
# Names that stand as they are in nearly every line, so that no pattern need look at it.
_PLAIN = _READ | {"VERSION", "PRODID", "REV", "PHOTO", "TITLE", "URL", "CATEGORIES", "ROLE"}
# Of BEGIN and END; most lines of a card need no further look.
_FIRST_LETTERS = frozenset("BEbe \t")
_EDGES = frozenset({"BEGIN:VCARD", "END:VCARD"})
_BLANKS = frozenset(" \t")
_MOST_LINES = 20_000


class Property(NamedTuple):
    """One line of a card: its group ("item1"), its parameters in capitals, its value as written."""

    group: str
    params: str
    raw: str

    @property
    def value(self) -> str:
        """The value without escapes."""
        return _unescaped(self.raw)

    @property
    def parts(self) -> list[str]:
        """The parts of a value that has several, like a name or an address."""
        if "\\" not in self.raw:
            return self.raw.split(";")
        return [_unescaped(part) for part in _PARTS.findall(self.raw) if part] or [""]

    @property
    def is_text(self) -> bool:
        """Whether the card itself says that this is no day but words."""
        return "VALUE=TEXT" in self.params

    @property
    def is_preferred(self) -> bool:
        """Whether it is the one of several to take."""
        return "PREF" in self.params


@dataclass(frozen=True, slots=True)
class Card:
    """A card that begins in ``line``; ``properties`` by their names in capitals."""

    line: int
    properties: dict[str, list[Property]]

    def text(self, name: str) -> str:
        """Return the first value of ``name``, or nothing."""
        found = self.properties.get(name)
        return found[0].value if found else ""

    def preferred(self, name: str) -> Sequence[Property]:
        """Return every ``name``, the preferred first."""
        found = self.properties.get(name, [])
        return found if len(found) < 2 else sorted(found, key=lambda each: not each.is_preferred)  # noqa: PLR2004

    def label(self, of: Property) -> str | None:
        """Return how Apple labels the line ``of``: in a line of its own, of the same group."""
        for label in self.properties.get("X-ABLABEL", ()):
            if of.group and label.group == of.group:
                bare = _APPLE.sub(r"\1", label.value).strip()
                return bare.casefold() or None
        return None


class _Splitter:
    """Takes the lines that begin or end a card; gives it back with the line that ends it."""

    def __init__(self) -> None:
        # None outside of a card.
        self.lines: list[str] | None = None
        self.begun = self.depth = 0

    def take(self, number: int, word: str) -> Card | Unreadable | None:
        """Take one of both edges; return the card that it ends, or what is wrong with it."""
        if word == "BEGIN:VCARD":
            return self._begin(number)
        return None if self.lines is None else self._end()

    def cut_off(self) -> Unreadable | None:
        """Return what is wrong where the file ends inside a card."""
        return None if self.lines is None else Unreadable(self.begun, "the card has no end")

    def _begin(self, number: int) -> Unreadable | None:
        if self.lines and self.lines[-1].upper().startswith("AGENT"):
            # Lotus Notes puts the secretary's card inside the chief's.
            self.depth += 1
            return None
        wrong = self.cut_off()
        self.lines, self.begun, self.depth = [], number, 0
        return wrong

    def _end(self) -> Card | None:
        assert self.lines is not None
        if self.depth:
            self.depth -= 1
            return None
        card = Card(self.begun, _properties(self.lines))
        self.lines = None
        return card


def cards_in(lines: Iterable[str]) -> Iterator[Card | Unreadable]:
    """Yield each card, or why it cannot be read; what stands outside of cards is nobody's."""
    splitter = _Splitter()
    for number, line in enumerate(lines, 1):
        if line[:1] in _FIRST_LETTERS and (word := line.strip().upper()) in _EDGES:
            if (found := splitter.take(number, word)) is not None:
                yield found
        elif (
            splitter.lines is not None and not splitter.depth and len(splitter.lines) < _MOST_LINES
        ):
            splitter.lines.append(line.rstrip("\r\n"))
    if (wrong := splitter.cut_off()) is not None:
        yield wrong


def _properties(lines: Iterable[str]) -> dict[str, list[Property]]:
    found: dict[str, list[Property]] = {}
    for name, group, params, raw in _unfolded(lines):
        if name not in _READ:
            continue
        if not params:
            found.setdefault(name, []).append(Property(group, "", raw))
            continue
        told = params.upper().replace('"', "").replace(",", ";")
        value = _unquoted(raw, told) if "QUOTED-PRINTABLE" in told else raw
        found.setdefault(name, []).append(Property(group, told, value))
    return found


def _unfolded(lines: Iterable[str]) -> Iterator[tuple[str, str, str, str]]:
    """Yield name, group, parameters and value of each property.

    Folded, softly broken and unfolded lines are joined.
    """
    name = group = params = raw = ""
    quoted = False
    for line in lines:
        if line[:1] in _BLANKS and not quoted:
            raw += line[1:]
            continue
        if quoted and raw.endswith("="):
            raw = raw[:-1] + line
            continue
        head, colon, rest = line.partition(":")
        bare, _, told = head.partition(";")
        if colon and bare in _PLAIN and '"' not in told:
            if name:
                yield name, group, params, raw
            name, group, params, raw = bare, "", told, rest
        elif match := _HEAD.match(line):
            if name:
                yield name, group, params, raw
            name, group, params, raw = (
                match[2].upper(),
                match[1] or "",
                match[3],
                line[match.end() :],
            )
        else:
            # A picture that nobody folded, or a note of several lines.
            raw += line
            continue
        quoted = bool(params) and "QUOTED-PRINTABLE" in params.upper()
    if name:
        yield name, group, params, raw


def _unquoted(raw: str, params: str) -> str:
    charset = params.partition("CHARSET=")[2].partition(";")[0] or "UTF-8"
    decoded = quopri.decodestring(raw.encode("utf-8", "replace"))
    try:
        text = decoded.decode(charset, "replace")
    except (LookupError, ValueError):
        # No encoding of that name, or one that is none: "idna", a zero byte.
        text = decoded.decode("utf-8", "replace")
    # Halves of letters and zero bytes, which no store keeps.
    return text.encode("utf-8", "replace").decode().replace("\0", "")


def _unescaped(raw: str) -> str:
    if "\\" not in raw:
        return raw
    return _ESCAPED.sub(lambda match: "\n" if match[1] in "nN" else match[1], raw)
