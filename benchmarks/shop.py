"""A shop with notes that are approved and due, for the benchmarks of sending."""

from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import insert

from appreciation.app import Appreciation, assemble
from appreciation.config.reading import load
from appreciation.dates import utc_now
from appreciation.shipped import shipped
from appreciation.store import migrating
from appreciation.store.tables import Customer, Note, NoteState
from appreciation.words.wordings import Wordings

SETTINGS = """\
[business]
name = "Rosa's Bäckerei"
signer = "Rosa"
email = "rosa@example.org"
timezone = "UTC"
[delivery]
email = "smtp"
[delivery.smtp]
host = "127.0.0.1"
port = {port}
security = "none"
connections = {connections}
"""
WORDS = {
    "greeting": "Dear Zoë,",
    "call_name": "Zoë",
    "name": "Zoë Müller-Łukasz",
    "signer": "Rosa",
    "business": "Rosa's Bäckerei",
    "belated": False,
    "birthday": {"day": "November 21"},
}
# With it a note has six paragraphs and makes a mail of about 4 kB.
STORY = (
    "\n\nWe still talk about the cake of three storeys that you carried home on a bicycle,\n"
    "and about the face of the man who held the door for it. Nobody here would have\n"
    "thought that it arrives in one piece, and the whole street asked for days.\n"
)
AT_ONCE = 10_000


class Template:
    """The first birthday wording, made long enough for a mail of about 4 kB."""

    def __init__(self) -> None:
        self.wordings = Wordings([shipped("templates")])
        self.wording = self.wordings.eligible(
            "birthday", "en", belated=False, variant="", words=WORDS
        )[0]

    def render(self) -> tuple[str, str]:
        subject, body = self.wordings.render(self.wording, WORDS)
        return subject, body.replace("\n\n", f"{STORY * 4}\n\n", 1)


def opened(folder: Path, port: int, connections: int) -> Appreciation:
    """Return a new shop in ``folder`` that sends to ``port``."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "config.toml"
    path.write_text(SETTINGS.format(port=port, connections=connections))
    app = assemble(load(path))
    migrating.migrate(app.store, backup_name="")
    return app


def fill(app: Appreciation, count: int) -> None:
    """Add so many customers, each with a note that is approved and due."""
    now, (subject, body) = utc_now(), Template().render()
    for first in range(1, count + 1, AT_ONCE):
        ids = range(first, min(first + AT_ONCE, count + 1))
        with app.store.writing() as session:
            session.execute(insert(Customer), [_customer(number, now) for number in ids])
            session.execute(insert(Note), [_note(number, now, subject, body) for number in ids])


def _customer(number: int, now: datetime) -> dict[str, object]:
    return {
        "id": number,
        "kind": "person",
        "name": "Zoë Müller-Łukasz",
        "email": f"zoe{number}@example.com",
        "created_at": now,
        "updated_at": now,
    }


def _note(number: int, now: datetime, subject: str, body: str) -> dict[str, object]:
    return {
        "id": number,
        "customer_id": number,
        "occasion": "birthday",
        "occurrence": "2026",
        "on": now.date(),
        "state": NoteState.APPROVED,
        "channel": "email",
        "backend": "smtp",
        "due_at": now,
        "try_at": now,
        "on_time_until": now + timedelta(days=3),
        "expires_at": now + timedelta(days=9),
        "language": "en",
        "recipient": f"zoe{number}@example.com",
        "subject": subject,
        "body": body,
        "message_id": f"<note-{number}.0123456789abcdef@example.org>",
        "created_at": now,
        "drafted_at": now,
        "approved_at": now,
    }
