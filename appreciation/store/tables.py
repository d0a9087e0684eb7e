"""The tables: customers, what happened, and the notes we write about it."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any, ClassVar

from sqlalchemy import (
    JSON,
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Index,
    MetaData,
    UniqueConstraint,
    text,
)
from sqlalchemy.engine.default import DefaultExecutionContext
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship, validates

from appreciation.store.columns import Moment, Word
from appreciation.store.homes import home_key


class Base(DeclarativeBase):
    """Every table, with names for its constraints so that a migration can change them."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map: ClassVar = {datetime: Moment}


class Kind(StrEnum):
    """What sort of customer it is; it decides how the note opens."""

    PERSON = "person"
    HOUSEHOLD = "household"
    COMPANY = "company"


class NoteState(StrEnum):
    """Where a note is on its way. See the life of a note in the design."""

    FOUND = "found"
    BLOCKED = "blocked"
    WAITING = "waiting"
    APPROVED = "approved"
    CLAIMED = "claimed"
    SENDING = "sending"
    SENT = "sent"
    PRINTED = "printed"
    POSTED = "posted"
    FAILED = "failed"
    IN_DOUBT = "in_doubt"
    SKIPPED = "skipped"


# Not yet handed to a backend: may still be moved, rewritten, withdrawn or held back.
OPEN = (NoteState.FOUND, NoteState.BLOCKED, NoteState.WAITING, NoteState.APPROVED)
# The customer has it, or may have: no other thank-you of its kind within the cooldown.
GONE = (NoteState.SENDING, NoteState.SENT, NoteState.PRINTED, NoteState.POSTED, NoteState.IN_DOUBT)


def _one_of(column: str, words: type[StrEnum]) -> CheckConstraint:
    listed = ", ".join(f"'{word}'" for word in words)
    return CheckConstraint(f"{column} in ({listed})", name=column)


def _home_of_row(context: DefaultExecutionContext) -> str | None:
    """Return the home of a customer whose row is written without an object for it."""
    row: dict[str, Any] = context.get_current_parameters()  # type: ignore[no-untyped-call]
    address = row.get("address")
    return home_key(address) if address else None


# In the words in which finding asks: an index of some rows serves no other question.
_TOLD_ALONG = "merged_into_id IS NOT NULL"
_OTHERS = "kind != 'birthday' OR whose != ''"


class Customer(Base):
    """A person, household or company the business knows."""

    __tablename__ = "customers"

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[Kind] = mapped_column(Word(Kind), default=Kind.PERSON)
    name: Mapped[str] = mapped_column(index=True)
    # None: computed from the name. A name given by the owner is never overwritten.
    call_name: Mapped[str | None]
    # The same: above the address.
    envelope_name: Mapped[str | None]
    # informal or formal; None: the business's own.
    formality: Mapped[str | None]
    # The handwriting of their cards; None: the template's, else the business's own.
    hand: Mapped[str | None]
    email: Mapped[str | None] = mapped_column(index=True)
    phone: Mapped[str | None]
    address: Mapped[str | None]
    # The address in one spelling: who lives there should not read the same words.
    home: Mapped[str | None] = mapped_column(index=True, default=_home_of_row)
    country: Mapped[str | None] = mapped_column(index=True)
    # None: the business's own.
    language: Mapped[str | None]
    timezone: Mapped[str | None] = mapped_column(index=True)
    about: Mapped[str | None]
    # False: has not agreed to emails, so only a card may go. None: nobody asked.
    email_consent: Mapped[bool | None]
    # False: wants no cards.
    post_consent: Mapped[bool | None]
    opted_out_at: Mapped[datetime | None]
    deceased_at: Mapped[datetime | None]
    created_at: Mapped[datetime]
    # Indexed, and also moved by a special date: finding looks anew at whoever changed lately.
    updated_at: Mapped[datetime] = mapped_column(index=True)
    import_id: Mapped[int | None] = mapped_column(index=True)

    dates: Mapped[list["SpecialDate"]] = relationship(
        back_populates="customer", order_by="SpecialDate.id"
    )
    holds: Mapped[list["Hold"]] = relationship(back_populates="customer", order_by="Hold.id")
    facts: Mapped[list["Fact"]] = relationship(
        back_populates="customer", order_by="Fact.id", cascade="all, delete-orphan"
    )
    # Of the email address as it is now.
    suppression: Mapped["Suppression | None"] = relationship(
        primaryjoin="func.lower(Customer.email) == foreign(Suppression.address)",
        viewonly=True,
        uselist=False,
    )

    __table_args__ = (_one_of("kind", Kind),)

    @validates("address")
    def _find_home(self, _: str, address: str | None) -> str | None:
        self.home = home_key(address) if address else None
        return address

    @property
    def birthday(self) -> "SpecialDate | None":
        """The customer's own birthday, not that of someone close."""
        own = (day for day in self.dates if day.kind == "birthday" and not day.whose)
        return next(own, None)


class SpecialDate(Base):
    """A yearly day: ``month_day`` 412 is 12 April, 400 a day of April; the year may be unknown."""

    __tablename__ = "special_dates"

    id: Mapped[int] = mapped_column(primary_key=True)
    customer_id: Mapped[int] = mapped_column(ForeignKey("customers.id"))
    kind: Mapped[str]
    # Empty: the customer's own. Else someone close: "daughter Mia".
    whose: Mapped[str] = mapped_column(default="")
    month_day: Mapped[int]
    year: Mapped[int | None]
    # When 29 February is kept in a common year: feb28 or mar1; None: as the business does.
    leap_day: Mapped[str | None]
    created_at: Mapped[datetime]
    import_id: Mapped[int | None] = mapped_column(index=True)

    customer: Mapped[Customer] = relationship(back_populates="dates")

    __table_args__ = (
        UniqueConstraint("customer_id", "kind", "whose"),
        Index(None, "kind", "month_day", "customer_id"),
        # The few that are no birthday of a customer's own, which would hide them.
        Index(
            "ix_special_dates_others",
            "month_day",
            sqlite_where=text(_OTHERS),
            postgresql_where=text(_OTHERS),
        ),
        CheckConstraint(
            "month_day / 100 between 1 and 12 and month_day % 100 between 0 and 31",
            name="month_day",
        ),
        CheckConstraint("leap_day in ('feb28', 'mar1')", name="leap_day"),
    )


class Order(Base):
    """Something bought. Money is in minor units: 1250 EUR is 12.50 euros.

    Without a customer it is a guest's, of whom nothing is known. A refund is
    an order below zero, of the day on which the money went back.
    """

    __tablename__ = "orders"

    id: Mapped[int] = mapped_column(primary_key=True)
    customer_id: Mapped[int | None] = mapped_column(ForeignKey("customers.id"))
    refund_of_id: Mapped[int | None] = mapped_column(ForeignKey("orders.id"), index=True)
    number: Mapped[str | None] = mapped_column(unique=True)
    ordered_on: Mapped[date]
    # Wide on every database: an Integer of PostgreSQL ends at twenty million euros.
    total_cents: Mapped[int] = mapped_column(BigInteger)
    currency: Mapped[str]
    items: Mapped[str | None]
    created_at: Mapped[datetime]
    # When finding looked at it. Rows, not a watermark: on PostgreSQL a row with
    # a smaller id may become visible after a larger one was seen.
    considered_at: Mapped[datetime | None] = mapped_column(index=True)
    import_id: Mapped[int | None] = mapped_column(index=True)

    customer: Mapped[Customer | None] = relationship()

    __table_args__ = (
        # All that a customer's worth is made of, and what each has bought lately.
        Index(
            "ix_orders_worth",
            *("customer_id", "ordered_on", "currency", "total_cents", "refund_of_id"),
        ),
    )


class Buyer(Base):
    """When a customer first bought and how often since: asked each day, so not counted each day.

    Only for who bought at all. Orders that went back whole do not count, nor do refunds.
    """

    __tablename__ = "buyers"

    customer_id: Mapped[int] = mapped_column(ForeignKey("customers.id"), primary_key=True)
    first_order_on: Mapped[date]
    # Of that day, 412 is 12 April: who has bought for a year is asked by it.
    month_day: Mapped[int] = mapped_column(index=True)
    orders: Mapped[int]
    # When we learned of the first order.
    known_at: Mapped[datetime]


class Referral(Base):
    """Someone whom a customer sent to us; ``referred_id`` once we know that person."""

    __tablename__ = "referrals"

    id: Mapped[int] = mapped_column(primary_key=True)
    referrer_id: Mapped[int] = mapped_column(ForeignKey("customers.id"), index=True)
    referred_id: Mapped[int | None] = mapped_column(ForeignKey("customers.id"), unique=True)
    referred_name: Mapped[str]
    referred_on: Mapped[date]
    # The day on which the referred person became a customer we know.
    known_on: Mapped[date | None]
    created_at: Mapped[datetime]
    considered_at: Mapped[datetime | None] = mapped_column(index=True)
    import_id: Mapped[int | None] = mapped_column(index=True)

    referrer: Mapped[Customer] = relationship(foreign_keys=referrer_id)
    referred: Mapped[Customer | None] = relationship(foreign_keys=referred_id)


class Meeting(Base):
    """Once when we met a customer in person."""

    __tablename__ = "meetings"

    id: Mapped[int] = mapped_column(primary_key=True)
    customer_id: Mapped[int] = mapped_column(ForeignKey("customers.id"), index=True)
    met_on: Mapped[date]
    place: Mapped[str | None]
    created_at: Mapped[datetime]
    considered_at: Mapped[datetime | None] = mapped_column(index=True)
    import_id: Mapped[int | None] = mapped_column(index=True)

    customer: Mapped[Customer] = relationship()


class Hold(Base):
    """A reason not to write to a customer just now; ``until`` is the last such day."""

    __tablename__ = "holds"

    id: Mapped[int] = mapped_column(primary_key=True)
    customer_id: Mapped[int] = mapped_column(ForeignKey("customers.id"), index=True)
    why: Mapped[str]
    until: Mapped[date | None]
    created_at: Mapped[datetime]
    released_at: Mapped[datetime | None]
    import_id: Mapped[int | None] = mapped_column(index=True)

    customer: Mapped[Customer] = relationship(back_populates="holds")


class Fact(Base):
    """Something personal that the owner knows of a customer: "four daughters"."""

    __tablename__ = "facts"

    id: Mapped[int] = mapped_column(primary_key=True)
    customer_id: Mapped[int] = mapped_column(ForeignKey("customers.id"), index=True)
    words: Mapped[str]
    created_at: Mapped[datetime]
    import_id: Mapped[int | None] = mapped_column(index=True)

    customer: Mapped[Customer] = relationship(back_populates="facts")


class Suppression(Base):
    """An address that must not be written to again, whoever has it."""

    __tablename__ = "suppressions"

    id: Mapped[int] = mapped_column(primary_key=True)
    # Lower case, as it is compared.
    address: Mapped[str] = mapped_column(unique=True)
    why: Mapped[str]
    created_at: Mapped[datetime]
    import_id: Mapped[int | None] = mapped_column(index=True)


class Worker(Base):
    """A process that sends. Its boot and process ids tell whether it still can."""

    __tablename__ = "workers"

    id: Mapped[str] = mapped_column(primary_key=True)
    role: Mapped[str]
    host: Mapped[str]
    boot: Mapped[str]
    process: Mapped[int]
    started_at: Mapped[datetime]
    beat_at: Mapped[datetime] = mapped_column(index=True)
    stopped_at: Mapped[datetime | None]
    # What it did last, in one line, for `status`.
    did: Mapped[str | None]
    did_at: Mapped[datetime | None]


class Batch(Base):
    """Notes printed together, in the order of their sequence."""

    __tablename__ = "batches"

    id: Mapped[int] = mapped_column(primary_key=True)
    backend: Mapped[str]
    folder: Mapped[str | None]
    made_at: Mapped[datetime]
    posted_at: Mapped[datetime | None]

    notes: Mapped[list["Note"]] = relationship(order_by="Note.sequence", viewonly=True)

    # The number is on paper: it must never come a second time.
    __table_args__ = ({"sqlite_autoincrement": True},)


def _of_those_that_have(column: str) -> Index:
    has = text(f"{column} IS NOT NULL")
    return Index(f"ix_notes_{column}", column, sqlite_where=has, postgresql_where=has)


class Note(Base):
    """What we write to one customer for one occurrence, from found to its last outcome."""

    __tablename__ = "notes"

    id: Mapped[int] = mapped_column(primary_key=True)
    customer_id: Mapped[int] = mapped_column(ForeignKey("customers.id"))
    occasion: Mapped[str]
    occurrence: Mapped[str]
    # The row that it is about: an order, a special date. Which table, the occasion knows.
    about_id: Mapped[int | None]
    variant: Mapped[str] = mapped_column(default="")
    on: Mapped[date]
    state: Mapped[NoteState] = mapped_column(Word(NoteState))
    # Why it is written: "birthday on 12 April".
    why: Mapped[str | None]
    # Why it is blocked, skipped, failed or in doubt.
    reason: Mapped[str | None]
    channel: Mapped[str | None]
    backend: Mapped[str | None]

    due_at: Mapped[datetime]
    on_time_until: Mapped[datetime]
    expires_at: Mapped[datetime]
    # The next attempt: the due moment, or later after a retry.
    try_at: Mapped[datetime]

    wording: Mapped[str | None]
    language: Mapped[str | None]
    belated: Mapped[bool] = mapped_column(default=False)
    # Written by a person: never drafted anew.
    edited: Mapped[bool] = mapped_column(default=False)
    # Why a person let it go although the check had found an agenda.
    overruled: Mapped[str | None]
    recipient: Mapped[str | None]
    # What its template or its customer asks of a card: hand, ink, picture, enclose.
    look: Mapped[dict[str, str] | None] = mapped_column(JSON(none_as_null=True))
    subject: Mapped[str | None]
    body: Mapped[str | None]
    message_id: Mapped[str | None] = mapped_column(unique=True)

    created_at: Mapped[datetime]
    drafted_at: Mapped[datetime | None]
    approved_at: Mapped[datetime | None]
    sent_at: Mapped[datetime | None]

    worker_id: Mapped[str | None] = mapped_column(ForeignKey("workers.id"))
    lease_token: Mapped[str | None]
    lease_until: Mapped[datetime | None]
    batch_id: Mapped[int | None] = mapped_column(ForeignKey("batches.id"))
    sequence: Mapped[int | None]
    # The note that tells of this one's occasion too; this one is skipped then.
    merged_into_id: Mapped[int | None]
    # Whose names stand on the envelope where it is for all of a home, not for the customer alone.
    addressee: Mapped[str | None]
    # It left from another store, whose export told of it.
    import_id: Mapped[int | None]

    customer: Mapped[Customer] = relationship()
    batch: Mapped[Batch | None] = relationship(viewonly=True)
    attempts: Mapped[list["Attempt"]] = relationship(order_by="Attempt.id")

    __table_args__ = (
        # The database, not our care, keeps a customer from being thanked twice.
        UniqueConstraint("customer_id", "occasion", "occurrence"),
        _one_of("state", NoteState),
        CheckConstraint("channel in ('email', 'post')", name="channel"),
        Index("ix_notes_state_try_at", "state", "try_at"),
        Index("ix_notes_state_expires_at", "state", "expires_at"),
        # Few notes have one of these, and each index that knows nothing of a note is one less
        # to keep whenever a hundred thousand are found.
        *(_of_those_that_have(name) for name in ("batch_id", "merged_into_id", "import_id")),
        # Each look asks what is told along and may still be taken apart: not all that ever was.
        Index(
            "ix_notes_told_expires_at",
            "expires_at",
            sqlite_where=text(_TOLD_ALONG),
            postgresql_where=text(_TOLD_ALONG),
        ),
    )


class Attempt(Base):
    """One try to hand a note over. Without an outcome, the process died under way."""

    __tablename__ = "attempts"

    id: Mapped[int] = mapped_column(primary_key=True)
    note_id: Mapped[int] = mapped_column(ForeignKey("notes.id"))
    token: Mapped[str]
    backend: Mapped[str]
    began_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    outcome: Mapped[str | None]
    # The server's own words.
    said: Mapped[str | None]

    __table_args__ = (UniqueConstraint("note_id", "token"),)


class Rest(Base):
    """A backend that rests: its server refuses everybody, so no note is to blame."""

    __tablename__ = "rests"

    backend: Mapped[str] = mapped_column(primary_key=True)
    since_at: Mapped[datetime]
    until_at: Mapped[datetime]
    times: Mapped[int]
    why: Mapped[str]


class Instance(Base):
    """Which store this is, and how far it has lived: one row, so that a copy can be told.

    ``beats`` only grows; a heartbeat file beside the store follows it. ``place``
    is where the store was when it was last at work, None before it ever was.
    """

    __tablename__ = "instance"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    place: Mapped[str | None]
    beats: Mapped[int]
    beat_at: Mapped[datetime | None]
    # On hold nothing leaves, until a person says that it may.
    held_at: Mapped[datetime | None]
    held_why: Mapped[str | None]
    # What those who were forgotten are hashed with.
    secret: Mapped[str | None]


class Bounce(Base):
    """A mail that came back; ``mail_id`` tells one that was read before."""

    __tablename__ = "bounces"

    id: Mapped[int] = mapped_column(primary_key=True)
    note_id: Mapped[int] = mapped_column(ForeignKey("notes.id"), index=True)
    mail_id: Mapped[str] = mapped_column(unique=True)
    # Like 5.1.1, where the other side told it.
    status: Mapped[str | None]
    # False: it was only delayed.
    lasting: Mapped[bool]
    said: Mapped[str]
    read_at: Mapped[datetime]


class Standing(Base):
    """Where a customer stands among the others, found anew each night; for those who bought.

    ``rank`` counts from 1, the customer who is worth most. ``quiet_on`` is the
    day from which they have been silent for much longer than is usual for
    them, None where they are not, or where they are as good as lost.
    """

    __tablename__ = "standings"

    customer_id: Mapped[int] = mapped_column(ForeignKey("customers.id"), primary_key=True)
    rank: Mapped[int] = mapped_column(index=True)
    # top, regular or new.
    tier: Mapped[str]
    last_order_on: Mapped[date]
    quiet_on: Mapped[date | None] = mapped_column(index=True)
    found_at: Mapped[datetime] = mapped_column(index=True)

    __table_args__ = (CheckConstraint("tier in ('top', 'regular', 'new')", name="tier"),)


class LifeEvent(Base):
    """What the owner thinks that a customer's life may bring: a wedding, in a year to come."""

    __tablename__ = "life_events"

    id: Mapped[int] = mapped_column(primary_key=True)
    customer_id: Mapped[int] = mapped_column(ForeignKey("customers.id"), index=True)
    name: Mapped[str]
    year: Mapped[int]
    cents: Mapped[int] = mapped_column(BigInteger)
    currency: Mapped[str]
    times: Mapped[int] = mapped_column(default=1)
    # How likely it is, 0 to 100.
    percent: Mapped[int] = mapped_column(default=100)
    created_at: Mapped[datetime]
    import_id: Mapped[int | None] = mapped_column(index=True)

    customer: Mapped[Customer] = relationship()


class Planned(Base):
    """Up to which moment finding has looked for an occasion: a gap is what was missed."""

    __tablename__ = "planned"

    occasion: Mapped[str] = mapped_column(primary_key=True)
    through_at: Mapped[datetime]


class Import(Base):
    """A file that was taken in, and how its rows ended. Never deleted, so that it can be undone."""

    __tablename__ = "imports"

    id: Mapped[int] = mapped_column(primary_key=True)
    source: Mapped[str]
    kind: Mapped[str] = mapped_column(server_default="")
    file: Mapped[str]
    digest: Mapped[str]
    # In no other import: what was not edited since bears exactly this moment.
    imported_at: Mapped[datetime]
    rows: Mapped[int] = mapped_column(server_default="0")
    new: Mapped[int] = mapped_column(server_default="0")
    updated: Mapped[int] = mapped_column(server_default="0")
    same: Mapped[int] = mapped_column(server_default="0")
    needs_a_look: Mapped[int] = mapped_column(server_default="0")
    unreadable: Mapped[int] = mapped_column(server_default="0")
    undone_at: Mapped[datetime | None]


class ImportedRow(Base):
    """A row of an imported file about which there is something to say; ``line`` counts from 1."""

    __tablename__ = "imported_rows"

    id: Mapped[int] = mapped_column(primary_key=True)
    import_id: Mapped[int] = mapped_column(ForeignKey("imports.id"), index=True)
    line: Mapped[int]
    outcome: Mapped[str]
    reason: Mapped[str]


class ImportChange(Base):
    """A field that an import changed in a row that was there, so that it can be put back."""

    __tablename__ = "import_changes"

    id: Mapped[int] = mapped_column(primary_key=True)
    import_id: Mapped[int] = mapped_column(ForeignKey("imports.id"), index=True)
    table: Mapped[str]
    row_id: Mapped[int]
    field: Mapped[str]
    before: Mapped[Any | None] = mapped_column(JSON(none_as_null=True))
    after: Mapped[Any | None] = mapped_column(JSON(none_as_null=True))


class Origin(Base):
    """What a source calls a customer; the source "email" or "phone": what once was theirs."""

    __tablename__ = "origins"

    id: Mapped[int] = mapped_column(primary_key=True)
    source: Mapped[str]
    key: Mapped[str]
    customer_id: Mapped[int] = mapped_column(ForeignKey("customers.id"), index=True)
    import_id: Mapped[int | None] = mapped_column(index=True)

    __table_args__ = (UniqueConstraint("source", "key"),)


class Mapping(Base):
    """What the columns of an unknown table mean, as its owner said once; ``headers`` tell it."""

    __tablename__ = "mappings"

    headers: Mapped[str] = mapped_column(primary_key=True)
    fields: Mapped[dict[str, str]] = mapped_column(JSON)


class Merge(Base):
    """Two customers who were one; ``moved`` is all that it takes to part them again."""

    __tablename__ = "merges"

    id: Mapped[int] = mapped_column(primary_key=True)
    kept_id: Mapped[int] = mapped_column(ForeignKey("customers.id"), index=True)
    gone_id: Mapped[int]
    moved: Mapped[dict[str, Any]] = mapped_column(JSON)
    merged_at: Mapped[datetime]
    undone_at: Mapped[datetime | None]


class Forgotten(Base):
    """Somebody who must not come back: a keyed hash of one thing that told who it was."""

    __tablename__ = "forgotten"

    hash: Mapped[str] = mapped_column(primary_key=True)
    forgotten_on: Mapped[date]


class DigestState(StrEnum):
    """Where the digest of a day is on its way to the owner; the words are those of a note."""

    APPROVED = "approved"
    CLAIMED = "claimed"
    SENDING = "sending"
    SENT = "sent"
    FAILED = "failed"
    IN_DOUBT = "in_doubt"


class Digest(Base):
    """What the owner was told on one ``day``: all since ``since_at``, up to ``until_at``."""

    __tablename__ = "digests"

    id: Mapped[int] = mapped_column(primary_key=True)
    # The database, not our care, keeps the owner from being told twice.
    day: Mapped[date] = mapped_column(unique=True)
    state: Mapped[DigestState] = mapped_column(Word(DigestState))
    since_at: Mapped[datetime]
    until_at: Mapped[datetime]
    # The next attempt.
    try_at: Mapped[datetime]
    lease_token: Mapped[str | None]
    lease_until: Mapped[datetime | None]
    said: Mapped[str | None]

    __table_args__ = (_one_of("state", DigestState),)


class DigestedNote(Base):
    """A note that was skipped, once the owner has been told; there is no other sign of when.

    No foreign key: whoever is forgotten takes their notes along, and leaves no more than a number.
    """

    __tablename__ = "digested_notes"

    note_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    digest_id: Mapped[int] = mapped_column(ForeignKey("digests.id"))
