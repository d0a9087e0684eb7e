"""A whole shop, lived through at random: after every step the promises of the design hold."""

import tempfile
from collections import Counter
from datetime import timedelta
from pathlib import Path

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    consumes,
    initialize,
    invariant,
    precondition,
    rule,
)
from sqlalchemy import select

from appreciation import upkeep
from appreciation.errors import AppreciationError
from appreciation.stages import intake, review
from appreciation.store import merging
from appreciation.store.tables import GONE, Customer, Note, NoteState
from tests.conftest import Shop, StillClock

SETTINGS = """
[occasions.birthday]
by = "email-or-post"
[occasions.order]
approve = "auto"
cooldown = "7d"
[post]
transit = {DE = 1}
"""
ZONES = ["Pacific/Auckland", "America/Los_Angeles", "Asia/Tokyo", None]
HOMES = ["Am Tor 3\n10115 Berlin", "Weg 2\n10115 Berlin"]
NAMES = [
    "Ann Smith",
    "Bob Smith",
    "Zoë Ünal",
    "佐藤 花子",
    "O'Neil, Sean",
    "J.",
    "Acme Ltd",
    "ANNA",
]
# What a customer was written to about: who, which occasion, which occurrence.
Written = tuple[int, str, str]


class WholeShop(RuleBasedStateMachine):
    """One shop on one store, by a clock that only this test moves."""

    customers: Bundle[int] = Bundle("customers")

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        self.clock = StillClock()
        self.shop = Shop(Path(self.folder.name), self.clock)
        self.shop.opened(SETTINGS)
        # When each was sent, however often the store was put back.
        self.sent: dict[Written, set[str]] = {}
        self.approved: dict[int, tuple[str | None, str | None, str | None]] = {}
        self.copies = 0
        self.known = 0

    def teardown(self) -> None:
        self.shop.close()
        self.folder.cleanup()

    @initialize()
    def begins(self) -> None:
        self.shop.run()

    @rule(
        target=customers,
        name=st.sampled_from(NAMES),
        day=st.integers(-3, 20),
        zone=st.sampled_from(ZONES),
        home=st.sampled_from([*HOMES, None]),
        year=st.sampled_from([None, 1980, 2020]),
    )
    def adds(
        self, name: str, day: int, zone: str | None, home: str | None, year: int | None
    ) -> int:
        born = self.shop.today + timedelta(days=day)
        text = f"{year:04}-{born:%m-%d}" if year else f"--{born:%m-%d}"
        self.known += 1
        email = f"c{self.known}@example.org"
        text = f"--{born:%m-%d}" if text.endswith("02-29") else text
        return self.shop.customer(name, born=text, timezone=zone, address=home, email=email)

    @rule(who=customers, ago=st.integers(0, 20))
    def orders(self, who: int, ago: int) -> None:
        self.shop.order(who, ago=ago)

    @rule(who=customers, place=st.sampled_from(["fair", None]))
    def meets(self, who: int, place: str | None) -> None:
        self.shop.meeting(who, ago=0, place=place)

    @rule(who=customers, zone=st.sampled_from(ZONES))
    def moves_to_another_zone(self, who: int, zone: str | None) -> None:
        self.shop.edit(who, timezone=zone)

    @rule(who=customers, home=st.sampled_from([*HOMES, None]))
    def moves_house(self, who: int, home: str | None) -> None:
        self.shop.edit(who, address=home)

    @rule(who=customers, days=st.integers(0, 30))
    def is_held(self, who: int, days: int) -> None:
        self.shop.hold(who, until=self.shop.today + timedelta(days=days))

    @rule(who=customers)
    def is_released(self, who: int) -> None:
        with self.shop.app.store.writing() as session:
            intake.release(session.get_one(Customer, who), self.clock())

    @rule(who=customers)
    def opts_out(self, who: int) -> None:
        self.shop.edit(who, opted_out_at=self.clock())

    @rule(who=customers)
    def dies(self, who: int) -> None:
        self.shop.edit(who, deceased_at=self.clock())

    @rule(who=customers)
    def wants_no_emails(self, who: int) -> None:
        self.shop.edit(who, email_consent=False)

    @rule(kept=customers, gone=consumes(customers))
    def turns_out_to_be_the_same(self, kept: int, gone: int) -> None:
        if kept == gone:
            return
        try:
            with self.shop.app.store.writing() as session:
                one, other = (session.get_one(Customer, each) for each in (kept, gone))
                merging.merge(session, one, other, self.clock())
        except AppreciationError:
            # Too different to be one: two birthdays, say.
            return
        for (who, occasion, occurrence), moments in list(self.sent.items()):
            if who == gone:
                self.sent.setdefault((kept, occasion, occurrence), set()).update(moments)

    @rule()
    def approves_all(self) -> None:
        self.shop.approve_all()
        for note in self.shop.notes(state=NoteState.APPROVED):
            self.approved[note.id] = (note.subject, note.body, note.recipient)

    @rule(nth=st.integers(0, 5))
    def skips_one(self, nth: int) -> None:
        with self.shop.app.store.writing() as session:
            waiting = session.scalars(select(Note).where(Note.state == NoteState.WAITING)).all()
            if nth < len(waiting):
                review.skip(waiting[nth], "we spoke")

    @rule()
    def works(self) -> None:
        self.shop.run()
        self._remember()

    @rule(hours=st.integers(1, 30))
    def time_passes(self, hours: int) -> None:
        self.clock.sleep(hours=hours)
        self.shop.run()
        self._remember()

    @rule(days=st.integers(2, 20))
    def is_down(self, days: int) -> None:
        self.clock.sleep(days=days)
        self.shop.opened(SETTINGS)
        self.shop.run()
        self._remember()

    @rule()
    def copies_the_store(self) -> None:
        upkeep.back_up(self.shop.app)
        self.copies += 1

    @precondition(lambda self: self.copies)
    @rule()
    def puts_the_store_back(self) -> None:
        self.shop.app.store.close()
        upkeep.restore(self.shop.app, upkeep.copies(self.shop.app)[-1])
        self.shop.opened(SETTINGS)
        self.approved.clear()
        before = len(self._gone())
        self.shop.run()
        assert len(self._gone()) == before, "something left a store that is on hold"
        upkeep.resume(self.shop.app, nothing_left=False)

    def _gone(self) -> list[Note]:
        return [note for note in self.shop.notes() if note.sent_at is not None]

    def _remember(self) -> None:
        for note in self._gone():
            written = (note.customer_id, note.occasion, note.occurrence)
            self.sent.setdefault(written, set()).add(str(note.sent_at))

    @invariant()
    def nobody_is_written_to_twice_about_one_thing(self) -> None:
        twice = {written: at for written, at in self.sent.items() if len(at) > 1}
        assert not twice

    @invariant()
    def nobody_gets_a_note_whom_something_holds_back(self) -> None:
        for note in self.shop.notes(sent_at=self.clock()):
            customer = note.customer
            with self.shop.app.store.reading() as session:
                now = session.get_one(Customer, customer.id)
                left_before = note.sent_at is not None and now.updated_at >= note.sent_at
                assert left_before or (now.opted_out_at is None and now.deceased_at is None)

    @invariant()
    def whoever_is_missed_is_told(self) -> None:
        for note in self.shop.notes():
            if note.state in (NoteState.SKIPPED, NoteState.BLOCKED, NoteState.FAILED):
                assert note.reason, note.id
            if note.state is NoteState.FOUND:
                assert note.expires_at > self.clock() - timedelta(days=40)

    @invariant()
    def no_note_is_blank_or_calls_nobody(self) -> None:
        for note in self.shop.notes():
            if note.body is not None:
                first = note.body.partition("\n")[0]
                assert first.strip(" ,:!") not in {"Dear", "Hi", "Hello", ""}, note.body
                assert not {"None", "nan", "{{"} & {*note.body.split()}

    @invariant()
    def what_was_approved_is_what_leaves(self) -> None:
        for note in self.shop.notes():
            if note.state in GONE and note.id in self.approved and note.sent_at == self.clock():
                assert (note.subject, note.body, note.recipient) == self.approved[note.id]

    @invariant()
    def what_is_told_in_another_note_names_it(self) -> None:
        notes = {note.id: note for note in self.shop.notes()}
        for note in notes.values():
            if note.merged_into_id is not None:
                assert note.state is NoteState.SKIPPED
                assert note.merged_into_id != note.id
                teller = notes.get(note.merged_into_id)
                assert teller is None or teller.merged_into_id is None

    @invariant()
    def no_month_has_too_many(self) -> None:
        months = Counter(
            (note.customer_id, note.due_at.year, note.due_at.month)
            for note in self.shop.notes()
            if note.state in (NoteState.WAITING, NoteState.APPROVED)
        )
        assert all(count <= 3 for count in months.values()) or self.copies


TestWholeShop = WholeShop.TestCase
TestWholeShop.settings = settings(
    max_examples=5,
    # The same lives each time: what is found at random should be found on purpose.
    derandomize=True,
    stateful_step_count=25,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
