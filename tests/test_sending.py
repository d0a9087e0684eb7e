import secrets
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Literal

import pytest
from sqlalchemy import func, select

from appreciation.delivery.base import NOT_BEGUN, Begin, Letter, Outcome, Result
from appreciation.stages.sending import CLAIM
from appreciation.store import claims, instance, rests, workers
from appreciation.store.batches import batches_kept, open_batch
from appreciation.store.tables import (
    Attempt,
    Batch,
    Customer,
    Hold,
    Note,
    NoteState,
    Rest,
    Suppression,
    Worker,
)
from tests.conftest import NOON, Shop
from tests.processes import wait_until

MINUTE = timedelta(minutes=1)
SENT = Outcome(Result.SENT, "250 2.0.0 taken")
LATER = Outcome(Result.RETRY, "451 4.7.1 greylisted")
UNKNOWN = Outcome(Result.FAILED, "550 5.1.1 no such user", bad_address=True)
RESTING = Outcome(Result.RESTING, "421 4.3.2 not now")


@dataclass
class Carrier:
    """A backend that answers as told, letter by letter, and then takes everything."""

    answers: list[Outcome] = field(default_factory=list)
    repeatable: bool = False
    connections: int = 1
    # What happens in the world just before a letter begins.
    meanwhile: Callable[[], object] = lambda: None
    channel: Literal["email", "post"] = "email"
    in_batches: bool = False
    left: list[Letter] = field(default_factory=list)

    def deliver(self, letters: Iterable[Letter], begin: Begin) -> Iterator[tuple[Letter, Outcome]]:
        for letter in letters:
            outcome = self.answers.pop(0) if self.answers else SENT
            self.meanwhile()
            if outcome.result is not Result.RESTING and not begin(letter):
                outcome = NOT_BEGUN
            elif outcome.result is Result.SENT:
                self.left.append(letter)
            yield letter, outcome
            if outcome.result is Result.RESTING:
                return

    def check(self) -> str:
        return "takes everything"


@dataclass
class Printer:
    """A backend that prints all at once, except the cards of those it cannot print."""

    unprintable: tuple[str, ...] = ()
    channel: Literal["email", "post"] = "post"
    in_batches: bool = True
    repeatable: bool = False
    connections: int = 1
    printed: list[Letter] = field(default_factory=list)

    def deliver(self, letters: Iterable[Letter], begin: Begin) -> Iterator[tuple[Letter, Outcome]]:
        for letter in list(letters):
            if letter.name in self.unprintable:
                yield letter, Outcome(Result.FAILED, "the card is too long")
            elif begin(letter):
                self.printed.append(letter)
                yield letter, Outcome(Result.PRINTED, "printed", place=f"print/{letter.batch}")

    def check(self) -> str:
        return "prints"


ADA, BERTA, CLARA = "Ada Lovelace", "Berta Benz", "Clara Schumann"
BY_POST = '[occasions.meeting]\nby = "post"\n'


def approved(shop: Shop, *names: str) -> None:
    """Let each of ``names`` have an approved note about a meeting, due this morning."""
    for name in names:
        shop.meeting(shop.customer(name, address="Hauptstr. 2\n10115 Berlin"))
    shop.app.find()
    shop.app.draft()
    shop.approve_all()


def carried(shop: Shop, *answers: Outcome, **traits: Any) -> Carrier:
    """Put a carrier into the shop."""
    carrier = Carrier(list(answers), **traits)
    shop.app.backends = {"outbox": carrier}
    return carrier


def send(shop: Shop, **how: Any) -> Counter[str]:
    with shop.app.at_work("once") as worker:
        return shop.app.send(worker, **how)


def the_note(shop: Shop) -> Note:
    (note,) = shop.notes()
    return note


def enlisted(shop: Shop, **traits: object) -> Worker:
    """Return another process at work on the same store."""
    with shop.app.store.writing() as session:
        worker = workers.enlist(session, "daemon", shop.clock())
        for name, value in traits.items():
            setattr(worker, name, value)
        return worker


def claimed(shop: Shop, worker: Worker, backend: str = "outbox") -> list[Note]:
    """Let ``worker`` claim what is due."""
    now = shop.clock()
    with shop.app.store.synced() as session:
        return list(
            claims.claim(
                session,
                worker,
                backend,
                secrets.token_hex(8),
                limit=CLAIM,
                until=now,
                now=now,
                today=shop.today,
            )
        )


@pytest.fixture
def ended() -> int:
    """Return the id of a process that has ended."""
    process = subprocess.Popen([sys.executable, "-c", ""])
    process.wait()
    return process.pid


def test_an_approved_note_leaves_once(shop: Shop) -> None:
    approved(shop, ADA)
    carrier = carried(shop)

    assert send(shop) == {"sent": 1}
    assert send(shop) == {}
    assert [letter.recipient for letter in carrier.left] == ["ada@example.org"]
    note = the_note(shop)
    assert (note.state, note.sent_at, note.lease_token) == (NoteState.SENT, NOON, None)
    assert [(a.outcome, a.said) for a in note.attempts] == [("sent", "250 2.0.0 taken")]


def test_a_note_that_waits_for_a_person_stays(shop: Shop) -> None:
    shop.meeting(shop.customer(ADA))
    shop.app.find()
    shop.app.draft()
    carrier = carried(shop)

    assert send(shop) == {}
    assert carrier.left == []


def test_what_was_approved_is_what_leaves(shop: Shop) -> None:
    approved(shop, ADA)
    note = the_note(shop)
    carrier = carried(shop)
    shop.edit(note.customer_id, phone="030 123")

    send(shop)

    (letter,) = carrier.left
    assert (letter.subject, letter.body) == (note.subject, note.body)
    assert (letter.message_id, letter.recipient) == (note.message_id, note.recipient)


def test_a_note_leaves_at_its_hour_and_not_before(shop: Shop) -> None:
    approved(shop, ADA)
    due_at = the_note(shop).due_at
    carrier = carried(shop)

    shop.clock.now = due_at - MINUTE
    assert send(shop) == {}
    shop.clock.now = due_at
    assert send(shop) == {"sent": 1}
    assert len(carrier.left) == 1


def test_a_note_that_is_wanted_early_leaves_early(shop: Shop) -> None:
    approved(shop, ADA)
    due_at = the_note(shop).due_at
    carried(shop)
    shop.clock.now = due_at - MINUTE

    assert send(shop, until=due_at) == {"sent": 1}


def test_a_note_whose_time_is_over_never_leaves(shop: Shop) -> None:
    approved(shop, ADA)
    carrier = carried(shop)

    shop.clock.now = the_note(shop).expires_at

    assert send(shop) == {}
    assert carrier.left == []


def test_a_belated_note_does_not_leave_when_even_that_is_over(shop: Shop) -> None:
    approved(shop, ADA)
    with shop.app.store.writing() as session:
        session.get_one(Note, the_note(shop).id).belated = True
    carrier = carried(shop)

    shop.clock.now = the_note(shop).expires_at

    assert send(shop) == {}
    assert carrier.left == []


def test_words_for_the_day_itself_do_not_leave_when_it_is_late(shop: Shop) -> None:
    approved(shop, ADA)
    carrier = carried(shop)

    shop.clock.now = the_note(shop).on_time_until

    assert send(shop) == {}
    assert carrier.left == []


def _opts_out(customer: Customer) -> None:
    customer.opted_out_at = NOON


def _dies(customer: Customer) -> None:
    customer.deceased_at = NOON


def _is_held(customer: Customer) -> None:
    customer.holds.append(Hold(why="order returned", created_at=NOON))


def _moves(customer: Customer) -> None:
    customer.email = "ada@elsewhere.example"


def _has_no_address(customer: Customer) -> None:
    customer.email = None


@pytest.mark.parametrize("happens", [_opts_out, _dies, _is_held, _moves, _has_no_address])
def test_what_happened_after_the_approval_counts(
    shop: Shop, happens: Callable[[Customer], None]
) -> None:
    approved(shop, ADA)
    carrier = carried(shop)
    with shop.app.store.writing() as session:
        happens(session.get_one(Customer, the_note(shop).customer_id))

    assert send(shop) == {}
    assert carrier.left == []
    assert the_note(shop).state is NoteState.APPROVED


def test_a_hold_that_is_over_holds_nobody(shop: Shop) -> None:
    approved(shop, ADA)
    carried(shop)
    shop.hold(the_note(shop).customer_id, until=shop.today - timedelta(days=1))

    assert send(shop) == {"sent": 1}


def test_an_address_that_is_suppressed_gets_nothing_however_it_is_written(shop: Shop) -> None:
    approved(shop, ADA)
    carrier = carried(shop)
    with shop.app.store.writing() as session:
        session.get_one(Customer, the_note(shop).customer_id).email = "Ada@example.org"
        session.get_one(Note, the_note(shop).id).recipient = "Ada@example.org"
        session.add(Suppression(address="ada@example.org", why="bounced", created_at=NOON))

    assert send(shop) == {}
    assert carrier.left == []


def test_two_workers_cannot_take_the_same_note(shop: Shop) -> None:
    approved(shop, ADA, BERTA)
    one, two = enlisted(shop), enlisted(shop)

    assert len(claimed(shop, one)) == 2
    assert claimed(shop, two) == []


def test_hands_side_by_side_share_the_notes(shop: Shop) -> None:
    names = [f"Customer{number} Somebody" for number in range(2 * CLAIM + 5)]
    approved(shop, *names)
    carrier = carried(shop, connections=3)

    assert send(shop) == {"sent": len(names)}
    assert sorted(letter.name for letter in carrier.left) == sorted(names)


def test_a_worker_that_lost_its_note_neither_sends_nor_changes_it(shop: Shop) -> None:
    approved(shop, ADA)
    other = enlisted(shop)
    token = None

    def another_takes_it() -> None:
        nonlocal token
        shop.clock.now += claims.LEASE
        shop.app.recover(other)
        (note,) = claimed(shop, other)
        token = note.lease_token

    carrier = carried(shop, meanwhile=another_takes_it)

    assert send(shop) == {}
    assert carrier.left == []
    note = the_note(shop)
    assert (note.state, note.worker_id) == (NoteState.CLAIMED, other.id)
    assert note.lease_token == token is not None
    assert note.attempts == []


def test_a_body_is_not_begun_with_too_little_of_the_lease_left(shop: Shop) -> None:
    approved(shop, ADA)
    left = claims.LEASE - claims.BEGIN_BEFORE
    carrier = carried(shop, meanwhile=lambda: shop.clock.sleep(seconds=left.total_seconds()))

    assert send(shop) == {"retried": 1}
    assert carrier.left == []


def test_a_refused_note_is_tried_again_ever_later(shop: Shop) -> None:
    approved(shop, ADA)
    carried(shop, *[LATER] * 6)
    pauses = []

    for _ in range(6):
        assert send(shop) == {"retried": 1}
        try_at = the_note(shop).try_at
        pauses.append(try_at - shop.clock.now)
        shop.clock.now = try_at - MINUTE
        assert send(shop) == {}
        shop.clock.now = try_at

    assert send(shop) == {"sent": 1}
    ladder = [timedelta(minutes=m) for m in (5, 15, 60, 240, 720, 720)]
    for pause, least in zip(pauses, ladder, strict=True):
        assert least <= pause <= least * 1.1
    told = [(attempt.outcome, attempt.said) for attempt in the_note(shop).attempts]
    assert told == [("retry", "451 4.7.1 greylisted")] * 6 + [("sent", "250 2.0.0 taken")]


def test_a_note_to_be_tried_again_says_why(shop: Shop) -> None:
    approved(shop, ADA)
    carried(shop, LATER)

    send(shop)

    note = the_note(shop)
    assert (note.state, note.reason) == (NoteState.APPROVED, "451 4.7.1 greylisted")


def test_an_address_that_does_not_exist_is_never_written_to_again(shop: Shop) -> None:
    approved(shop, ADA, BERTA)
    carrier = carried(shop, UNKNOWN)

    assert send(shop) == {"failed": 1, "sent": 1}
    failed = shop.notes(state=NoteState.FAILED)
    assert [(note.recipient, note.reason) for note in failed] == [
        ("ada@example.org", "550 5.1.1 no such user")
    ]
    with shop.app.store.writing() as session:
        assert session.scalars(select(Suppression.address)).all() == ["ada@example.org"]
        session.get_one(Note, failed[0].id).state = NoteState.APPROVED
    assert send(shop) == {}
    assert [letter.name for letter in carrier.left] == [BERTA]


def test_an_address_is_suppressed_however_it_is_written(shop: Shop) -> None:
    shop.meeting(shop.customer(ADA, email="Ada@example.org"))
    shop.app.find()
    shop.app.draft()
    shop.approve_all()
    carried(shop, UNKNOWN)

    send(shop)

    with shop.app.store.reading() as session:
        assert session.scalars(select(Suppression.address)).all() == ["ada@example.org"]


def test_a_note_that_fails_for_its_words_suppresses_nobody(shop: Shop) -> None:
    approved(shop, ADA)
    carried(shop, Outcome(Result.FAILED, "554 5.6.0 malformed"))

    assert send(shop) == {"failed": 1}
    with shop.app.store.reading() as session:
        assert session.scalar(select(func.count(Suppression.id))) == 0


def test_a_note_in_doubt_waits_for_a_person(shop: Shop) -> None:
    approved(shop, ADA)
    carried(shop, Outcome(Result.IN_DOUBT, "no answer came"))

    assert send(shop) == {"in_doubt": 1}
    assert send(shop) == {}
    assert the_note(shop).state is NoteState.IN_DOUBT


def test_a_backend_that_is_refused_rests_ever_longer_and_blames_no_note(shop: Shop) -> None:
    approved(shop, ADA, BERTA)
    carrier = carried(shop, *[RESTING] * 6)
    pauses = []

    for _ in range(6):
        assert send(shop) == {}
        asked = len(carrier.answers)
        with shop.app.store.reading() as session:
            until_at = session.get_one(Rest, "outbox").until_at
        pauses.append(until_at - shop.clock.now)
        shop.clock.now = until_at - MINUTE
        assert send(shop) == {}
        assert len(carrier.answers) == asked
        shop.clock.now = until_at

    assert pauses == [timedelta(minutes=m) for m in (5, 15, 60, 240, 720, 720)]
    for note in shop.notes():
        assert (note.state, note.lease_token) == (NoteState.APPROVED, None)
        assert note.try_at == note.due_at
        with shop.app.store.reading() as session:
            assert claims.tries(session, note, "retry") == 0


def test_a_success_wakes_a_backend_for_good(shop: Shop) -> None:
    approved(shop, ADA, BERTA)
    carried(shop, RESTING, RESTING, SENT, RESTING)
    for minutes in (0, 5, 15):
        shop.clock.sleep(minutes=minutes)
        send(shop)

    with shop.app.store.reading() as session:
        rest = session.get_one(Rest, "outbox")
        assert (rest.times, rest.until_at - shop.clock.now) == (1, 5 * MINUTE)


def test_a_person_who_asks_by_name_does_not_wait_for_the_rest(shop: Shop) -> None:
    approved(shop, ADA)
    carried(shop, RESTING)
    send(shop)

    assert send(shop, only="outbox") == {"sent": 1}


def test_a_dead_worker_s_claimed_note_is_approved_again(shop: Shop, ended: int) -> None:
    approved(shop, ADA)
    claimed(shop, enlisted(shop, process=ended))
    carried(shop)

    assert send(shop) == {"sent": 1}


def test_a_living_worker_s_claimed_note_is_left_to_it(shop: Shop) -> None:
    approved(shop, ADA)
    worker = enlisted(shop, started_at=NOON + MINUTE)
    claimed(shop, worker)
    carried(shop)

    assert send(shop) == {}
    assert the_note(shop).worker_id == worker.id


@pytest.mark.parametrize(
    ("repeatable", "counts", "state"),
    [(False, {"in_doubt": 1}, NoteState.IN_DOUBT), (True, {"sent": 1}, NoteState.SENT)],
)
def test_a_dead_worker_s_note_under_way_is_in_doubt_unless_twice_is_as_good_as_once(
    shop: Shop, ended: int, repeatable: bool, counts: dict[str, int], state: NoteState
) -> None:
    approved(shop, ADA)
    (note,) = claimed(shop, enlisted(shop, process=ended))
    with shop.app.store.writing() as session:
        assert claims.begin(session.connection(), note, shop.clock())
    carried(shop, repeatable=repeatable)

    assert send(shop) == counts
    assert the_note(shop).state is state


@pytest.mark.parametrize(
    ("repeatable", "state"), [(False, NoteState.IN_DOUBT), (True, NoteState.SENT)]
)
def test_after_a_power_failure_a_claimed_note_may_have_left(
    shop: Shop, repeatable: bool, state: NoteState
) -> None:
    approved(shop, ADA)
    claimed(shop, enlisted(shop, boot="the boot before"))
    carried(shop, repeatable=repeatable)

    send(shop)

    assert the_note(shop).state is state


@pytest.mark.parametrize(
    ("begun", "lease", "state"),
    [(False, 5, NoteState.APPROVED), (True, 15, NoteState.IN_DOUBT)],
)
def test_a_worker_nobody_hears_of_keeps_its_notes_for_as_long_as_its_lease(
    shop: Shop, begun: bool, lease: int, state: NoteState
) -> None:
    approved(shop, ADA)
    far = enlisted(shop, host="another machine")
    (note,) = claimed(shop, far)
    if begun:
        with shop.app.store.writing() as session:
            assert claims.begin(session.connection(), note, shop.clock())
    carried(shop)
    me = enlisted(shop)

    shop.clock.sleep(minutes=lease - 1)
    shop.app.recover(me)
    assert the_note(shop).worker_id == far.id
    shop.clock.sleep(minutes=1)
    shop.app.recover(me)
    assert the_note(shop).state is state


def test_whoever_is_asked_to_stop_gives_back_what_was_not_begun(shop: Shop) -> None:
    approved(shop, ADA, BERTA, CLARA)
    carrier = carried(shop)

    assert send(shop, stopping=lambda: bool(carrier.left)) == {"sent": 1}
    given_back = shop.notes(state=NoteState.APPROVED)
    assert [note.customer.name for note in given_back] == [BERTA, CLARA]
    assert {(note.worker_id, note.lease_token) for note in given_back} == {(None, None)}
    assert [note.attempts for note in given_back] == [[], []]


def test_a_backend_that_breaks_gives_back_what_was_not_begun(shop: Shop) -> None:
    def breaks() -> None:
        raise RuntimeError("a bug")

    approved(shop, ADA, BERTA)
    carried(shop, meanwhile=breaks)

    with pytest.raises(RuntimeError, match="a bug"):
        send(shop)

    assert [note.state for note in shop.notes()] == [NoteState.APPROVED] * 2


def test_no_address_stands_in_the_log(shop: Shop, caplog: pytest.LogCaptureFixture) -> None:
    approved(shop, ADA, BERTA)
    carried(
        shop,
        Outcome(Result.FAILED, "550 5.1.1 <ada@example.org>: unknown", bad_address=True),
        Outcome(Result.RETRY, "451 4.7.1 <berta@example.org>: greylisted"),
    )

    send(shop)

    assert "failed" in caplog.text
    assert "@" not in caplog.text


@pytest.fixture
def stationer(shop: Shop) -> Shop:
    """A shop that writes by post."""
    shop.opened(BY_POST)
    return shop


def printer(shop: Shop, *unprintable: str) -> Printer:
    made = Printer(unprintable)
    shop.app.backends = {"print": made}
    return made


def batches(shop: Shop) -> list[Batch]:
    with shop.app.store.reading() as session:
        return list(session.scalars(select(Batch).order_by(Batch.id)))


def test_a_batch_is_one_row_of_cards_in_the_order_they_fall_due(stationer: Shop) -> None:
    names = [f"Customer{number:02} Somebody" for number in range(CLAIM + 3)]
    approved(stationer, *names)
    press = printer(stationer)

    assert send(stationer) == {"printed": len(names)}
    assert [letter.name for letter in press.printed] == names
    assert [letter.sequence for letter in press.printed] == list(range(1, len(names) + 1))
    assert {letter.batch for letter in press.printed} == {"B1"}
    (batch,) = batches(stationer)
    assert (batch.backend, batch.folder) == ("print", "print/B1")
    printed = stationer.notes(state=NoteState.PRINTED)
    assert [(note.batch_id, note.sequence) for note in printed] == [
        (1, number) for number in range(1, len(names) + 1)
    ]


def test_a_card_that_cannot_be_printed_fails_alone(stationer: Shop) -> None:
    approved(stationer, ADA, BERTA, CLARA)
    printer(stationer, BERTA)

    assert send(stationer) == {"printed": 2, "failed": 1}
    found = {note.customer.name: note for note in stationer.notes()}
    assert [found[name].sequence for name in (ADA, BERTA, CLARA)] == [1, None, 3]
    assert found[BERTA].state is NoteState.FAILED
    assert found[BERTA].reason == "the card is too long"
    assert found[BERTA].batch_id is None


def test_a_batch_of_which_nothing_was_printed_leaves_no_trace(stationer: Shop) -> None:
    approved(stationer, ADA)
    printer(stationer, ADA)

    assert send(stationer) == {"failed": 1}
    assert batches(stationer) == []


def test_a_day_with_nothing_due_makes_no_batch(stationer: Shop) -> None:
    press = printer(stationer)

    assert send(stationer) == {}
    assert (press.printed, batches(stationer)) == ([], [])


def test_the_next_batch_has_its_own_number(stationer: Shop) -> None:
    approved(stationer, ADA)
    printer(stationer)
    send(stationer)
    approved(stationer, BERTA)
    press = printer(stationer)

    send(stationer)

    assert [(letter.batch, letter.sequence) for letter in press.printed] == [("B2", 1)]


def test_a_rest_is_recorded_without_counting_as_a_try(shop: Shop) -> None:
    approved(shop, ADA)
    carried(shop, RESTING, LATER)
    send(shop)
    shop.clock.sleep(minutes=5)

    send(shop)

    note = the_note(shop)
    assert note.try_at - shop.clock.now <= 5.5 * MINUTE
    with shop.app.store.reading() as session:
        assert session.scalars(select(Attempt.outcome)).all() == ["resting", "retry"]


def test_a_letter_that_may_be_to_blame_comes_last_once_the_backend_wakes(shop: Shop) -> None:
    approved(shop, ADA, BERTA)
    spam = Outcome(Result.RESTING, "554 5.7.1 spam", lasting=True, suspect=True)
    shop.app.backends = {"outbox": (carrier := Carrier([spam]))}
    send(shop)
    shop.clock.sleep(minutes=5, seconds=1)
    send(shop)

    assert [letter.name for letter in carrier.left] == [BERTA, ADA]


def test_a_batch_whose_maker_died_is_forgotten_and_its_cards_get_new_numbers(
    stationer: Shop, ended: int
) -> None:
    approved(stationer, ADA)
    (note,) = claimed(stationer, enlisted(stationer, process=ended), "print")
    with stationer.app.store.writing() as session:
        batch = open_batch(session, None, "print", stationer.clock())
        session.get_one(Note, note.id).batch_id = batch.id
    printer(stationer)

    assert send(stationer) == {"printed": 1}
    assert the_note(stationer).batch_id == batch.id + 1
    with stationer.app.store.reading() as session:
        assert [each.id for each in batches_kept(session)] == [batch.id + 1]


def test_a_backend_that_rests_gets_no_more_letters_even_if_it_asks(shop: Shop) -> None:
    approved(shop, ADA, BERTA, CLARA)

    class Stubborn(Carrier):
        def deliver(
            self, letters: Iterable[Letter], begin: Begin
        ) -> Iterator[tuple[Letter, Outcome]]:
            for letter in letters:
                self.left.append(letter)
                yield letter, RESTING

    shop.app.backends = {"outbox": (carrier := Stubborn())}
    send(shop)

    assert len(carrier.left) == 1


def test_what_a_server_says_comes_without_its_control_characters(shop: Shop) -> None:
    approved(shop, ADA)
    carried(shop, Outcome(Result.FAILED, "550 \x1b[31mno\x07 \x9bsuch user"))
    send(shop)

    assert the_note(shop).reason == "550  [31mno   such user"


def test_a_mail_server_that_keeps_silent_does_not_keep_cards_from_being_printed(
    shop: Shop,
) -> None:
    shop.opened('[occasions.meeting]\nby = "post-or-email"\n')
    for name, address in ((ADA, "Hauptstr. 2\n10115 Berlin"), (BERTA, None)):
        shop.meeting(shop.customer(name, address=address))
    shop.app.find()
    shop.app.draft()
    shop.approve_all()
    press = printer(shop)
    silent = Carrier(meanwhile=lambda: wait_until(lambda: press.printed, what="it printed"))
    shop.app.backends = {"outbox": silent, "print": press}

    assert send(shop) == {"sent": 1, "printed": 1}


def test_a_store_on_hold_gives_nothing_out(shop: Shop) -> None:
    approved(shop, ADA)
    carrier = carried(shop)
    with shop.app.at_work("once") as worker:
        with shop.app.store.writing() as session:
            instance.hold(session, "it may be a copy", shop.clock())

        assert claimed(shop, worker) == []
        assert shop.app.send(worker) == {}
    assert carrier.left == []


def test_a_letter_that_is_refused_again_and_again_fails_alone(shop: Shop) -> None:
    shop.opened('[occasions.meeting]\nbelated_until = "60d"\non_time_until = "60d"\n')
    approved(shop, ADA)
    suspect = Outcome(Result.RESTING, "550 5.7.1 not this one", lasting=True, suspect=True)
    carried(shop, *[suspect] * (len(rests.PAUSES) + 1))
    pauses = []
    for pause in rests.PAUSES:
        send(shop)
        with shop.app.store.reading() as session:
            (rest,) = rests.resting(session, shop.clock()).values()
        pauses.append(rest.until_at - shop.clock())
        shop.clock.sleep(seconds=2 * pause.total_seconds())
    send(shop)

    assert pauses == [rests.PAUSES[0]] * len(pauses)
    assert the_note(shop).state is NoteState.FAILED
    assert the_note(shop).reason == "550 5.7.1 not this one"


def test_a_server_that_suspects_one_letter_after_another_rests_ever_longer(shop: Shop) -> None:
    approved(shop, ADA, BERTA)
    suspect = Outcome(Result.RESTING, "550 5.7.1 not you", lasting=True, suspect=True)
    carried(shop, suspect, suspect)
    send(shop)
    shop.clock.sleep(minutes=6)
    send(shop)

    with shop.app.store.reading() as session:
        (rest,) = rests.resting(session, shop.clock()).values()
    assert rest.until_at == shop.clock() + rests.PAUSES[1]
