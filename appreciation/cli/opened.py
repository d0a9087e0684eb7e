"""Opening the product for a command, and the customer or note that a person named."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

import typer

from appreciation.app import Appreciation, assemble
from appreciation.cli.door import Asked
from appreciation.config import reading as settings
from appreciation.dates import parse_day
from appreciation.errors import NotUnderstood


def opened(context: typer.Context) -> Appreciation:
    """Return the product with its store, set up and of this version.

    Raises:
        NotSetUp: it is not; the mend is the command to type.
    """
    return unchecked(context).ready()


def unchecked(context: typer.Context) -> Appreciation:
    """Return the product; nobody looked yet whether its store is there."""
    said = asked(context)
    app = assemble(settings.load(settings.find(said.config)), said.clock)
    context.call_on_close(app.store.close)
    return app


def asked(context: typer.Context) -> Asked:
    """Return what was said before the command, and the time."""
    said = context.find_root().obj
    assert isinstance(said, Asked)
    return said


def local(at: datetime | None, app: Appreciation) -> str:
    """Return ``at`` as the shop's own clock shows it."""
    if at is None:
        return ""
    return f"{at.astimezone(ZoneInfo(app.config.business.timezone)):%a %d %b %Y %H:%M}"


def day(text: str | None, app: Appreciation) -> date:
    """Return the day, up to today, that a person wrote; today where they wrote none.

    Raises:
        NotUnderstood: it is no day, or yet to come.
    """
    if text is None:
        return app.today()
    found = parse_day(text, app.today())
    if found > app.today():
        raise NotUnderstood(f"{text!r} is yet to come", mend="record it once it has happened")
    return found
