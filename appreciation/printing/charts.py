"""A page of bar charts as a picture or a PDF; it knows no customer, only names and figures."""

import json
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Literal

from appreciation.errors import AppreciationError
from appreciation.printing.faces import SANS, sans

_SHEET = Path(__file__).with_name("charts.typ")
Format = Literal["svg", "png", "pdf"]
FORMATS: Mapping[str, Format] = {".svg": "svg", ".png": "png", ".pdf": "pdf"}
_DOTS_PER_INCH = 200


@dataclass(frozen=True, slots=True)
class Bar:
    """A bar of one or more parts, none below zero, with the words beside it."""

    name: str
    parts: Sequence[float]
    figure: str


@dataclass(frozen=True, slots=True)
class Panel:
    """Bars of one scale under a title; ``legend`` names the parts where there are several.

    Parts that do not add up stand one above the other.
    """

    title: str
    says: str
    bars: Sequence[Bar]
    legend: Sequence[str] = ()
    adds_up: bool = True


@dataclass(frozen=True, slots=True)
class Page:
    """What is drawn: the panels one below the other."""

    title: str
    subtitle: str
    panels: Sequence[Panel]
    footnote: str = ""


def draw(page: Page, file: Path) -> None:
    """Draw ``page`` into ``file``, of the kind that its name ends with.

    Raises:
        AppreciationError: it ends with something else, or cannot be written.
    """
    kind = FORMATS.get(file.suffix.lower())
    if kind is None:
        raise AppreciationError(
            f"{file} is no picture that can be drawn",
            mend=f"let the name end with one of: {', '.join(FORMATS)}",
        )
    import typst

    face = sans()
    with tempfile.TemporaryDirectory(prefix="appreciation-") as name:
        folder = Path(name)
        sheet = folder / _SHEET.name
        sheet.write_text(_SHEET.read_text(encoding="utf-8"), encoding="utf-8")
        data = {**asdict(page), "families": [SANS]}
        (folder / "data.json").write_text(json.dumps(data), encoding="utf-8")
        drawn = typst.compile(
            str(sheet),
            root=name,
            font_paths=[str(face.file.parent)],
            ignore_system_fonts=False,
            format=kind,
            ppi=_DOTS_PER_INCH,
        )
    assert isinstance(drawn, bytes)
    try:
        file.write_bytes(drawn)
    except OSError as error:
        raise AppreciationError(
            f"{file} cannot be written: {error.strerror}", mend="name another file"
        ) from error
