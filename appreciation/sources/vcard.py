"""vCard 2.1, 3.0 and 4.0, as phones, Outlook, Apple, Lotus and old programs really write it."""

from collections.abc import Iterator
from pathlib import Path

from appreciation.dates import parse_zone
from appreciation.errors import NotUnderstood
from appreciation.sources import values
from appreciation.sources.base import Choices, Dated, NotTaken, Person, Reading, Row, Unreadable
from appreciation.sources.cards import Card, cards_in
from appreciation.sources.days import Days, NoDay
from appreciation.sources.encodings import head_of, lines_of, unspoilt

# What kind of day a property holds; Apple's own says it in a label.
_DAYS = {
    "BDAY": "birthday",
    "ANNIVERSARY": "anniversary",
    "X-ANNIVERSARY": "anniversary",
    "X-EVOLUTION-ANNIVERSARY": "anniversary",
    "X-MS-ANNIVERSARY": "anniversary",
    "X-ABDATE": "",
}
_LOOKED_AT = 50
_LONGEST_ABOUT = 2000
_N_PARTS, _ADR_PARTS = 5, 7


class VCard:
    """Address books as vCards, one or many in a file."""

    kinds = ("vcard",)

    def recognise(self, path: Path) -> str | None:
        """Return ``vcard`` where one begins near the top of the file."""
        head = head_of(path, _LOOKED_AT)
        return "vcard" if any(line.strip().upper() == "BEGIN:VCARD" for line in head) else None

    def read(self, path: Path, kind: str, choices: Choices) -> Reading:
        """Return each card as a person; a bad one costs no other."""
        return Reading(kind, _rows(path, _Cards(choices)))


def _rows(path: Path, cards: "_Cards") -> Iterator[Row]:
    for card in cards_in(lines_of(path)):
        yield card if isinstance(card, Unreadable) else cards.row(card)


class _Cards:
    """Makes a person of a card."""

    def __init__(self, choices: Choices) -> None:
        self.days = Days(choices.date_order, choices.today, choices.timezone)
        self.country = choices.country

    def row(self, card: Card) -> Row:
        """Return the person of ``card``, or why there is none."""
        kind = (card.text("KIND") or card.text("X-ADDRESSBOOKSERVER-KIND")).casefold()
        if kind == "group":
            return NotTaken(card.line, "a group, nobody to write to")
        try:
            email, remarks = self._email(card)
            name, company = _name(card)
            values.check_name(name)
        except values.NoValue as error:
            return Unreadable(card.line, str(error))
        name = name or email or ""
        if not any(map(str.isalpha, name)):
            return Unreadable(card.line, "the card has neither a name nor an email address")
        if meant := unspoilt(name):
            remarks.append(f"the name {name!r} was spoilt on the way: {meant!r}, surely")
        address, country = self._address(card)
        dates, odd = self._dates(card)
        about = [card.text("NOTE").strip(), *odd]
        return Person(
            line=card.line,
            name=name,
            key=card.text("UID").strip() or None,
            call_name=values.one_line(card.text("NICKNAME").split(",")[0]) or None,
            kind="company" if company or kind == "org" else "person",
            email=email,
            phone=self._phone(card, remarks),
            address=address,
            country=country,
            timezone=_zone(card.text("TZ")),
            about="\n".join(filter(None, about))[:_LONGEST_ABOUT] or None,
            dates=dates,
            deceased="DEATHDATE" in card.properties,
            remarks=(*remarks, *odd),
        )

    def _email(self, card: Card) -> tuple[str | None, list[str]]:
        remarks: list[str] = []
        wrong: values.NoValue | None = None
        for each in card.preferred("EMAIL"):
            try:
                found = values.emails(each.value)
            except values.NoValue as error:
                wrong = error
                continue
            for email in found:
                if not values.is_nobodys(email):
                    meant = values.likely_meant(email)
                    if meant:
                        remarks.append(f"{email} was likely meant to be {meant}")
                    return email, remarks
                remarks.append(f"{email} is nobody's own address")
        if wrong is not None:
            raise wrong
        return None, remarks

    def _phone(self, card: Card, remarks: list[str]) -> str | None:
        for each in card.preferred("TEL"):
            try:
                if phone := values.phone(each.value):
                    return phone
            except values.NoValue as error:
                remarks.append(str(error))
        return None

    def _address(self, card: Card) -> tuple[str | None, str | None]:
        for each in card.preferred("ADR"):
            parts = [*each.parts, *[""] * _ADR_PARTS][:_ADR_PARTS]
            _, more, street, town, region, postcode, land = parts
            country = values.country_code(land)
            found = values.address(street, more, town, region, postcode, country or self.country)
            if found:
                return found, country
        return None, None

    def _dates(self, card: Card) -> tuple[tuple[Dated, ...], list[str]]:
        """Return the days of ``card``, and in words those that are none."""
        found: dict[str, Dated] = {}
        odd: list[str] = []
        told = [
            (kind or card.label(each) or "day", each)
            for name, kind in _DAYS.items()
            if name in card.properties
            for each in card.properties[name]
        ]
        for kind, each in told:
            if kind in found:
                continue
            try:
                day = None if each.is_text else self.days.yearly(each.value)
            except NoDay:
                day = None
            if day is not None:
                found[kind] = Dated(kind, day)
            elif each.value.strip(" -0/"):
                odd.append(f"{kind}: {values.one_line(each.value)}")
        odd = [words for words in odd if words.partition(":")[0] not in found]
        return tuple(found.values()), odd


def _name(card: Card) -> tuple[str, bool]:
    """Return how the card calls itself, and whether that is a company."""
    shown_as_company = card.text("X-ABSHOWAS").strip().upper() == "COMPANY"
    full = values.one_line(card.text("FN"))
    structured = card.properties.get("N")
    if not full and structured:
        family, given, middle, prefix, suffix = [*structured[0].parts, *[""] * _N_PARTS][:_N_PARTS]
        full = values.one_line(f"{prefix} {given} {middle} {family} {suffix}")
    company = values.one_line(" ".join(_first_part(card, "ORG")))
    if full and not (shown_as_company and company):
        return full, shown_as_company
    if company and (shown_as_company or not card.text("NICKNAME").strip()):
        return company, True
    return values.one_line(card.text("NICKNAME")), False


def _first_part(card: Card, name: str) -> list[str]:
    found = card.properties.get(name)
    return found[0].parts[:1] if found else []


def _zone(text: str) -> str | None:
    try:
        return parse_zone(text.strip()) if "/" in text else None
    except NotUnderstood:
        return None
