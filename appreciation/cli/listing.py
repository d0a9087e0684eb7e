"""A list of events: of one customer, or of all; as JSON, or as a table."""

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

import typer
from sqlalchemy.orm import Session

from appreciation.cli.door import show_json, show_table
from appreciation.cli.opened import opened
from appreciation.store.customers import customer_meant
from appreciation.store.tables import Customer

T = TypeVar("T")
Shape = dict[str, Any]


def show_events(
    context: typer.Context,
    who: str | None,
    ask: Callable[[Session, Customer | None], Sequence[T]],
    shape: Callable[[T], Shape],
    columns: dict[str, Callable[[Shape], object]],
    *,
    empty: str,
    as_json: bool,
) -> None:
    """Ask for the events of ``who``, or of all, and show them: a column for each of ``columns``."""
    app = opened(context)
    with app.store.reading() as session:
        customer = customer_meant(session, who) if who else None
        shapes = [shape(each) for each in ask(session, customer)]
    if as_json:
        show_json(shapes)
        return
    rows = [[cell(each) for cell in columns.values()] for each in shapes]
    show_table(list(columns), rows, empty)
