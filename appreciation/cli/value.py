"""``appreciation value``: what customers are worth."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from appreciation.cli.door import AsJson, say
from appreciation.errors import NotUnderstood


class By(StrEnum):
    """What the shop's customers may be ranked by."""

    PAST = "past"
    FUTURE = "future"
    REFERRALS = "referrals"
    AT_RISK = "at-risk"


class Model(StrEnum):
    """Which model of buying."""

    MBG = "mbg"
    BG = "bg"


class PriorKnowledge(StrEnum):
    """What is known of shops before this one is looked at."""

    WEAK = "weak"
    NONE = "none"


def add_to(cli: typer.Typer) -> None:
    """Hang this command into the command line."""
    cli.command("value")(value)


def value(
    context: typer.Context,
    who: Annotated[
        str | None,
        typer.Argument(metavar="[CUSTOMER]", help="Only theirs: an id, an email, a name."),
    ] = None,
    by: Annotated[By | None, typer.Option(help="What to rank by; else the future.")] = None,
    top: Annotated[int, typer.Option(min=1, help="How many customers a table names.")] = 10,
    as_of: Annotated[
        str | None,
        typer.Option(metavar="DAY", help="Up to when orders are complete; else the last that is."),
    ] = None,
    model: Annotated[bool, typer.Option("--model", help="Show the fit instead.")] = False,
    kind: Annotated[Model, typer.Option(help="The model of buying.")] = Model.MBG,
    prior: Annotated[
        PriorKnowledge, typer.Option(help="What a small shop is held to.")
    ] = PriorKnowledge.WEAK,
    plot: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Draw the shop: a .svg, .png or .pdf file.")
    ] = None,
    as_csv: Annotated[bool, typer.Option("--csv", help="Print a table for a spreadsheet.")] = False,
    as_json: AsJson = False,
) -> None:
    """Show what customers are worth: past, future and referrals."""
    from appreciation.cli.opened import opened
    from appreciation.cli.valued import Valued
    from appreciation.value.fitting import Prior
    from appreciation.value.model import Kind

    _refuse_contradictions(who, by, plot, model=model, as_csv=as_csv, as_json=as_json)
    app = opened(context)
    found = Valued(app, who, as_of, Kind(kind), Prior(prior))
    if plot is not None:
        found.draw(plot)
        say(f"drew the shop: {plot}")
    if model:
        found.show_model(as_json=as_json)
    elif who is not None:
        found.show_customer(as_json=as_json)
    elif as_csv:
        found.show_csv(by or By.FUTURE)
    elif as_json:
        found.show_json(by or By.FUTURE)
    else:
        found.show_tables(by, top)
    found.tell()


def _refuse_contradictions(
    who: str | None, by: By | None, plot: Path | None, *, model: bool, as_csv: bool, as_json: bool
) -> None:
    if as_csv and (as_json or model or who is not None):
        raise NotUnderstood("--csv is for the whole shop's table", mend="appreciation value --csv")
    if who is not None and (model or by or plot):
        raise NotUnderstood(
            "--by, --model and --plot are for the whole shop", mend=f"appreciation value {who!r}"
        )
