"""A made-up bakery's whole day: real stages, a real store, nothing that leaves the machine."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from textwrap import wrap
from typing import Any
from unicodedata import east_asian_width

from appreciation.app import Appreciation, assemble
from appreciation.config.reading import load, written
from appreciation.dates import Clock, YearlyDay, anniversary, utc_now
from appreciation.errors import AppreciationError
from appreciation.shipped import shipped
from appreciation.stages import intake, review
from appreciation.store import migrating, notes
from appreciation.store.tables import Customer, Note, NoteState
from appreciation.words.markdown import to_text

BUSINESS = {
    "name": "Rosa's Bakery",
    "signer": "Rosa",
    "email": "rosa@example.org",
    "timezone": "Europe/Berlin",
    "language": "en-GB",
    "country": "DE",
    "address": "Hauptstr. 1\n10115 Berlin",
    "currency": "EUR",
}


@dataclass(frozen=True, slots=True)
class Person:
    """A made-up customer; ``born`` counts days from today, and a year where it is known."""

    name: str
    email: str | None = None
    address: str | None = None
    born: int | None = None
    year: int | None = None
    more: tuple[tuple[str, str], ...] = ()


PEOPLE = (
    Person("Ada Sommer", "ada@example.org", "Lindenweg 4\n10117 Berlin", 0, 1985),
    Person("Zoë Müller-Lévêque", "zoe@example.org", "Am Markt 9\n80331 München", 1),
    Person("Ben Okafor", "ben@example.org", None, None),
    Person("Ingrid Åkesson", None, "Sveavägen 44\n111 34 Stockholm", 3, 1952, (("country", "SE"),)),
    Person("山田 花子", "hanako@example.org", None, 2, None, (("timezone", "Asia/Tokyo"),)),
    Person("Bakers & Sons Ltd", "office@example.com", None, None, None, (("kind", "company"),)),
    Person(
        "Familie Brandt", None, "Gartenstr. 12\n10115 Berlin", None, None, (("kind", "household"),)
    ),
    Person("Leap Larsen", "leap@example.org"),
    Person("Jo Fischer", "jo@example.org"),
    Person("Nora Quiet", "nora@example.org", None, 0, 1990),
    Person("Tomasz Wójcik", "tomasz@example.org", None, 0),
    Person("Pat Noway", None, None, 0),
    Person("Lucia Ferri", "lucia@example.org"),
    Person("Mia Chen", "mia@example.org", None, -2, None, (("timezone", "America/New_York"),)),
)


def play(
    folder: Path,
    say: Callable[[str], None],
    clock: Clock = utc_now,
    program: str = "appreciation",
) -> None:
    """Make a store in ``folder``, live through a day, and say what happens and why.

    ``program`` is how the person who watches can call us.

    Raises:
        AppreciationError: the folder is there already, or cannot be made.
    """
    app = _opened(folder, clock)
    today = app.today()
    with app.at_work("demo") as worker:
        say(f"A day at {BUSINESS['name']}, {today:%A %d %B %Y}. Nothing leaves this machine.\n")
        _move_in(app, today)
        say(f"1. {len(PEOPLE)} customers moved in, with orders, a referral and meetings.\n")
        app.find()
        app.draft()
        _show_found(app, say)
        _show_words(app, say)
        _approve(app)
        counts = app.send(worker)
    say(
        f"4. Delivered: {counts['sent']} emails as files, {counts['printed']} cards with envelopes"
        " and a pick list as PDFs.\n"
    )
    _show_rest(app, folder, program, say)
    app.store.close()


def new_folder(beside: Path) -> Path:
    """Return a name in ``beside`` that nothing has yet: ``appreciation-demo``, then ``-2``."""
    names = ("appreciation-demo", *(f"appreciation-demo-{count}" for count in range(2, 1000)))
    return next(beside / name for name in names if not (beside / name).exists())


def _opened(folder: Path, clock: Clock) -> Appreciation:
    try:
        folder.mkdir(parents=True)
    except FileExistsError as error:
        raise AppreciationError(
            f"there is a {folder} already",
            mend=f"appreciation demo --folder another-name, or remove {folder}",
        ) from error
    except OSError as error:
        raise AppreciationError(
            f"{folder} cannot be made: {error.strerror}", mend="go to a folder of your own"
        ) from error
    text = written(shipped("config.example.toml").read_text(encoding="utf-8"), BUSINESS)
    # Cards for those who have no email, and all that is delivered in one place.
    text = text.replace('by = "email"\n', 'by = "email-or-post"\n')
    text = text.replace('folder = "print"', 'folder = "outbox"')
    text = text.replace('by = "email"  ', 'by = "email-or-post"  ')
    (folder / "config.toml").write_text(text, encoding="utf-8")
    app = assemble(load(folder / "config.toml"), clock)
    migrating.migrate(app.store, backup_name="")
    return app


def _move_in(app: Appreciation, today: date) -> None:
    now = app.clock()
    with app.store.writing() as session:
        known = {person.name: _added(session, app, person, today) for person in PEOPLE}
        ben, brandt, met = known["Ben Okafor"], known["Familie Brandt"], known["Jo Fischer"]
        intake.set_birthday(session, known["Leap Larsen"], YearlyDay(2, 29, 1988), now)
        for who, cents, ago, items in (
            (ben, 1250, 3, "two rye loaves"),
            (known["Mia Chen"], 480, 60, "a poppy seed cake"),
            (brandt, 3600, 4, "a birthday cake"),
            (known["Bakers & Sons Ltd"], 21000, 5, "rolls for forty"),
            (known["Zoë Müller-Lévêque"], 990, 400, "a walnut loaf"),
        ):
            bought = intake.Purchase(today - timedelta(days=ago), cents, "EUR", items=items)
            intake.add_order(session, who, bought, now)
        lucia, tomorrow = known["Lucia Ferri"], today + timedelta(days=1)
        long_ago = anniversary(tomorrow.month, tomorrow.day, today.year - 2)
        intake.add_order(session, lucia, intake.Purchase(long_ago, 1450, "EUR"), now)
        day = YearlyDay(tomorrow.month, tomorrow.day)
        intake.add_date(session, lucia, "birthday", day, now, "daughter Mia")
        intake.add_referral(session, known["Leap Larsen"], ben, today, now)
        yesterday = today - timedelta(days=1)
        intake.add_meeting(
            session, known["Zoë Müller-Lévêque"], today - timedelta(days=30), None, now
        )
        intake.add_meeting(session, met, yesterday, "the market", now)
        intake.edit_customer(session, known["Nora Quiet"], {"opted_out_at": now}, now)
        intake.hold(session, known["Tomasz Wójcik"], "a bereavement in the family", None, now)


def _added(session: Any, app: Appreciation, person: Person, today: date) -> Customer:
    fields = {"name": person.name, "email": person.email, "address": person.address}
    born = None
    if person.born is not None:
        day = today + timedelta(days=person.born)
        # A year in which this day exists, should today be 29 February.
        born = YearlyDay(day.month, day.day, person.year and person.year // 4 * 4)
    return intake.add_customer(session, {**fields, **dict(person.more)}, born, app.clock(), today)


def _show_found(app: Appreciation, say: Callable[[str], None]) -> None:
    say("2. Found, and why:")
    held = []
    with app.store.reading() as session:
        for note, why_not in notes.notes_in(session, app.today(), None, None):
            about = note.why or f"{note.occasion} {note.occurrence}"
            if why_not or note.state is NoteState.BLOCKED:
                held.append((note.customer.name, about, why_not or note.reason))
                continue
            when = f"{'belated, ' if note.belated else ''}due {note.due_at:%d %b}"
            say(f"   {_padded(note.customer.name)} {about}, {when}, by {note.backend}")
    say("\n   Held back, and why:")
    for name, about, why_not in held:
        say(f"   {_padded(name)} {about}: {why_not}")
    say("")


def _show_words(app: Appreciation, say: Callable[[str], None]) -> None:
    say("3. Drafted, for a person to look at first. One of them reads:\n")
    with app.store.reading() as session:
        note = next(n for n, _ in notes.notes_in(session, app.today(), NoteState.WAITING, None))
        text = to_text(note.body or "").rstrip()
        lines = [note.subject or "", ""]
        for line in text.splitlines():
            lines += wrap(line, 64) or [""]
    for line in lines:
        say(f"   │ {line}")
    say("")


def _approve(app: Appreciation) -> None:
    """Approve what is due today, as Rosa would; what is due later waits for her."""
    now = app.clock()
    with app.store.writing() as session:
        for note, why_not in notes.notes_in(session, app.today(), NoteState.WAITING, None):
            if why_not is None and _is_due(note, app):
                review.approve(note, now)
                note.try_at = min(note.try_at, now)


def _is_due(note: Note, app: Appreciation) -> bool:
    return app.today(note.due_at) <= app.today()


def _show_rest(app: Appreciation, folder: Path, program: str, say: Callable[[str], None]) -> None:
    with app.store.reading() as session:
        waiting = len(notes.notes_in(session, app.today(), NoteState.WAITING, None))
    say(f"   {waiting} more wait for Rosa's look before their day.\n")
    say("Where it lies:")
    say(f"   emails    {folder / 'outbox'}/*.eml")
    say(f"   cards     {folder / 'outbox' / 'B1'}/cards.pdf, envelopes.pdf, pick-list.pdf")
    say(f"   settings  {folder / 'config.toml'}\n")
    say("Try next:")
    for words in ("note list", "note preview", "upcoming --days 100"):
        say(f"   {program} --config {folder / 'config.toml'} {words}")


def _padded(name: str, width: int = 20) -> str:
    """Return ``name`` filled up to ``width`` columns; an Asian letter takes two."""
    wide = sum(east_asian_width(letter) in "WF" for letter in name)
    return name + " " * (width - len(name) - wide)
