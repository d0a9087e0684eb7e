"""Where the pieces of a sheet lie: papers, rows and columns, in millimetres."""

from collections.abc import Iterator
from dataclasses import dataclass

# A sheet whose last column ends beyond it by less was measured well enough.
_TOLERANCE_MM = 0.2


@dataclass(frozen=True, slots=True)
class Paper:
    """A sheet as it leaves the printer; ``width`` is across the page as it is read."""

    width: float
    height: float

    @property
    def is_landscape(self) -> bool:
        """Whether it is wider than high."""
        return self.width > self.height


_LETTER_COUNTRIES = {"US", "CA", "MX", "PH", "CL", "CO", "VE"}
PAPERS = {
    "a6": Paper(105, 148),
    "a5": Paper(148, 210),
    "a4": Paper(210, 297),
    "a3": Paper(297, 420),
    "letter": Paper(215.9, 279.4),
    "legal": Paper(215.9, 355.6),
}


def usual(country: str) -> str:
    """Return the name of the paper that lies in the printers of ``country``."""
    return "letter" if country.upper() in _LETTER_COUNTRIES else "a4"


def paper_called(said: object) -> object:
    """Return the paper of ``a4``, ``letter landscape`` or ``[width, height]``.

    Raises:
        ValueError: it is none of these.
    """
    match said:
        case str():
            name, _, turned = said.lower().strip().partition(" ")
            if name in PAPERS and turned in {"", "portrait", "landscape"}:
                paper = PAPERS[name]
                return Paper(paper.height, paper.width) if turned == "landscape" else paper
            known = ", ".join(PAPERS)
            raise ValueError(f"{said!r} is none of: {known}, each also landscape, or [w, h] in mm")
        case [int() | float() as width, int() | float() as height]:
            return Paper(width, height)
    return said


@dataclass(frozen=True, slots=True)
class Place:
    """A rectangle on a sheet; ``x`` and ``y`` from its upper left corner."""

    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class Grid:
    """Columns and rows of equal pieces on a sheet."""

    paper: Paper
    columns: int
    rows: int
    left: float
    top: float
    pitch_x: float
    pitch_y: float
    width: float
    height: float

    @classmethod
    def laid_out(
        cls,
        paper: Paper,
        count: tuple[int, int],
        size: tuple[float, float],
        start: tuple[float | None, float | None] = (None, None),
        pitch: tuple[float | None, float | None] = (None, None),
    ) -> "Grid":
        """Return a grid; what is None lies in the middle, side by side."""
        (columns, rows), (width, height) = count, size
        pitch_x = width if pitch[0] is None else pitch[0]
        pitch_y = height if pitch[1] is None else pitch[1]
        left = (paper.width - (columns - 1) * pitch_x - width) / 2
        top = (paper.height - (rows - 1) * pitch_y - height) / 2
        return cls(
            paper,
            columns,
            rows,
            left if start[0] is None else start[0],
            top if start[1] is None else start[1],
            pitch_x,
            pitch_y,
            width,
            height,
        )

    def __len__(self) -> int:
        return self.columns * self.rows

    def __iter__(self) -> Iterator[Place]:
        """Yield each piece's place, row by row."""
        for row in range(self.rows):
            for column in range(self.columns):
                yield Place(
                    self.left + column * self.pitch_x,
                    self.top + row * self.pitch_y,
                    self.width,
                    self.height,
                )

    def wrong(self) -> str | None:
        """Return why no sheet can be like this, or None."""
        right = self.left + (self.columns - 1) * self.pitch_x + self.width
        bottom = self.top + (self.rows - 1) * self.pitch_y + self.height
        if self.left < -_TOLERANCE_MM or right > self.paper.width + _TOLERANCE_MM:
            return f"its columns end at {right:g} mm, the sheet at {self.paper.width:g} mm"
        if self.top < -_TOLERANCE_MM or bottom > self.paper.height + _TOLERANCE_MM:
            return f"its rows end at {bottom:g} mm, the sheet at {self.paper.height:g} mm"
        if self.columns > 1 and self.pitch_x < self.width - _TOLERANCE_MM:
            return f"its columns overlap: each is {self.width:g} mm wide, {self.pitch_x:g} apart"
        if self.rows > 1 and self.pitch_y < self.height - _TOLERANCE_MM:
            return f"its rows overlap: each is {self.height:g} mm high, {self.pitch_y:g} apart"
        return None

    @property
    def is_single(self) -> bool:
        """Whether one piece is the whole sheet."""
        return len(self) == 1 and (self.width, self.height) == (self.paper.width, self.paper.height)
