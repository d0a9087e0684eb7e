"""What falls due in the days to come: the open notes, and what will be found."""

from dataclasses import dataclass
from datetime import date, datetime

from appreciation.app import Appreciation
from appreciation.store import notes

# Of what has no note yet.
EXPECTED = "expected"


@dataclass(frozen=True, slots=True)
class Coming:
    """One note that falls due at ``due_at``, about the day ``on``; ``due_on`` is the shop's day."""

    customer_id: int
    customer: str
    occasion: str
    occurrence: str
    on: date
    due_at: datetime
    due_on: date
    channel: str
    backend: str
    # ask or auto.
    approve: str
    # The note's, or expected.
    state: str
    # Why it would not leave, as far as is known now, or None.
    held: str | None


def coming(app: Appreciation, days: int) -> list[Coming]:
    """Return the open notes and the occurrences to come within ``days``, first due first."""
    asks = {name: settings.approve for name, settings in app.config.occasions.by_name().items()}
    with app.store.reading() as session:
        noted = [
            Coming(
                customer_id=note.customer_id,
                customer=note.customer.name,
                occasion=note.occasion,
                occurrence=note.occurrence,
                on=note.on,
                due_at=note.due_at,
                due_on=app.today(note.due_at),
                channel=note.channel or "",
                backend=note.backend or "",
                approve=asks.get(note.occasion, "ask"),
                state=note.state.value,
                held=held,
            )
            for note, held in notes.open_notes(session, app.today(), app.horizon(days))
        ]
    expected = [
        Coming(
            customer_id=row["customer_id"],
            customer=row["customer"],
            occasion=row["occasion"],
            occurrence=row["occurrence"],
            on=row["on"],
            due_at=row["due_at"],
            due_on=app.today(row["due_at"]),
            channel=row["channel"],
            backend=row["backend"],
            approve=asks[row["occasion"]],
            state=EXPECTED,
            held=row["held"],
        )
        for row in app.upcoming(days)
    ]
    return sorted(noted + expected, key=lambda each: (each.due_at, each.customer_id))
