"""The paper an owner prints on: cards, envelopes and sheets of labels, ours and their own."""

import json
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache
from pathlib import Path
from typing import Annotated, Literal, TypeVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from appreciation.errors import AppreciationError
from appreciation.printing.grids import Grid, Paper, paper_called

MM_PER_INCH = 25.4
OURS = Path(__file__).with_name("stocks.toml")
KINDS = ("card", "envelope", "labels")


class UnknownStock(AppreciationError):
    """A card, an envelope or a sheet of labels of a name that we do not know."""


class BrokenStock(AppreciationError):
    """A file of stocks that cannot be used; its name, the stock and what is wrong."""


def _millimetres(said: object) -> object:
    if isinstance(said, str) and said.endswith("in"):
        return float(said.removesuffix("in")) * MM_PER_INCH
    return said


Length = Annotated[float, BeforeValidator(_millimetres), Field(ge=0, le=1000)]
Size = Annotated[float, BeforeValidator(_millimetres), Field(gt=10, le=1000)]


class _Stock(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str
    width: Size
    height: Size
    title: str = ""
    also: tuple[str, ...] = ()
    source: str = ""


class _OnSheets(_Stock):
    paper: Annotated[Paper | None, BeforeValidator(paper_called)] = None
    columns: int = Field(default=1, ge=1, le=100)
    rows: int = Field(default=1, ge=1, le=100)
    left: Length | None = None
    top: Length | None = None
    pitch_x: Length | None = None
    pitch_y: Length | None = None

    def _laid_out(self, width: float, height: float) -> Grid:
        return Grid.laid_out(
            self.paper or Paper(self.columns * width, self.rows * height),
            (self.columns, self.rows),
            (width, height),
            (self.left, self.top),
            (self.pitch_x, self.pitch_y),
        )


class Card(_OnSheets):
    """A card as it lies when it is read, and how it lies on its sheet.

    ``fold`` says where the fold lies: ``left`` opens like a book, ``top`` like
    a tent, ``quarter`` is one sheet printed on one side and folded twice. One
    of two ``sides`` has the picture on its other; with ``address`` it is a
    postcard and needs no envelope. ``cut`` prints marks to cut along.
    """

    fold: Literal["none", "left", "top", "quarter"] = "none"
    sides: Literal[1, 2] = 1
    address: bool = False
    cut: bool = False

    @property
    def grid(self) -> Grid:
        """Where the cards, unfolded, lie on their sheet."""
        return self._laid_out(*self.spread)

    @property
    def spread(self) -> tuple[float, float]:
        """The width and height of the card before it is folded."""
        across = 2 if self.fold in {"left", "quarter"} else 1
        down = 2 if self.fold in {"top", "quarter"} else 1
        return across * self.width, down * self.height

    @property
    def is_two_sided(self) -> bool:
        """Whether paper goes through the printer twice."""
        return self.fold in {"left", "top"} or self.sides == 2  # noqa: PLR2004 front and back

    @property
    def has_front(self) -> bool:
        """Whether there is a place for a picture."""
        return self.is_two_sided or self.fold == "quarter"


class Labels(_OnSheets):
    """A sheet of labels; the sheet says where each lies."""

    @property
    def grid(self) -> Grid:
        """Where the labels lie."""
        return self._laid_out(self.width, self.height)


class Envelope(_Stock):
    """An envelope, always the long side across."""

    def holds(self, card: Card) -> bool:
        """Tell whether ``card``, folded as it is meant to be, goes in."""
        sides = zip(
            sorted((card.width, card.height)), sorted((self.width, self.height)), strict=True
        )
        return all(inner < outer for inner, outer in sides)


Stock = Card | Labels | Envelope
S = TypeVar("S", bound=Card | Labels | Envelope)
_KINDS: Mapping[str, type[Card] | type[Labels] | type[Envelope]] = {
    "card": Card,
    "envelope": Envelope,
    "labels": Labels,
}


def kind_of(stock: Stock) -> str:
    """Return ``card``, ``envelope`` or ``labels``."""
    return next(kind for kind, known in _KINDS.items() if isinstance(stock, known))


@dataclass(frozen=True, slots=True)
class Shelf:
    """Every stock there is: cards, envelopes and labels by name."""

    stocks: tuple[Stock, ...]

    def card(self, name: str) -> Card:
        """Return the card called ``name``, in capitals or not.

        Raises:
            UnknownStock: there is none; ``mend`` lists those there are.
        """
        return _look_up("card", name, self.of(Card))

    def envelope(self, name: str) -> Envelope:
        """Return the envelope called ``name``, in capitals or not, "#10" for "10".

        Raises:
            UnknownStock: there is none; ``mend`` lists those there are.
        """
        return _look_up("envelope", name, self.of(Envelope))

    def labels(self, name: str) -> Labels:
        """Return the sheet of labels called ``name``, "Avery L7160" for "l7160".

        Raises:
            UnknownStock: there is none; ``mend`` lists those there are.
        """
        return _look_up("sheet of labels", name, self.of(Labels))

    def any(self, name: str) -> Stock:
        """Return the stock called ``name``: a card before an envelope; ``envelope:a6`` is exact.

        Raises:
            UnknownStock: there is none; ``mend`` says what is near.
        """
        kind, colon, bare = name.partition(":")
        if colon and kind in KINDS:
            return _look_up(kind, bare, self.of(_KINDS[kind]))
        return _look_up("card, envelope or sheet of labels", name, self.stocks)

    def of(self, kind: type[S]) -> tuple[S, ...]:
        """Return the stocks of one kind, in the order of their file."""
        return tuple(stock for stock in self.stocks if isinstance(stock, kind))


def shelf(own: Path | None = None) -> Shelf:
    """Return our stocks, and those of the owner's file ``own``, which win a clash of names.

    Raises:
        BrokenStock: the owner's file cannot be used.
    """
    ours = _ours()
    if own is None or not own.exists():
        return Shelf(ours)
    theirs = _read(own)
    taken = {(kind_of(stock), stock.name) for stock in theirs}
    return Shelf((*theirs, *(each for each in ours if (kind_of(each), each.name) not in taken)))


def as_toml(stock: Stock) -> str:
    """Return ``stock`` as it would stand in a file of stocks, all figures told."""
    fields = stock.model_dump(exclude={"name"}, exclude_defaults=True)
    if not isinstance(stock, Envelope):
        grid = stock.grid
        names = ("columns", "rows", "left", "top", "pitch_x", "pitch_y")
        fields |= {name: getattr(grid, name) for name in names}
        fields["paper"] = [grid.paper.width, grid.paper.height]
    lines = [f"[{kind_of(stock)}.{stock.name}]"]
    for key, value in sorted(fields.items(), key=lambda each: each[0] == "source"):
        said = round(value, 3) if isinstance(value, float) else value
        lines.append(f"{key} = {json.dumps(said, ensure_ascii=False)}")
    return "\n".join(lines)


@cache
def _ours() -> tuple[Stock, ...]:
    return _read(OURS)


def _read(file: Path) -> tuple[Stock, ...]:
    try:
        tables = tomllib.loads(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise BrokenStock(f"{file} cannot be read: {error.strerror}") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise BrokenStock(f"{file} is not TOML: {error}", mend="see `stock show a6`") from error
    found = []
    for kind, named in tables.items():
        if kind not in _KINDS:
            near = get_close_matches(kind, KINDS, n=1) or KINDS
            raise BrokenStock(
                f"{file}: there is no kind of stock {kind!r}", mend=f"write [{near[0]}.NAME]"
            )
        found += [_stock(file, kind, name, fields) for name, fields in named.items()]
    return tuple(found)


def _stock(file: Path, kind: str, name: str, fields: Mapping[str, object]) -> Stock:
    where = f"{file}: {kind}.{name}"
    try:
        stock = _KINDS[kind].model_validate({"name": name.lower(), **fields})
    except ValidationError as error:
        broken = error.errors()[0]
        key = ".".join(str(part) for part in broken["loc"])
        near = get_close_matches(key, _KINDS[kind].model_fields, n=1)
        usual = "write width, height and the rest in millimetres, or take the stock out"
        meant = f"did you mean {near[0]!r}?" if near and near[0] != key else usual
        raise BrokenStock(f"{where}: {key}: {broken['msg']}", mend=meant) from error
    if not isinstance(stock, Envelope) and (wrong := stock.grid.wrong()):
        raise BrokenStock(f"{where}: {wrong}", mend="measure the sheet once more")
    return stock


def _look_up(kind: str, name: str, stocks: Iterable[S]) -> S:
    plain = name.strip().lower().removeprefix("#").removeprefix("avery").strip()
    known: dict[str, S] = {}
    for stock in stocks:
        for called in (stock.name, *stock.also):
            known.setdefault(called, stock)
    if plain in known:
        return known[plain]
    near = get_close_matches(plain, known, n=1)
    meant = f"did you mean {near[0]!r}? " if near else ""
    raise UnknownStock(
        f"no {kind} is called {name!r}", mend=f"{meant}write one of: {', '.join(known)}"
    )
