"""``appreciation note``: look, approve, edit, skip."""

from pathlib import Path
from typing import Annotated, Literal

import typer

from appreciation.cli.door import AsJson, Yes, asks, plural, say, show_json, show_table

noun = typer.Typer(help="The notes: look, approve, edit, skip.", no_args_is_help=True)

Ids = Annotated[list[int] | None, typer.Argument(metavar="[NOTE]...", help="Ids of notes.")]
Id = Annotated[int, typer.Argument(metavar="NOTE", help="The id of a note.")]


def add_to(cli: typer.Typer) -> None:
    """Hang this noun into the command line."""
    cli.add_typer(noun, name="note")


@noun.command("list")
def show_all(
    context: typer.Context,
    state: Annotated[
        str | None, typer.Option(help="Only waiting, blocked, approved, sent, skipped, ...")
    ] = None,
    customer: Annotated[str | None, typer.Option(help="Only this customer's.")] = None,
    overruled: Annotated[
        bool, typer.Option("--overruled", help="Only those let through in spite of the check.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """List notes, first due first."""
    from appreciation.cli.opened import local, opened
    from appreciation.cli.shapes import note_shape
    from appreciation.store.customers import customer_meant
    from appreciation.store.notes import notes_in, state_meant

    app = opened(context)
    meant = state_meant(state) if state else None
    with app.store.reading() as session:
        whose = customer_meant(session, customer) if customer else None
        found = [
            (note_shape(note, held), local(note.due_at, app))
            for note, held in notes_in(session, app.today(), meant, whose)
            if note.overruled or not overruled
        ]
    if as_json:
        show_json([shape for shape, _ in found])
        return
    show_table(
        ("id", "due", "customer", "occasion", "state", "subject", "why"),
        [
            (
                *(s["id"], due, s["customer"], s["occasion"], s["state"], s["subject"]),
                f"overruled: {s['overruled']}" if overruled else s["reason"],
            )
            for s, due in found
        ],
        "no such note; what is coming: appreciation upcoming",
    )


@noun.command("show")
def show(context: typer.Context, note_id: Id, as_json: AsJson = False) -> None:
    """Show one note: its words, its way, each attempt and what the server said."""
    from appreciation.cli.opened import opened
    from appreciation.cli.reading import sheet
    from appreciation.cli.shapes import whole_note_shape
    from appreciation.store.notes import note_seen

    app = opened(context)
    with app.store.reading() as session:
        note, held = note_seen(session, note_id, app.today())
        if as_json:
            show_json(whole_note_shape(note, held))
            return
        print(sheet(note, held, app))
        for attempt in note.attempts:
            print(f"{attempt.backend}: {attempt.outcome or 'no answer'} ({attempt.said or ''})")


@noun.command("preview")
def preview(
    context: typer.Context,
    note_ids: Ids = None,
    every: Annotated[
        bool, typer.Option("--all", help="Every note that waits, as where none is named.")
    ] = False,
    in_browser: Annotated[
        bool,
        typer.Option("--open", help="Show them in the browser: text and HTML, phone and desk."),
    ] = False,
    pdf: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write it as the card it would be.")
    ] = None,
) -> None:
    """Show notes exactly as they will be read; all that wait where none is named."""
    from appreciation.cli.opened import opened
    from appreciation.cli.pages import opened_page, shown
    from appreciation.cli.reading import card_to, sheet
    from appreciation.errors import NotUnderstood
    from appreciation.store.notes import notes_to_see, written_before

    if every and note_ids:
        raise NotUnderstood("name the notes, or say --all", mend="appreciation note list")
    app = opened(context)
    with app.store.reading() as session:
        seen = notes_to_see(session, note_ids or [], app.today())
        if pdf is not None and len(seen) != 1:
            raise NotUnderstood(
                "a card shows one note", mend="appreciation note preview ID --pdf FILE"
            )
        for note, held in seen:
            print(sheet(note, held, app))
            if pdf is not None:
                card_to(note, app, pdf)
                say(f"the card: {pdf}")
        if in_browser and seen:
            title = f"Waiting at {app.config.business.name}" if not note_ids else "Notes"
            notes = [shown(*each, written_before(session, each[0], limit=2)) for each in seen]
            say(f"the page: {opened_page(notes, title=title)}")
    if not seen:
        say("no note waits")


@noun.command("approve")
def approve(
    context: typer.Context,
    note_ids: Ids = None,
    every: Annotated[
        bool, typer.Option("--all", help="Every note that waits; shows each whole text first.")
    ] = False,
    yes: Yes = False,
) -> None:
    """Let notes go out: this text, to this address."""
    from appreciation.cli.opened import opened
    from appreciation.cli.reading import sheet
    from appreciation.errors import NeedsALook, NotUnderstood
    from appreciation.stages import review
    from appreciation.store.notes import notes_to_see

    if bool(note_ids) == every:
        raise NotUnderstood(
            "name the notes, or say --all", mend="appreciation note list --state waiting"
        )
    app = opened(context)
    with app.store.reading() as session:
        seen = [
            (note.id, note.subject, note.body, note.recipient)
            for note, held in notes_to_see(session, note_ids or [], app.today())
            if not every or (held is None and _shown(sheet(note, held, app)))
        ]
    if every and seen and not yes:
        if not asks():
            raise NeedsALook(
                f"{plural(len(seen), 'note')} shown, none approved: nobody is here to say yes",
                mend="appreciation note approve --all --yes, or name them by id",
            )
        typer.confirm(f"Approve {plural(len(seen), 'note')}?", abort=True, err=True)
    with app.store.writing() as session:
        review.approve_as_seen(session, seen, app.clock())
    print(f"{plural(len(seen), 'note')} approved")


@noun.command("edit")
def edit(
    context: typer.Context,
    note_id: Id,
    subject: Annotated[str | None, typer.Option(help="The new subject.")] = None,
    body: Annotated[
        str | None, typer.Option(help="The new text, in Markdown; - reads it from stdin.")
    ] = None,
    overrule: Annotated[
        str | None,
        typer.Option(metavar="WHY", help="Let it offer or ask for something all the same."),
    ] = None,
) -> None:
    """Rewrite a note, in your editor unless the words are given; it waits for approval again."""
    import sys

    from appreciation.cli.editing import changes, from_editor, kept_aside, remarks
    from appreciation.cli.opened import opened
    from appreciation.errors import NeedsALook
    from appreciation.stages import review
    from appreciation.store.notes import last_items, note_meant, written_before

    app = opened(context)
    with app.store.reading() as session:
        note = note_meant(session, note_id)
        review.check_editable(note)
        if subject is None and body is None and overrule is None:
            before = written_before(session, note, limit=3)
            subject, body = from_editor(note, remarks(note, last_items(session, note), before))
        new_subject = (note.subject or "") if subject is None else subject
        new_body = (note.body or "") if body is None else sys.stdin.read() if body == "-" else body
        if (new_subject, new_body) == (note.subject, note.body) and overrule is None:
            say(f"note {note_id} is as it was")
            return
        told = changes(note, new_subject, new_body)
        read = (note.subject, note.body)
    try:
        with app.store.writing() as session:
            note = note_meant(session, note_id)
            review.check_unchanged(note, *read)
            allowed = app.allowed_in(note)
            review.edit(note, new_subject, new_body, app.clock(), allowed, overrule)
    except NeedsALook:
        say(f"your words are kept in {kept_aside(note_id, new_body)}")
        raise
    if told:
        print(told)
    print(f"note {note_id} changed; it waits for approval")


@noun.command("settle")
def settle(
    context: typer.Context,
    note_ids: Annotated[list[int], typer.Argument(metavar="NOTE...", help="Ids of notes.")],
    arrived: Annotated[
        bool | None,
        typer.Option("--arrived/--send-again", help="They did arrive, or go out once more."),
    ] = None,
) -> None:
    """End the doubt about notes that were leaving when the program or the line broke."""
    from appreciation.cli.opened import opened
    from appreciation.errors import NotUnderstood
    from appreciation.stages import review
    from appreciation.store.notes import note_meant

    app = opened(context)
    with app.store.writing() as session:
        notes = [note_meant(session, note_id) for note_id in note_ids]
        for note in notes:
            review.check_in_doubt(note)
        if arrived is None:
            for note in notes:
                said = next((each.said for each in reversed(note.attempts) if each.said), None)
                say(f"note {note.id} to {note.customer.name}: {said or note.reason}")
            raise NotUnderstood(
                f"say what became of {plural(len(notes), 'note')}",
                mend=f"appreciation note settle {' '.join(map(str, note_ids))} --arrived, "
                "or --send-again",
            )
        for note in notes:
            review.settle(note, app.clock(), arrived=arrived)
        states = {note.id: note.state.value for note in notes}
    for note_id, state in states.items():
        print(f"note {note_id} is {state}")


@noun.command("retry")
def retry(
    context: typer.Context,
    note_ids: Annotated[list[int], typer.Argument(metavar="NOTE...", help="Ids of notes.")],
    by: Annotated[
        Literal["email", "post"] | None,
        typer.Option(help="The other way, where the first one failed."),
    ] = None,
) -> None:
    """Let notes that failed go out once more, or another way; then they wait for a look."""
    from appreciation.cli.opened import opened
    from appreciation.store.notes import note_meant
    from appreciation.store.tables import NoteState

    app = opened(context)
    with app.store.writing() as session:
        notes = [note_meant(session, note_id) for note_id in note_ids]
        for note in notes:
            app.retry(note, by)
        again = sum(note.state is NoteState.APPROVED for note in notes)
    if again:
        print(f"{plural(again, 'note')} will be tried again")
    for note in notes:
        if note.state is NoteState.WAITING:
            print(f"note {note.id} goes by {by} now: appreciation note approve {note.id}")
        if note.state is NoteState.FOUND:
            print(f"note {note.id} goes by {by} now; the next run writes it")


@noun.command("skip")
def skip(
    context: typer.Context,
    note_ids: Annotated[list[int], typer.Argument(metavar="NOTE...", help="Ids of notes.")],
    why: Annotated[str, typer.Option(help="The reason, for yourself.")] = "by hand",
) -> None:
    """Decide that notes are never sent."""
    from appreciation.cli.opened import opened
    from appreciation.stages import review
    from appreciation.store.notes import note_meant

    app = opened(context)
    with app.store.writing() as session:
        for note_id in note_ids:
            review.skip(note_meant(session, note_id), why)
    print(f"{plural(len(note_ids), 'note')} skipped")


def _shown(text: str) -> bool:
    print(text)
    return True
