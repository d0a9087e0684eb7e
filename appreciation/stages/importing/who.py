"""Who is meant by a row: somebody we know, somebody new, or nobody can say without a look."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from enum import Enum

from sqlalchemy.orm import Session

from appreciation.sources.base import Kept, Met, Person, Record, Remembered, Sale, Sent
from appreciation.store import instance, matching
from appreciation.store.matching import Candidate, address_key, keys_of, name_key, origin_key


class Role(Enum):
    """What a row tells of somebody: a whole record, a buyer, or a name that refers to one."""

    RECORD = "record"
    BUYER = "buyer"
    REFERENCE = "reference"


@dataclass(frozen=True, slots=True)
class Match:
    """A customer's id; or None: somebody new, unless ``look`` or ``forgotten`` says otherwise."""

    customer_id: int | None = None
    look: str | None = None
    forgotten: bool = False


NOBODY = Match()


@dataclass
class Matcher:
    """Knows every customer, those of this import too; loaded anew for each batch of rows."""

    session: Session
    source: str
    keys: dict[str, list[int]] = field(default_factory=dict)
    details: dict[int, Candidate] = field(default_factory=dict)
    new_keys: list[tuple[str, int]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.own = f"{instance.instance(self.session).name}-"
        self.someone_is_forgotten = matching.has_forgotten(self.session)
        self.secret = matching.secret(self.session)

    def load(self, records: Iterable[Record]) -> None:
        """Look up whoever may be meant by ``records``."""
        told = [each for record in records for each in people_of(record)]
        strong = {key for _, person in told for key in self._strong(person)}
        self.keys = matching.found_by(self.session, strong)
        # A buyer who is known beyond doubt needs no comparing.
        compared = [
            person
            for role, person in told
            if role is Role.RECORD
            or not any(len(self.keys.get(key, ())) == 1 for key in self._strong(person))
        ]
        weak = {key for person in compared for key in keys_of(person.name, None, person.phone)}
        self.keys |= matching.found_by(self.session, weak - strong)
        ids = {
            each
            for person in compared
            for key in (*self._strong(person), *keys_of(person.name, None, person.phone))
            for each in self.keys.get(key, ())
        }
        self.details = matching.candidates(self.session, ids)

    def ids_of(self, person: Person) -> Collection[int]:
        """Return every customer who may be meant by ``person``."""
        keys = (*self._strong(person), *keys_of(person.name, None, person.phone))
        own = self._own_id(person)
        found = {each for key in keys for each in self.keys.get(key, ())}
        return found if own is None else {own, *found}

    def match(self, person: Person, role: Role) -> Match:
        """Return who ``person`` is: by what the source calls them, email, phone, then the name."""
        own = self._own_id(person)
        if own is not None:
            return Match(own)
        if key := self.key_of(person):
            ids = self.keys.get(origin_key(self.source, key))
            if ids:
                return Match(ids[0])
        found = (
            self._by_email(person, role)
            or self._by_phone(person, role)
            or self._by_name(person, role)
        )
        if found is None and self.someone_is_forgotten and self._is_forgotten(person):
            return Match(forgotten=True)
        return found or NOBODY

    def add(self, person: Person, customer_id: int) -> None:
        """Know the new customer from now on."""
        for key in (*self._strong(person), *keys_of(person.name, None, person.phone)):
            self.keys.setdefault(key, []).append(customer_id)
            self.new_keys.append((key, customer_id))
        born = next((each.day for each in person.dates if each.kind == "birthday"), None)
        self.details[customer_id] = Candidate(
            customer_id,
            person.name,
            person.email,
            person.address,
            (born.month_day, born.year) if born else None,
        )

    def flush(self) -> None:
        """Let the next batches know whom this one brought."""
        matching.remember(self.session, self.new_keys)
        self.new_keys.clear()

    def key_of(self, person: Person) -> str | None:
        """Return what the source calls ``person``: the name, where it tells nothing else."""
        if person.key:
            return person.key
        if person.email or person.phone or person.address or not person.name:
            return None
        born = next((str(each.day) for each in person.dates if each.kind == "birthday"), "")
        return f"name:{name_key(person.name)}|{born}"

    def _strong(self, person: Person) -> list[str]:
        return keys_of("", person.email, None, source=self.source, key=self.key_of(person))

    def _own_id(self, person: Person) -> int | None:
        """Return the id of a customer in an export of this very store."""
        key = person.key or ""
        if self.source != "own" or not key.startswith(self.own):
            return None
        number = key.removeprefix(self.own)
        customer_id = int(number) if number.isdecimal() else 0
        if customer_id not in self.details:
            self.details |= matching.candidates(self.session, [customer_id])
        # A number may be somebody else's by now.
        known = self.details.get(customer_id)
        if known is None or not (
            self._shares_a_word(customer_id, person) or person.email == known.email
        ):
            return None
        return customer_id

    def _by_email(self, person: Person, role: Role) -> Match | None:
        ids = self.keys.get(f"e:{person.email.lower()}") if person.email else None
        if not ids:
            return None
        if len(ids) == 1 and (role is not Role.RECORD or self._shares_a_word(ids[0], person)):
            return Match(ids[0])
        named = [each for each in ids if self._is_called(each, person.name)]
        if len(named) == 1:
            return Match(named[0])
        others = " and ".join(map(self._shown, ids[:2]))
        return Match(look=f"{person.name or 'somebody'} has the email of {others}")

    def _by_phone(self, person: Person, role: Role) -> Match | None:
        key = keys_of("", None, person.phone)
        if not key or role is Role.REFERENCE:
            return None
        ids = [each for each in self.keys.get(key[0], ()) if self._shares_a_word(each, person)]
        named = [each for each in ids if self._is_called(each, person.name)]
        if len(ids) == 1 or len(named) == 1:
            return Match((named or ids)[0])
        if ids:
            others = " and ".join(map(self._shown, ids[:2]))
            return Match(look=f"{person.name} has the phone number of {others}")
        return None

    def _by_name(self, person: Person, role: Role) -> Match | None:
        ids = self.keys.get(f"n:{name_key(person.name)}", ()) if person.name else ()
        if role is Role.REFERENCE and len(ids) == 1:
            return Match(ids[0])
        confirmed = [each for each in ids if self._is_confirmed(each, person)]
        if len(confirmed) == 1:
            return Match(confirmed[0])
        open_ones = confirmed or [each for each in ids if not self._is_ruled_out(each, person)]
        if not open_ones:
            return None
        others = " and ".join(map(self._shown, open_ones[:2]))
        return Match(look=f"has the name of {others}, and nothing else tells whether it is them")

    def _is_confirmed(self, customer_id: int, person: Person) -> bool:
        """Return whether a birthday or an address says that the namesake is the same."""
        known = self.details[customer_id]
        both = (person.address, known.address)
        if all(both) and address_key(both[0] or "") == address_key(both[1] or ""):
            return True
        return self._birthdays(known, person) is True

    def _is_ruled_out(self, customer_id: int, person: Person) -> bool:
        """Return whether the namesake has another email or birthday, so is somebody else."""
        known = self.details[customer_id]
        if person.email and known.email and person.email.lower() != known.email.lower():
            return True
        return self._birthdays(known, person) is False

    @staticmethod
    def _birthdays(known: Candidate, person: Person) -> bool | None:
        """Return whether both have one birthday; None where one of them is unknown."""
        born = next((each.day for each in person.dates if each.kind == "birthday"), None)
        if born is None or known.birthday is None:
            return None
        day, year = known.birthday
        return (day == born.month_day and None in {year, born.year}) or (
            (day, year) == (born.month_day, born.year)
        )

    def _shares_a_word(self, customer_id: int, person: Person) -> bool:
        known = self.details.get(customer_id)
        if known is None or not person.name or "@" in person.name or "@" in known.name:
            return True
        return bool(set(name_key(person.name).split()) & set(name_key(known.name).split()))

    def _is_called(self, customer_id: int, name: str) -> bool:
        known = self.details.get(customer_id)
        return known is not None and name_key(known.name) == name_key(name)

    def _shown(self, customer_id: int) -> str:
        known = self.details.get(customer_id)
        return f"customer {customer_id}, {known.name}" if known else f"customer {customer_id}"

    def _is_forgotten(self, person: Person) -> bool:
        hashes = matching.hashes_of(traces(person, self.source), self.secret)
        return bool(matching.forgotten_among(self.session, set(hashes.values())))


def traces(person: Person, source: str) -> list[str]:
    """Return all by which somebody who was forgotten would be known again; never a bare name."""
    found = keys_of("", person.email, person.phone, source=source, key=person.key)
    name = name_key(person.name)
    if person.address:
        found.append(f"a:{name}|{address_key(person.address)}")
    found += [f"b:{name}|{each.day}" for each in person.dates if each.kind == "birthday"]
    return found


def people_of(record: Record) -> list[tuple[Role, Person]]:
    """Return everybody of whom ``record`` tells."""
    match record:
        case Person():
            told = [(Role.RECORD, record)]
            if record.referred_by:
                told.append((Role.REFERENCE, Person(record.line, record.referred_by)))
            return told
        case Sale():
            return [(Role.BUYER, record.buyer)]
        case Sent():
            return [(Role.REFERENCE, record.referrer), (Role.REFERENCE, record.referred)]
        case Met() | Kept():
            return [(Role.REFERENCE, record.person)]
        case Remembered():
            return [(Role.REFERENCE, record.person)] if record.person else []
