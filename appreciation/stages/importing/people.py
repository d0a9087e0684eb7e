"""What a whole record of somebody becomes: a new customer, or what is new of one we know."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from appreciation.dates import YearlyDay
from appreciation.sources.base import Dated, Person
from appreciation.stages.importing.report import End
from appreciation.stages.importing.who import Matcher, Role
from appreciation.stages.importing.writing import Writer
from appreciation.store import arriving, people
from appreciation.store.matching import address_key, origin_key, phone_key
from appreciation.store.tables import Customer, SpecialDate

Outcome = tuple[End, str | None]

_FIELDS = (
    "name",
    "call_name",
    "envelope_name",
    "formality",
    "hand",
    "email",
    "phone",
    "address",
    "country",
    "language",
    "timezone",
    "about",
)
# Whoever changes one of these changes what the open notes say, or where they go.
_ON_THE_NOTE = {
    *("name", "call_name", "envelope_name", "formality", "hand", "language", "email", "address"),
}
FORGOTTEN = "was forgotten on request, and is not brought back"


@dataclass
class People:
    """Takes in records of people. What was edited since an import of this source stays as it is."""

    matcher: Matcher
    writer: Writer
    moments: set[datetime]
    dates: Mapping[tuple[int, str, str], SpecialDate] = field(default_factory=dict)
    met: set[tuple[int, Any]] = field(default_factory=set)

    def load(self, persons: list[Person]) -> None:
        """Look up the days that are known of whoever may be meant."""
        ids = {each for person in persons for each in self.matcher.ids_of(person)}
        self.dates = arriving.dates_kept(self.writer.session, ids) if ids else {}
        meets = {
            each for person in persons if person.met_on for each in self.matcher.ids_of(person)
        }
        self.met = arriving.days_met(self.writer.session, meets) if meets else set()

    def take(self, person: Person) -> Outcome:
        """Take in one person."""
        match = self.matcher.match(person, Role.RECORD)
        if match.look:
            return End.NEEDS_A_LOOK, match.look
        if match.forgotten:
            return End.SAME, FORGOTTEN
        remarks = list(person.remarks)
        if match.customer_id is None:
            customer_id = self.writer.customer(person)
            self._meet(customer_id, person)
            self._sent(customer_id, person, remarks)
            return End.NEW, "; ".join(remarks) or None
        changed = self._update(match.customer_id, person, remarks)
        return (End.UPDATED if changed else End.SAME), "; ".join(remarks) or None

    def _update(self, customer_id: int, person: Person, remarks: list[str]) -> bool:
        """Bring what is new of somebody we know; return whether there was anything."""
        session = self.writer.session
        if customer_id in self.writer.new_ids:
            # The same file has told of them already.
            self.writer.flush()
            self.dates = arriving.dates_kept(session, [customer_id])
        customer = session.get_one(Customer, customer_id)
        changed = self._set_fields(customer, person, remarks)
        for dated in person.dates:
            changed |= self._keep(customer, dated, remarks)
        changed |= self._meet(customer_id, person)
        self._know_origin(customer_id, person)
        if changed:
            before, now = customer.updated_at, self.writer.now
            self.writer.change("customers", customer_id, "updated_at", _plain(before), _plain(now))
            customer.updated_at = now
        return changed

    def _set_fields(self, customer: Customer, person: Person, remarks: list[str]) -> bool:
        unedited = customer.updated_at in self.moments or customer.updated_at == self.writer.now
        wanted: dict[str, Any] = {}
        for name in _FIELDS:
            told, known = getattr(person, name), getattr(customer, name)
            if not told or _is_same(name, told, known) or (name, told) == ("name", person.email):
                continue
            if known and not unedited:
                remarks.append(f"kept: {name.replace('_', ' ')} {known!r}, not {told!r}")
                continue
            wanted[name] = told
        for name in ("email_consent", "post_consent"):
            agreed = getattr(person, name)
            if agreed is not None and agreed != getattr(customer, name):
                wanted[name] = agreed
        if person.opted_out and customer.opted_out_at is None:
            wanted["opted_out_at"] = self.writer.now
        if person.deceased and customer.deceased_at is None:
            wanted["deceased_at"] = self.writer.now
        for name, value in wanted.items():
            self.writer.change(
                "customers", customer.id, name, _plain(getattr(customer, name)), _plain(value)
            )
            setattr(customer, name, value)
        if wanted.keys() & _ON_THE_NOTE:
            people.write_anew(self.writer.session, customer)
        return bool(wanted)

    def _keep(self, customer: Customer, dated: Dated, remarks: list[str]) -> bool:
        known = self.dates.get((customer.id, dated.kind, dated.whose))
        if known is None:
            self.writer.special_date(customer.id, dated.kind, dated.whose, dated.day)
            self.dates = {
                **self.dates,
                (customer.id, dated.kind, dated.whose): SpecialDate(
                    month_day=dated.day.month_day, year=dated.day.year
                ),
            }
            return True
        if known.month_day != dated.day.month_day:
            kept = YearlyDay(*divmod(known.month_day, 100))
            remarks.append(f"kept: {dated.kind} {kept}, not {dated.day}")
            return False
        if known.year is None and dated.day.year is not None and known.id is not None:
            self.writer.change("special_dates", known.id, "year", None, dated.day.year)
            known.year = dated.day.year
            return True
        return False

    def _meet(self, customer_id: int, person: Person) -> bool:
        if person.met_on is None or (customer_id, person.met_on) in self.met:
            return False
        self.met.add((customer_id, person.met_on))
        self.writer.meeting(customer_id, person.met_on, None)
        return True

    def _sent(self, customer_id: int, person: Person, remarks: list[str]) -> None:
        """Keep who sent the new customer, where that is somebody we know."""
        if not person.referred_by or customer_id in self.writer.arrived:
            return
        referrer = self.matcher.match(Person(person.line, person.referred_by), Role.REFERENCE)
        if referrer.customer_id in {None, customer_id}:
            remarks.append(f"sent by {person.referred_by}, whom we do not know for sure")
            return
        assert referrer.customer_id is not None
        today = self.writer.today
        self.writer.referral(
            referrer.customer_id, customer_id, person.name, today, known_on=today, seen=True
        )

    def _know_origin(self, customer_id: int, person: Person) -> None:
        key = self.matcher.key_of(person)
        found = origin_key(self.matcher.source, key) if key else None
        if key and found is not None and found not in self.matcher.keys:
            self.writer.origin(key, customer_id)
            self.matcher.keys[found] = [customer_id]
            self.matcher.new_keys.append((found, customer_id))


def _is_same(name: str, told: str, known: str | None) -> bool:
    """Return whether both are one value, maybe written in another way."""
    if told == known or known is None:
        return told == known
    spelt = {"email": str.lower, "phone": phone_key, "address": address_key}.get(name)
    return spelt is not None and spelt(told) == spelt(known)


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime) else value
