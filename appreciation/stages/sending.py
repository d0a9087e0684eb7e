"""Sending: what is approved and due leaves, once.

A note is claimed and the claim committed before a backend sees it; the intent
is committed at the backend's point of no return, just before the body. If the
process dies, what was only claimed is approved again, and what was under way
waits for a person: a note too few can be mended, a note twice cannot.
"""

import contextlib
import logging
import random
import re
import secrets
import time
from collections import Counter
from collections.abc import Callable, Generator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager as Opened
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import partial
from typing import TypeVar

from sqlalchemy.orm import Session

from appreciation.dates import Clock
from appreciation.delivery.base import Backend, Letter, Outcome, Result
from appreciation.errors import StoreFailed
from appreciation.store import batches, claims, rests, suppressions
from appreciation.store.engine import Store
from appreciation.store.recording import Link, Recorder
from appreciation.store.tables import Batch, Note, NoteState, Worker
from appreciation.words.names import envelope_name

S = TypeVar("S")
T = TypeVar("T")

log = logging.getLogger(__name__)

# So many notes are claimed in one synced transaction.
CLAIM = 20
# A database server is back within seconds of its restart; who waits longer helps nobody.
_TRIES = 60
_TRY_SECONDS = 2

_STATES = {
    Result.SENT: NoteState.SENT,
    Result.PRINTED: NoteState.PRINTED,
    Result.RETRY: NoteState.APPROVED,
    Result.FAILED: NoteState.FAILED,
    Result.IN_DOUBT: NoteState.IN_DOUBT,
    Result.RESTING: NoteState.APPROVED,
}
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]+")
_COUNTED_AS = {Result.RETRY: "retried"}


def untold(_: int) -> None:
    """Take the number of a batch, and tell nobody."""


@dataclass(frozen=True, slots=True)
class Sending:
    """One backend's work for one worker: where notes are kept, what time it is, when to stop."""

    store: Store
    worker: Worker
    name: str
    backend: Backend
    clock: Clock
    today: Callable[[datetime], date]
    stopping: Callable[[], bool]
    # What falls due up to then counts as due; None: up to now.
    until: datetime | None = None
    # Only what would be late by then: the others wait for a better day.
    late_by: datetime = claims.ANY_TIME
    wait: Callable[[float], object] = time.sleep
    # Told the number of each batch that is opened.
    numbered: Callable[[int], object] = untold


def send_due(work: Sending) -> Counter[str]:
    """Deliver every approved note that is due; count sent, printed, retried, failed, in_doubt."""
    now = work.clock()
    with work.store.reading() as session:
        if work.name in rests.resting(session, now):
            return Counter()
        waiting = claims.due_count(session, work.name, work.until or now)
    if not waiting:
        return Counter()
    hands = 1 if work.backend.in_batches else min(work.backend.connections, -(-waiting // CLAIM))
    with ThreadPoolExecutor(hands) as pool:
        return sum(pool.map(_deliver, [work] * hands), Counter[str]())


def _deliver(work: Sending) -> Counter[str]:
    counts: Counter[str] = Counter()
    with contextlib.closing(Recorder(work.store)) as recorder:
        hand = _Hand(work, recorder.recording)
        letters = hand.letters()
        try:
            for delivered, outcome in work.backend.deliver(letters, hand.begin):
                hand.resting = outcome.result is Result.RESTING
                counts[_COUNTED_AS.get(outcome.result, outcome.result.value)] += hand.finish(
                    delivered, outcome
                )
        finally:
            letters.close()
            hand.give_back()
    return +counts


@dataclass(frozen=True, slots=True)
class _Tried:
    """An attempt that ended."""

    note: Note
    outcome: Outcome
    said: str
    began_at: datetime
    now: datetime

    def record(self, link: Link, again_at: datetime | None = None) -> bool:
        """Write it down; False where another worker has the note by now."""
        result = self.outcome.result
        end = claims.Ending(result.value, _STATES[result], self.said, again_at)
        return claims.finish(link, self.note, end, self.began_at, self.now)


class _Hand:
    """One connection's worth of work: it claims, begins and finishes notes.

    A store that fails meanwhile is waited for: what the world has done must be
    written down, and what has not left must not stay with a worker that is
    done with it.
    """

    def __init__(self, work: Sending, recording: Callable[[], Opened[Link]]) -> None:
        self.work = work
        self.store = work.store
        self.recording = recording
        self.held: dict[int, Note] = {}
        self.token = ""
        # Since when a letter is under way.
        self.begun: dict[int, datetime] = {}
        # What was not let go because the store failed.
        self.kept: set[int] = set()
        self.batch: Batch | None = None
        self.printed = 0
        # Once the backend rests it gets no more letters, whether it asks or not.
        self.resting = False
        # Told to the store once for each claim, not once for each note.
        self.is_awake = False

    def letters(self) -> Generator[Letter]:
        """Claim as long as there is something due, and hand out one letter after another."""
        while not self._ends():
            claimed = self._claim()
            if not claimed:
                return
            self.held |= {note.id: note for note in claimed}
            for note in claimed:
                if self._ends():
                    return
                yield letter(note, self.batch, self.work.clock())

    def _ends(self) -> bool:
        return self.resting or self.work.stopping()

    def begin(self, begun: Letter) -> bool:
        """Record the point of no return. After a power failure its absence must mean something."""
        note, now = self.held[begun.note_id], self.work.clock()
        self.begun[note.id] = now
        try:
            with self._intent() as connection:
                return claims.begin(connection, note, now)
        except StoreFailed as error:
            # Nobody knows whether it was recorded, but the letter stays here.
            log.warning("note %d stays for now: %s", begun.note_id, error)
            self.kept.add(begun.note_id)
            return False

    def _intent(self) -> Opened[Link]:
        # Without a boot id nobody could tell a power failure from a kill.
        return self.recording() if self.work.worker.boot else self.store.recording(synced=True)

    def finish(self, delivered: Letter, outcome: Outcome) -> bool:
        """Record how it ended; False where another worker has the note by now."""
        note, now = self.held.pop(delivered.note_id), self.work.clock()
        began_at = self.begun.pop(note.id, now)
        if note.id in self.kept:
            self.kept.remove(note.id)
            self._surely(self.recording, lambda link: claims.release(link, note))
            return False
        # A server's words reach a terminal one day: no control characters in them.
        tried = _Tried(note, outcome, _CONTROL.sub(" ", outcome.said), began_at, now)
        if outcome.result in (Result.SENT, Result.PRINTED):
            return self._surely(self.recording, partial(self._left, tried))
        # The server's words may hold the customer's address, so they stay in the store.
        if outcome.result is not Result.RESTING:
            word = outcome.result.value.replace("_", " ")
            log.warning("note %d: %s; appreciation note show %d tells why", note.id, word, note.id)
        recorded = self._surely(self.store.writing, partial(self._stayed, tried))
        return recorded and outcome.result is not Result.RESTING

    def _left(self, tried: _Tried, link: Link) -> bool:
        if not self.is_awake:
            rests.wake(link, self.work.name)
            self.is_awake = True
        if tried.outcome.place and self.batch is not None:
            batches.place_batch(link, self.batch, tried.outcome.place)
        return tried.record(link)

    def _stayed(self, tried: _Tried, session: Session) -> bool:
        outcome, note, said, again_at = tried.outcome, tried.note, tried.said, None
        if outcome.result is Result.RETRY:
            again_at = _again_at(claims.tries(session, note, "retry"), tried.now)
        elif outcome.result is Result.RESTING:
            # Refused before, it is this letter that the server does not want: the others
            # need not wait longer each time, and in the end it fails.
            refused = claims.tries(session, note, "resting") if outcome.suspect else 0
            if refused == len(rests.PAUSES):
                failed = replace(tried, outcome=replace(outcome, result=Result.FAILED))
                return failed.record(session.connection())
            until_at = rests.rest(session, self.work.name, said, tried.now, grows=not refused)
            if outcome.suspect:
                again_at = max(until_at, _again_at(refused, tried.now)) if refused else until_at
            why = "status tells why" if outcome.suspect else said
            log.warning("%s rests until %s UTC: %s", self.work.name, f"{until_at:%H:%M}", why)
        if outcome.bad_address:
            assert note.recipient is not None
            suppressions.suppress(session, note.recipient, f"refused: {said}", tried.now)
        return tried.record(session.connection(), again_at)

    def give_back(self) -> None:
        """Release what was claimed and not handed over."""

        def release(session: Session) -> None:
            # The last claim may have come to pass though the store failed.
            tokens = {self.token, *(note.lease_token or "" for note in self.held.values())}
            claims.release_all(session, tokens)
            if self.batch is not None:
                batches.close_batch(session, self.batch)

        self._surely(self.store.writing, release)

    def _surely(self, opened: Callable[[], Opened[S]], write: Callable[[S], T]) -> T:
        """Do ``write`` in a transaction; where the store fails, again until it is back."""
        for tries_left in reversed(range(_TRIES)):
            try:
                with opened() as transaction:
                    return write(transaction)
            except StoreFailed as error:
                if not tries_left or self.work.stopping():
                    raise
                log.warning("%s; trying again", error)
                self.work.wait(_TRY_SECONDS)
        raise AssertionError

    def _claim(self) -> list[Note]:
        now = self.work.clock()
        self.token, self.is_awake = secrets.token_hex(8), False
        with self.store.synced() as session:
            claimed = list(
                claims.claim(
                    session,
                    self.work.worker,
                    self.work.name,
                    self.token,
                    limit=CLAIM,
                    now=now,
                    until=self.work.until or now,
                    today=self.work.today(now),
                    late_by=self.work.late_by,
                )
            )
            if claimed and self.work.backend.in_batches:
                self._number(claimed, batches.open_batch(session, self.batch, self.work.name, now))
            return claimed

    def _number(self, notes: list[Note], batch: Batch) -> None:
        if self.batch is None:
            self.work.numbered(batch.id)
        self.batch = batch
        for note in notes:
            self.printed += 1
            note.batch_id, note.sequence = batch.id, self.printed


def letter(note: Note, batch: Batch | None, now: datetime) -> Letter:
    """Return ``note`` as a backend gets it, numbered where it is part of ``batch``."""
    assert note.recipient is not None
    assert note.subject is not None
    assert note.body is not None
    customer = note.customer
    return Letter(
        note_id=note.id,
        name=note.addressee
        or customer.envelope_name
        or envelope_name(customer.name, customer.kind),
        recipient=note.recipient,
        country=customer.country or "",
        subject=note.subject,
        body=note.body,
        language=note.language or "en",
        message_id=note.message_id or "",
        why=note.why or "",
        at=now,
        batch=f"B{batch.id}" if batch else "",
        sequence=note.sequence or 0,
        occasion=note.occasion,
        look=note.look or {},
    )


def _again_at(tries: int, now: datetime) -> datetime:
    pause = rests.PAUSES[min(tries, len(rests.PAUSES) - 1)]
    # Jitter: a server that refused two hundred must not see them all at once again.
    return now + pause + timedelta(seconds=random.uniform(0, pause.total_seconds() / 10))  # noqa: S311
