"""``appreciation run`` and ``status``: at work, and how it goes."""

from typing import Annotated, Any

import typer

from appreciation.cli.door import AsJson, asks, plural, say, show_json
from appreciation.errors import NotUnderstood


def add_to(cli: typer.Typer) -> None:
    """Hang these commands into the command line."""
    cli.command("run")(run)
    cli.command("status")(status)


def run(
    context: typer.Context,
    once: Annotated[
        bool, typer.Option("--once", help="Find, draft and deliver what is due now, then end.")
    ] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="With --once: only count what would be done.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Find occasions, draft notes, deliver what is due: until stopped, or once."""
    import logging
    import threading

    from appreciation.app import in_words
    from appreciation.cli.opened import opened

    logging.basicConfig(format="%(levelname)s %(message)s", level=logging.WARNING)
    app = opened(context)
    if dry_run and not once:
        raise NotUnderstood("a dry run ends at once", mend="appreciation run --once --dry-run")
    if once:
        counts = app.rehearse() if dry_run else _one_round(app)
        if as_json:
            show_json(counts)
        else:
            print(in_words(counts) or "nothing to do")
        if not dry_run:
            _back_up(app)
            _post_digest(app)
        _tell_next(app)
        _tell_trouble(app, counts)
        return
    from appreciation import daemon

    logging.getLogger("appreciation").setLevel(logging.INFO)
    stopping = threading.Event()
    daemon.stop_on_signals(stopping)
    daemon.run(app, stopping)
    say("stopped")


def _tell_trouble(app: Any, counts: dict[str, int]) -> None:
    """Name what could not be delivered, and end with 3: somebody should have a look."""
    from appreciation.cli.opened import local

    held = app.on_hold()
    if held is not None:
        say(f"nothing leaves: {held.held_why}; once you know: appreciation resume")
        raise typer.Exit(3)
    resting = app.resting()
    for rest in resting:
        say(f"{rest.backend} rests until {local(rest.until_at, app)}: {rest.why}")
    if resting:
        say("mend it; appreciation doctor looks again and wakes it for the next run")
    if counts["failed"] or counts["in_doubt"]:
        say("see: appreciation status")
    if resting or counts["failed"] or counts["in_doubt"]:
        raise typer.Exit(3)


def _tell_next(app: Any) -> None:
    from appreciation.cli.opened import local
    from appreciation.status import look

    coming = look(app).next
    if coming is not None and coming.due_at > app.clock():
        when = local(coming.due_at, app)
        say(f"next: the {coming.occasion} note to {coming.customer.name}, {when}")


def _one_round(app: Any) -> dict[str, int]:
    from appreciation import watching

    with app.alone(), app.at_work("once") as worker:
        if asks():
            # Whoever sits there and runs it may just have mended what was wrong.
            app.wake_all()
        watching.take_all(app)
        counts: dict[str, int] = app.run_once(worker)
        app.remember(worker, counts)
    return counts


def _back_up(app: Any) -> None:
    """Make the copy of the day; what keeps it from that keeps no note from leaving."""
    from appreciation.errors import AppreciationError
    from appreciation.upkeep import back_up_daily

    try:
        back_up_daily(app)
    except AppreciationError as error:
        say(f"no copy of the store was made: {error}; {error.mend}")


def batch_in_words(batch: Any, today: Any) -> str:
    """Return like "Thursday's batch: 11 cards, 3 must go today"."""
    away = (batch.day - today).days
    when = {0: "today", 1: "tomorrow"}.get(away, f"{batch.day:%A}")
    words = f"{when}'s: {plural(batch.cards, 'card')}"
    return (
        f"{words}, {batch.urgent} must go {when if away <= 1 else 'then'}"
        if batch.urgent
        else words
    )


def _post_digest(app: Any) -> None:
    """Send the owner's digest where one is due; should it fail, the next run tries again."""
    from appreciation.digest.posting import post_due, recipient

    if (outcome := post_due(app)) is not None:
        word = outcome.result.value.replace("_", " ")
        say(f"the digest to {recipient(app)}: {word}: {outcome.said}")


def status(context: typer.Context, as_json: AsJson = False) -> None:
    """Tell whether the daemon lives, what it did last, what is next, what needs you."""
    from appreciation.app import in_words
    from appreciation.cli.opened import local, opened
    from appreciation.status import look

    app = opened(context)
    seen = look(app)
    if as_json:
        show_json(seen.shape())
        return
    if seen.daemon is None:
        print("daemon     never ran here; start it: appreciation run")
    elif seen.alive:
        print(f"daemon     at work since {local(seen.daemon.started_at, app)}")
    else:
        print(f"daemon     not at work; last seen {local(seen.daemon.beat_at, app)}")
    if seen.last is not None:
        print(f"last       {seen.last.did} ({local(seen.last.did_at, app)})")
    if seen.next is not None:
        due = local(seen.next.due_at, app)
        print(f"next       {seen.next.occasion} note to {seen.next.customer.name}, {due}")
    if seen.batch is not None:
        print(f"batch      {batch_in_words(seen.batch, app.today())}")
    if seen.held is not None:
        print(f"on hold    since {local(seen.held.held_at, app)}: {seen.held.held_why}")
        print("           nothing leaves until you say so: appreciation resume")
    for rest in seen.resting:
        print(f"resting    {rest.backend} until {local(rest.until_at, app)}: {rest.why}")
        print("           mend it; appreciation doctor looks again and wakes it")
    for state, count, mend in seen.needs_a_person():
        print(f"needs you  {count} {state.replace('_', ' ')}: {mend}")
    print(f"notes      {in_words(seen.notes) or 'none yet'}")
