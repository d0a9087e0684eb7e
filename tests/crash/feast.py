"""Everybody's birthday is today: a shop with many notes due, and the judgement on them."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import update

from appreciation.dates import YearlyDay, utc_now
from appreciation.stages import intake
from appreciation.store import notes
from appreciation.store.tables import Note, NoteState
from tests.conftest import Shop, StillClock
from tests.processes import PATIENCE_SECONDS, MailServer, wait_until

# Due since the day began, and on time for so long that midnight may come between.
SETTINGS = """\
[business]
name = "Rosa's Bakery"
signer = "Rosa"
email = "rosa@example.org"
address = "Hauptstr. 1\\n10115 Berlin"
country = "DE"
timezone = "UTC"

[occasions.birthday]
approve = "auto"
send_at = "00:00"
on_time_until = "3d"
belated_until = "5d"
"""
CONNECTIONS = 2
UNDER_WAY = (NoteState.CLAIMED, NoteState.SENDING)


def surname(number: int) -> str:
    """Return a guest's name, as letters: nobody is called by a figure."""
    return "Quill" + "".join(chr(ord("a") + int(figure)) for figure in str(number))


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the mail server's own log says against us."""

    accepted: int
    doubled: list[str]
    lost: list[str]
    stuck: list[str]
    # In doubt though the server never said that a body may begin.
    doubted_for_nothing: list[str]
    in_doubt: int


class Guests:
    """Customers of one shop who all have their birthday today."""

    def __init__(self, folder: Path, settings: str, url: str) -> None:
        self.guests = 0
        self.shop = Shop(folder, StillClock(utc_now()), settings=settings, url=url)

    def invite(self, count: int) -> None:
        """Add so many customers, each with a note to be found today."""
        shop, now = self.shop, self.shop.clock()
        already, self.guests = self.guests, self.guests + count
        born = YearlyDay(shop.today.month, shop.today.day)
        with shop.app.store.writing() as session:
            for number in range(already, self.guests):
                guest = {
                    "name": f"Ada {surname(number)}",
                    "email": f"guest{number}@example.org",
                    "address": f"Hauptstr. {number}\n10115 Berlin",
                }
                intake.add_customer(session, guest, born, now, shop.today)

    def states(self) -> Counter[str]:
        with self.shop.app.store.reading() as session:
            return Counter(dict(notes.counted(session)))


class Feast(Guests):
    """Guests who are written to by email."""

    def __init__(self, folder: Path, server: MailServer, url: str = Shop.url) -> None:
        super().__init__(folder, SETTINGS + server.settings, url)
        self.server = server

    def let_wait(self, count: int) -> None:
        """Invite so many that at least ``count`` were not written to yet."""
        self.invite(max(0, count - (self.guests - len(self.server.seen("accepted")))))

    def all_fall_due_at(self, at: datetime) -> None:
        """Draft what there is to draft, and let it leave at ``at`` and not before."""
        self.shop.app.find()
        self.shop.app.draft()
        with self.shop.app.store.writing() as session:
            session.execute(update(Note).values(due_at=at, try_at=at))

    def is_over(self) -> bool:
        """Return whether every guest was written to, or may have been."""
        states = self.states()
        return states["sent"] + states["in_doubt"] == self.guests == states.total()

    def ends(self, *, within_seconds: float = PATIENCE_SECONDS) -> None:
        """Return once it is over."""
        wait_until(self.is_over, what="every guest was written to", patience_seconds=within_seconds)

    def verdict(self) -> Verdict:
        """Judge by Message-ID: each note is accepted once, or in doubt."""
        accepted = Counter(self.server.seen("accepted"))
        begun = set(self.server.seen("begun"))
        ours = self.shop.notes()
        doubted = [note for note in ours if note.state is NoteState.IN_DOUBT]
        settled = [note for note in ours if note.state is not NoteState.IN_DOUBT]
        known = {note.message_id for note in ours}
        return Verdict(
            accepted=len(accepted),
            doubled=[each for each, times in accepted.items() if times > 1 or each not in known],
            lost=[str(note.id) for note in settled if not accepted[note.message_id or ""]],
            stuck=[str(note.id) for note in ours if note.state in UNDER_WAY],
            doubted_for_nothing=[str(note.id) for note in doubted if note.recipient not in begun],
            in_doubt=len(doubted),
        )

    def went_well(self, *, kills: int) -> Verdict:
        """Return the verdict where it is good: at most what was under way at a kill is in doubt."""
        verdict = self.verdict()
        assert verdict.doubled == []
        assert verdict.lost == []
        assert verdict.stuck == []
        assert verdict.doubted_for_nothing == []
        assert verdict.in_doubt <= CONNECTIONS * kills
        return verdict
