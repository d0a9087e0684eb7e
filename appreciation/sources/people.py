"""A person out of the cells of a row: names put together, days read, what is odd told."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date

from appreciation.dates import LEAP_DAYS
from appreciation.printing.faces import HANDS
from appreciation.sources import values
from appreciation.sources.base import Dated, NotTaken, Person, Unreadable
from appreciation.sources.days import Days, NoDay
from appreciation.sources.encodings import unspoilt
from appreciation.store.tables import Kind
from appreciation.words.greetings import FORMALITIES

Cells = Mapping[str, str]

# Fields of days, each with a reader of its own.
DAYS = ("birthday", "anniversary", "met")
_LONGEST_ABOUT = 2000
_IN_ORDER = ("prefix", "given", "middle", "family", "suffix")
_PARTS_OF_A_NAME = frozenset(_IN_ORDER)
_KINDS = frozenset(Kind)


@dataclass(frozen=True, slots=True)
class Reader:
    """Reads people; ``days`` has a reader for each column of days, ``country`` is the shop's."""

    days: Mapping[str, Days]
    country: str

    def person(self, line: int, cells: Cells) -> Person | Unreadable | NotTaken:
        """Return the person of a row, or why there is none."""
        try:
            return self._person(line, cells)
        except (NoDay, values.NoValue) as error:
            return Unreadable(line, str(error))

    def buyer(self, line: int, cells: Cells) -> Person:
        """Return who stands in the row of an order, maybe nobody at all.

        Raises:
            NoValue: the address in it is none.
        """
        remarks: list[str] = []
        email = _email(cells, remarks)
        phone = _phone(cells, remarks)
        country = values.country_code(cells.get("country", ""))
        name, _ = _name(cells)
        values.check_name(name)
        # Many shops write what is no address into the customer's column.
        if "@" in name and not email:
            email, name = next(iter(values.emails(name)), None), ""
        return Person(
            line=line,
            name=name,
            key=_key(cells),
            email=email,
            phone=phone,
            address=_address(cells, country or self.country),
            country=country,
            email_consent=values.yes_or_no(cells.get("consent", "")),
            remarks=tuple(remarks),
        )

    def _person(self, line: int, cells: Cells) -> Person | Unreadable | NotTaken:
        remarks: list[str] = []
        email = _email(cells, remarks)
        name, kind = _name(cells)
        values.check_name(name)
        phone = _phone(cells, remarks)
        name = name or (email or "")
        if not any(map(str.isalpha, name)):
            return Unreadable(line, "has neither a name nor an email address")
        if meant := unspoilt(name):
            remarks.append(f"the name {name!r} was spoilt on the way: {meant!r}, surely")
        country = values.country_code(cells.get("country", ""))
        if cells.get("country") and not country:
            remarks.append(f"{cells['country']!r} is no country that we know")
        met_on, met_at = self._met(cells)
        about = [cells.get("about", "").strip(), f"met: {met_at}" if met_at else ""]
        return Person(
            line=line,
            name=name,
            key=_key(cells),
            call_name=values.one_line(cells.get("call_name") or cells.get("nickname", "")) or None,
            envelope_name=values.one_line(cells.get("envelope_name", "")) or None,
            formality=_known(cells, "formality", _formality, remarks),
            hand=_known(cells, "hand", _hand, remarks),
            kind=_known(cells, "kind", _kind, remarks) or kind,
            email=email,
            phone=phone,
            address=_address(cells, country or self.country),
            country=country,
            language=_known(cells, "language", values.language, remarks),
            timezone=_known(cells, "timezone", values.zone, remarks),
            about="\n".join(filter(None, about))[:_LONGEST_ABOUT] or None,
            dates=self._dates(cells),
            met_on=met_on,
            referred_by=values.one_line(cells.get("referred_by", "")) or None,
            email_consent=values.yes_or_no(cells.get("consent", "")),
            post_consent=values.yes_or_no(cells.get("post_consent", "")),
            leap_day=next((d for d in LEAP_DAYS if d == cells.get("leap_day", "").strip()), None),
            opted_out=values.yes_or_no(cells.get("opted_out", "")) is True,
            deceased=values.yes_or_no(cells.get("deceased", "")) is True,
            remarks=tuple(remarks),
        )

    def _dates(self, cells: Cells) -> tuple[Dated, ...]:
        found = []
        for kind in ("birthday", "anniversary"):
            if text := cells.get(kind):
                try:
                    day = self.days[kind].yearly(text)
                except NoDay as error:
                    raise NoDay(f"{kind} {error}") from error
                if day is not None:
                    found.append(Dated(kind, day))
        return tuple(found)

    def _met(self, cells: Cells) -> tuple[date | None, str | None]:
        """Return when and where somebody was met: a column may hold either."""
        text = values.one_line(cells.get("met", ""))
        if not text:
            return None, None
        try:
            day = self.days["met"].day(text)
        except NoDay:
            if text[0].isdigit():
                raise
            return None, text
        if day > self.days["met"].today:
            raise NoDay(f"{text!r} is yet to come")
        return day, None


def _name(cells: Cells) -> tuple[str, str]:
    """Return the name as it is given, and what kind of customer it is; a company's where alone."""
    whole = ""
    if not _PARTS_OF_A_NAME.isdisjoint(cells):
        whole = values.one_line(" ".join(cells.get(part, "") for part in _IN_ORDER))
    if whole := whole or values.one_line(cells.get("name", "")):
        return whole, "person"
    if company := values.one_line(cells.get("company", "")):
        return company, "company"
    return values.one_line(cells.get("nickname", "")), "person"


def _known(
    cells: Cells, name: str, read: Callable[[str], str | None], remarks: list[str]
) -> str | None:
    """Return what the cell ``name`` means to ``read``, or None with a remark: it is nothing."""
    text = cells.get(name, "")
    found = read(text) if text else None
    if text and found is None:
        remarks.append(f"{name} {text!r} is none that we know")
    return found


def _kind(text: str) -> str | None:
    return text.casefold() if text.casefold() in _KINDS else None


def _formality(text: str) -> str | None:
    return text.casefold() if text.casefold() in FORMALITIES else None


def _hand(text: str) -> str | None:
    return next((hand for hand in HANDS if hand.casefold() == text.casefold()), None)


def _key(cells: Cells) -> str | None:
    """Return what the source calls the person; 0 is every guest."""
    key = cells.get("key", "")
    return key if key.strip("0") else None


def _email(cells: Cells, remarks: list[str]) -> str | None:
    text = cells.get("email", "")
    if not text:
        return None
    for email in values.emails(text):
        if values.is_nobodys(email):
            remarks.append(f"{email} is nobody's own address")
            continue
        if meant := values.likely_meant(email):
            remarks.append(f"{email} was likely meant to be {meant}")
        return email
    return None


def _phone(cells: Cells, remarks: list[str]) -> str | None:
    try:
        return values.phone(cells["phone"]) if cells.get("phone") else None
    except values.NoValue as error:
        remarks.append(str(error))
        return None


def _address(cells: Cells, country: str) -> str | None:
    if "street" not in cells and "address" not in cells:
        return None
    parts = (cells.get(part, "") for part in ("street", "more", "town", "region", "postcode"))
    street, more, town, region, postcode = parts
    from_parts = values.address(street, more, town, region, postcode, country)
    return from_parts or values.lines(cells.get("address", ""))
