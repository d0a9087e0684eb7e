"""Tact: what not to write by itself, although there is a reason to.

A thank-you at every visit is noise, three notes on one day are a machine, and
three cards to one home are a list. What is left out says why; what is told in
another note names that note.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from sqlalchemy.orm import Session

from appreciation.dates import local_day
from appreciation.stages.drafting.desk import Desk
from appreciation.stages.drafting.writing import can_tell
from appreciation.store import near
from appreciation.store.near import Near
from appreciation.store.tables import GONE, Note, NoteState

# Of these customers, what is not noted yet and falls due up to a moment.
Foresee = Callable[[Session, Sequence[int], datetime], Sequence[Mapping[str, Any]]]
_TAKEN = (NoteState.WAITING, NoteState.APPROVED, NoteState.CLAIMED, *GONE)
_WRITABLE = (NoteState.FOUND, NoteState.BLOCKED, NoteState.WAITING)
_LONGEST_MONTH = 31


def nothing_more(_: Session, __: Sequence[int], ___: datetime) -> Sequence[Mapping[str, Any]]:
    """Foresee nothing."""
    return ()


@dataclass
class Tactful:
    """Judges the notes of one round, with what else is written to the same customers and homes."""

    session: Session
    desk: Desk
    now: datetime
    others: Mapping[int, Mapping[int, Near]]
    homes: Mapping[near.SameOne, Sequence[Near]]
    # What is not noted yet and falls due in the same month.
    coming: Sequence[Mapping[str, Any]]
    # Those that had words already, and tell of more now.
    anew: list[Note] = field(default_factory=list)

    @classmethod
    def looking_at(
        cls,
        session: Session,
        desk: Desk,
        notes: Sequence[Note],
        now: datetime,
        today: date,
        foresee: Foresee,
    ) -> "Tactful":
        """Return a judge who knows what else is written to the customers of ``notes``."""
        customers = sorted({note.customer_id for note in notes})
        days = max((each.cooldown for each in desk.settings.values()), default=0)
        first = min((note.due_at for note in notes), default=now)
        since = first - timedelta(days=max(days, _LONGEST_MONTH))
        others = near.near(session, customers, since, today)
        together = [note for note in notes if desk.settings[note.occasion].one_per_home]
        homes = near.in_homes(session, together, others, today)
        months_end = _months_end(max((note.due_at for note in notes), default=now))
        capped = desk.tact.per_month and customers
        coming = foresee(session, customers, months_end) if capped else ()
        return cls(session, desk, now, others, homes, coming)

    def leaves_out(self, note: Note) -> str | None:
        """Return why ``note`` is not written by itself, or None; what it tells along is merged."""
        settings = self.desk.settings[note.occasion]
        mine = self.others[note.customer_id][note.id]
        if settings.cooldown and (other := self._within(mine, settings.cooldown)):
            return f"within {settings.cooldown} days of note {other.id}"
        # One that goes another way than it was found for goes by itself.
        together = settings.one_per_home and not mine.held
        first = self._first_at_home(mine) if together else None
        first = first or self._told_first(mine, note.language or self.desk.language)
        if first is not None:
            return self._merge(mine, first)
        over = self._over_the_cap(mine)
        if over is None:
            # It is about to be written: the next one of this round should know.
            mine.state = NoteState.WAITING
        return over

    def _within(self, mine: Near, days: int) -> Near | None:
        """Return another note of the same occasion less than ``days`` from this one."""
        return next(
            (
                other
                for other in self._beside(mine)
                if other.occasion == mine.occasion
                and other.state in _TAKEN
                and abs(other.on - mine.on) < timedelta(days=days)
            ),
            None,
        )

    def _first_at_home(self, mine: Near) -> Near | None:
        """Return the note to the same home that stands for this one too, if it is another."""
        at_home = self.homes.get(mine.same_one, ())
        # One that was merged in this very round, or has to wait, speaks for nobody.
        speaking = (
            n
            for n in at_home
            if n.state is not NoteState.SKIPPED and (n.state in GONE or not n.held)
        )
        same = [*speaking, mine]
        # What is written already stays; a household speaks for its people.
        first = min(same, key=lambda n: (n.state not in _TAKEN, n.kind != "household", n.id))
        return None if first.id == mine.id else first

    def _told_first(self, mine: Near, language: str) -> Near | None:
        """Return the note that tells of this one's reason too; else let this one tell of others."""
        span = timedelta(days=self.desk.tact.together)
        group = [
            other
            for other in self._beside(mine)
            if self._is_open(other)
            and other.occasion != mine.occasion
            and other.channel == mine.channel
            and abs(self._leaves_at(other) - self._leaves_at(mine)) < span
        ]
        if not group or not self._is_open(mine):
            return None
        first = min([*group, mine], key=self._rank)
        if first.id != mine.id:
            return first if can_tell(self.desk, mine.occasion, language) else None
        for other in group:
            if can_tell(self.desk, other.occasion, language):
                self._merge(other, mine)
        return None

    def _over_the_cap(self, mine: Near) -> str | None:
        """Return that the customer's month has enough notes, counting the dearer ones to come."""
        cap = self.desk.tact.per_month
        month = self._month(mine.due_at)
        same_month = [n for n in self._beside(mine) if self._month(n.due_at) == month]
        taken = [n for n in same_month if n.state in _TAKEN]
        dearer = [
            str(n.on) + f" ({n.occasion})"
            for n in same_month
            if n.state not in _TAKEN and self._rank(n) < self._rank(mine)
        ]
        dearer += [
            f"{row['on']} ({row['occasion']})"
            for row in self.coming
            if row["customer_id"] == mine.customer_id
            and self._month(row["due_at"]) == month
            and self._order(row["occasion"]) < self._order(mine.occasion)
        ]
        if not cap or len(taken) + len(dearer) < cap:
            return None
        others = [f"note {n.id} ({n.occasion})" for n in taken] + dearer
        return f"over {cap} notes in {month[0]}-{month[1]:02}: {', '.join(others)}"

    def _merge(self, mine: Near, first: Near) -> str:
        """Let ``first`` tell of ``mine``, and be written anew where it can; return the reason."""
        if self._is_open(first) and first.state is not NoteState.FOUND:
            written = self.session.get_one(Note, first.id)
            written.state = first.state = NoteState.FOUND
            written.approved_at = None
            self.anew.append(written)
        at_home = " to the same home" if mine.customer_id != first.customer_id else ""
        note, reason = self.session.get_one(Note, mine.id), f"told in note {first.id}{at_home}"
        note.state = mine.state = NoteState.SKIPPED
        note.reason, note.merged_into_id = reason, first.id
        return reason

    def _beside(self, mine: Near) -> Collection[Near]:
        beside = self.others[mine.customer_id].values()
        return [n for n in beside if n.id != mine.id and n.state is not NoteState.SKIPPED]

    def _is_open(self, other: Near) -> bool:
        """Return whether a note may still say more than it does."""
        by_itself = self._is_automatic(other) and other.due_at > self.now
        is_writable = other.state in _WRITABLE or (other.state is NoteState.APPROVED and by_itself)
        return is_writable and not other.edited and not other.held and other.expires_at > self.now

    def _is_automatic(self, other: Near) -> bool:
        settings = self.desk.settings.get(other.occasion)
        return settings is not None and settings.approve == "auto"

    def _leaves_at(self, other: Near) -> datetime:
        """Return when a note would leave at the earliest: what is late would go now."""
        return max(other.due_at, self.now)

    def _rank(self, other: Near) -> tuple[int, datetime, int]:
        return self._order(other.occasion), other.due_at, other.id

    def _order(self, occasion: str) -> int:
        return self.desk.tact.order(occasion)

    def _month(self, at: datetime) -> tuple[int, int]:
        day = local_day(at, self.desk.timezone)
        return day.year, day.month


def _months_end(at: datetime) -> datetime:
    """Return a moment by which the month of ``at`` has ended everywhere."""
    next_month = at.replace(day=28) + timedelta(days=4)
    return datetime.combine(next_month.replace(day=2), time(0), UTC)
