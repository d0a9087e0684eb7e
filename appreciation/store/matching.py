"""Who is who: a table of all by which customers are known, for as long as one import lasts.

A table and not a dictionary, since a shop may have a million customers; made
anew each time, since names and numbers fold in Python and in no database.
"""

import contextlib
import hashlib
import hmac
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import NamedTuple, TypeVar

from sqlalchemy import Column, Integer, MetaData, String, Table, insert, select
from sqlalchemy.orm import Session

from appreciation.store.homes import address_key as address_key
from appreciation.store.tables import Customer, Forgotten, Instance, Origin, SpecialDate

T = TypeVar("T")

# So many rows, or values in one IN, at a time.
AT_ONCE = 5_000

known = Table(
    "known",
    MetaData(),
    Column("key", String, nullable=False, index=True),
    Column("customer_id", Integer, nullable=False),
    prefixes=["TEMPORARY"],
)


class Candidate(NamedTuple):
    """What is compared of a customer who may be meant; ``birthday`` is a month-day and a year."""

    id: int
    name: str
    email: str | None
    address: str | None
    birthday: tuple[int, int | None] | None


def name_key(name: str) -> str:
    """Return what two spellings of a name have in common: "Lovelace, Ada" is Ada Lovelace."""
    last, comma, first = name.partition(",")
    whole = f"{first} {last}" if comma and first.strip() else name
    return " ".join(whole.casefold().replace(".", " ").split())


def phone_key(number: str) -> str | None:
    """Return the last figures of a phone number; None where it is too short to tell anybody."""
    figures = "".join(filter(str.isdecimal, number.replace("(0)", "")))
    return figures[-9:] if len(figures) >= len("1234567") else None


def keys_of(
    name: str, email: str | None, phone: str | None, *, source: str = "", key: str | None = None
) -> list[str]:
    """Return all by which somebody is known, what tells most first."""
    found = []
    if key:
        found.append(origin_key(source, key))
    if email:
        found.append(f"e:{email.lower()}")
    if phone and (figures := phone_key(phone)):
        found.append(f"p:{figures}")
    if name:
        found.append(f"n:{name_key(name)}")
    return found


def origin_key(source: str, key: str) -> str:
    """Return the key of somebody whom ``source`` calls ``key``."""
    prefix = {"email": "e:", "phone": "p:"}.get(source)
    return f"{prefix}{key}" if prefix else f"s:{source}:{key}"


@contextlib.contextmanager
def laid_out(session: Session) -> Iterator[None]:
    """Fill the table with every customer for as long as the block lasts; only we see it."""
    connection = session.connection()
    known.create(connection, checkfirst=False)
    rows = session.execute(
        select(Customer.id, Customer.name, Customer.email, Customer.phone),
        execution_options={"yield_per": AT_ONCE},
    )
    _fill(session, ((key, row.id) for row in rows for key in keys_of(*row[1:])))
    origins = session.execute(
        select(Origin.source, Origin.key, Origin.customer_id),
        execution_options={"yield_per": AT_ONCE},
    )
    _fill(session, ((origin_key(source, key), who) for source, key, who in origins))
    yield
    # Where the block failed, the transaction is undone and the table with it.
    known.drop(connection, checkfirst=False)


def remember(session: Session, keys: Iterable[tuple[str, int]]) -> None:
    """Add what new customers are known by."""
    _fill(session, keys)


def found_by(session: Session, keys: Collection[str]) -> dict[str, list[int]]:
    """Return the ids of the customers whom each of ``keys`` tells; no entry for nobody."""
    found: dict[str, list[int]] = {}
    for some in chunks(keys):
        query = select(known.c.key, known.c.customer_id).where(known.c.key.in_(some))
        for key, customer_id in session.execute(query):
            ids = found.setdefault(key, [])
            if customer_id not in ids:
                ids.append(customer_id)
    return found


def candidates(session: Session, ids: Collection[int]) -> dict[int, Candidate]:
    """Return what is compared of the customers with ``ids``."""
    found: dict[int, Candidate] = {}
    for some in chunks(ids):
        query = (
            select(
                Customer.id,
                Customer.name,
                Customer.email,
                Customer.address,
                SpecialDate.month_day,
                SpecialDate.year,
            )
            .join(
                SpecialDate,
                (SpecialDate.customer_id == Customer.id)
                & (SpecialDate.kind == "birthday")
                & (SpecialDate.whose == ""),
                isouter=True,
            )
            .where(Customer.id.in_(some))
        )
        for row in session.execute(query):
            born = None if row.month_day is None else (row.month_day, row.year)
            found[row.id] = Candidate(row.id, row.name, row.email, row.address, born)
    return found


def secret(session: Session) -> str:
    """Return what those who were forgotten are hashed with."""
    return session.scalar(select(Instance.secret)) or ""


def hashes_of(keys: Iterable[str], secret: str) -> Mapping[str, str]:
    """Return the keyed hash of each of ``keys``: without ``secret`` nobody can try names out."""
    return {
        key: hmac.new(secret.encode(), key.encode(), hashlib.sha256).hexdigest() for key in keys
    }


def forgotten_among(session: Session, hashes: Collection[str]) -> set[str]:
    """Return those of ``hashes`` that belong to somebody who must not come back."""
    found: set[str] = set()
    for some in chunks(hashes):
        found.update(session.scalars(select(Forgotten.hash).where(Forgotten.hash.in_(some))))
    return found


def has_forgotten(session: Session) -> bool:
    """Return whether anybody was ever forgotten."""
    return session.scalar(select(Forgotten.hash).limit(1)) is not None


def chunks(values: Iterable[T]) -> Iterator[Sequence[T]]:
    """Yield ``values`` in parts that fit into one statement."""
    rest = iter(values)
    while some := list(islice(rest, AT_ONCE)):
        yield some


def _fill(session: Session, keys: Iterable[tuple[str, int]]) -> None:
    connection = session.connection()
    for some in chunks(keys):
        connection.execute(
            insert(known), [{"key": key, "customer_id": customer_id} for key, customer_id in some]
        )
