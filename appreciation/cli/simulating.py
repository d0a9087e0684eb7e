"""``appreciation simulate``: what days to come would bring, and what it would cost."""

import signal
import threading
from types import FrameType
from typing import Annotated, Any

import typer

from appreciation.cli.door import AsJson, plain, plural, say, show_json, show_table
from appreciation.cli.progress import Bar

# So many reasons are told.
_REASONS = 8


def add_to(cli: typer.Typer) -> None:
    """Hang this command into the command line."""
    cli.command("simulate")(simulate)


def simulate(
    context: typer.Context,
    first: Annotated[
        str, typer.Option("--from", metavar="DAY", help="The first day, today or later.")
    ] = "today",
    days: Annotated[int, typer.Option(min=1, max=1100, help="How many days.")] = 365,
    as_json: AsJson = False,
) -> None:
    """Live through days to come in a copy of the store: how many notes and cards, what postage."""
    from appreciation.cli.opened import opened
    from appreciation.dates import parse_coming_day
    from appreciation.simulation.living import simulate as live

    app = opened(context)
    day = parse_coming_day(first, app.today())
    stopped = _stop_as_by_hand()
    bar = Bar()

    def watch(done: float) -> None:
        if stopped.is_set():
            raise KeyboardInterrupt
        bar(done)

    try:
        figures = live(app, day, days, watch)
    finally:
        bar.end()
    if as_json:
        show_json(figures.shape())
        return
    _tell(figures, app)


def _stop_as_by_hand() -> threading.Event:
    """Have whoever stops us leave nothing behind: the copy holds customers' data.

    Returns what is set by then: where Python is just cleaning up after an
    object, it swallows what a handler raises.
    """
    stopped = threading.Event()

    def stop(number: int, frame: FrameType | None) -> None:
        stopped.set()
        signal.default_int_handler(number, frame)

    for name in ("SIGINT", "SIGTERM", "SIGHUP"):
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), stop)
    return stopped


def _tell(figures: Any, app: Any) -> None:
    from appreciation.cli.amounts import Amounts
    from appreciation.simulation.figures import ENDS

    amounts = Amounts(figures.currency, app.config.business.language)
    totals = figures.counts
    ends = [end for end in ENDS if totals[end]]
    has_price = bool(figures.postage_cents)
    columns = ["found", *ends]
    rows = [
        (row.month, row.occasion, *(row.counts[column] or "" for column in columns))
        + ((amounts.exact(figures.cents_of(row)) if row.postage else "",) if has_price else ())
        for row in figures.rows
    ]
    head = ["month", "occasion", *(column.replace("_", " ") for column in columns)]
    if rows:
        total = ("in all", "", *(totals[column] for column in columns))
        rows.append(total + ((amounts.exact(figures.postage_cents),) if has_price else ()))
    show_table([*head, *(["postage"] if has_price else [])], rows, "nothing would fall due")
    for reason, count in figures.reasons[:_REASONS]:
        print(f"{count:>6}  {plain(reason)}")
    if totals["cards"]:
        runs = plural(figures.batches, "print run")
        print(f"{plural(totals['cards'], 'card')} in {runs}")
    if figures.unpriced:
        say(
            f"{plural(figures.unpriced, 'card')} without a price: "
            '[post] price = { home = "0.95", abroad = "1.25" }'
        )
    say("of what is known today, each note approved; nothing was written, nothing has left")
