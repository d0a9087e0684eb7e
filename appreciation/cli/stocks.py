"""``appreciation stock``: the paper you print on."""

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Literal

import typer

from appreciation.cli.door import AsJson, say, show_json, show_table, writes_pdf

noun = typer.Typer(help="The paper you print on: list, show, calibrate.", no_args_is_help=True)

Side = Literal["front", "back"]


def add_to(cli: typer.Typer) -> None:
    """Hang this noun into the command line."""
    cli.add_typer(noun, name="stock")


@noun.command("list")
def show_all(
    context: typer.Context,
    kind: Annotated[
        str | None, typer.Option(metavar="KIND", help="card, envelope or labels.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """List every card, envelope and sheet of labels, yours first."""
    from appreciation.cli.opened import unchecked
    from appreciation.cli.shapes import stock_shape
    from appreciation.errors import NotUnderstood
    from appreciation.printing.stocks import KINDS, kind_of, shelf

    if kind is not None and kind not in KINDS:
        raise NotUnderstood(f"{kind!r} is no kind of stock", mend=f"write {', '.join(KINDS)}")
    config = unchecked(context).config
    known = shelf(config.resolve(config.delivery.print.stocks)).stocks
    stocks = [stock for stock in known if kind in {None, kind_of(stock)}]
    if as_json:
        show_json([stock_shape(each) for each in stocks])
        return
    shapes = [stock_shape(each) for each in stocks]
    show_table(
        ("kind", "name", "millimetres", "on a sheet", "what"),
        [
            (
                each["kind"],
                ", ".join([each["name"], *each["also"]]),
                f"{each['width']:g} x {each['height']:g}",
                each["columns"] * each["rows"] if each["columns"] else "",
                each["title"],
            )
            for each in shapes
        ],
        "there is none",
    )


@noun.command("show")
def show(
    context: typer.Context,
    name: Annotated[str, typer.Argument(metavar="STOCK", help="Like a6, l7160, envelope:a6.")],
    as_json: AsJson = False,
) -> None:
    """Show one stock in the form of your own stocks file."""
    from appreciation.cli.opened import unchecked
    from appreciation.cli.shapes import stock_shape
    from appreciation.printing.stocks import as_toml, shelf

    config = unchecked(context).config
    stock = shelf(config.resolve(config.delivery.print.stocks)).any(name)
    if as_json:
        show_json(stock_shape(stock))
    else:
        print(as_toml(stock))


@noun.command("calibrate")
def calibrate(
    context: typer.Context,
    name: Annotated[
        str | None, typer.Argument(metavar="STOCK", help="Whose outlines to draw, if any.")
    ] = None,
    printer: Annotated[
        str, typer.Option(metavar="NAME", help="Which printer; else the one of your settings.")
    ] = "",
    side: Annotated[Side, typer.Option(help="Which side of the paper was measured.")] = "front",
    measured: Annotated[
        tuple[float, float, float, float] | None,
        typer.Option(metavar="LEFT TOP ACROSS DOWN", help="What a ruler says of the page."),
    ] = None,
    file: Annotated[
        Path, typer.Option("--pdf", metavar="FILE", help="Where the rulers go.")
    ] = Path("rulers.pdf"),
    as_json: AsJson = False,
) -> None:
    """Print a page of rulers; then, with --measured, remember what it says of a printer."""
    from appreciation.cli.opened import unchecked
    from appreciation.printing.calibration import Measured, save
    from appreciation.printing.rulers import draw_rulers, usual_paper
    from appreciation.printing.stocks import Envelope, shelf

    config = unchecked(context).config
    settings = config.delivery.print
    whose = printer or settings.printer
    if measured is not None:
        target = config.resolve(settings.calibration)
        save(target, whose, side, Measured(*measured))
        if as_json:
            _show(whose, side, target, measured)
        else:
            print(f"{side} of {whose or 'your printer'}: kept in {target}")
        return
    stock = shelf(config.resolve(settings.stocks)).any(name) if name else None
    paper = usual_paper(config.business.country)
    if stock is not None and not isinstance(stock, Envelope):
        paper = stock.grid.paper
    with writes_pdf(file):
        draw_rulers(file, paper, stock)
    if as_json:
        _show(whose, side, file, (None,) * 4)
        return
    print(file)
    say("print it at 100 %, both sides; it says what to measure")


def _show(printer: str, side: str, file: Path, measured: Sequence[float | None]) -> None:
    numbers = dict(zip(("left", "top", "across", "down"), measured, strict=True))
    show_json({"printer": printer, "side": side, "file": str(file), **numbers})
