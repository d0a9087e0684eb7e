"""The plain words that headers are, in the languages of those who write them."""

from collections.abc import Mapping
from typing import NamedTuple

from appreciation.sources.sheets import fold


class TableKind(NamedTuple):
    """What a table of this kind makes of a row, and which fields are enough for it."""

    makes: str
    needs: tuple[frozenset[str], ...]


def _any_of(*needs: str) -> tuple[frozenset[str], ...]:
    return tuple(frozenset(each.split()) for each in needs)


KINDS: Mapping[str, TableKind] = {
    "referrals": TableKind("sent", _any_of("referrer referred")),
    "orders": TableKind(
        "sale", _any_of("on total name", "on total email", "on total key", "on total family")
    ),
    "customers": TableKind("person", _any_of("name", "given family", "family", "given", "email")),
}

_PERSON = {
    "name": "Name|Full name|Customer|Customer name|Client|Contact|Kunde|Kundenname|Nombre|Nom",
    "given": "First name|Given name|Forename|Vorname|Prénom",
    "middle": "Middle name",
    "family": "Last name|Family name|Surname|Nachname|Familienname|Apellido|Apellidos",
    "prefix": "Title|Prefix|Anrede",
    "suffix": "Suffix",
    "call_name": "Call name|Calls|Salutation name|Rufname",
    "nickname": "Nickname",
    "company": "Company|Organization|Organisation|Firma|Empresa",
    "email": "Email|E-mail|Email address|E-mail address|Mail|E-Mail-Adresse|Correo|Courriel",
    "phone": "Phone|Phone number|Telephone|Mobile|Cell|Telefon|Handy|Teléfono|Téléphone",
    "address": "Address|Postal address|Mailing address|Adresse|Anschrift|Dirección",
    "street": "Street|Street address|Address 1|Address line 1|Straße|Strasse",
    "more": "Address 2|Address line 2",
    "town": "City|Town|Ort|Stadt|Ville|Ciudad",
    "region": "State|Region|Province|County|Bundesland",
    "postcode": "Zip|Zip code|Postcode|Postal code|PLZ|Postleitzahl",
    "country": "Country|Country code|Land|País|Pays",
    "key": "Customer ID|Client ID|Kundennummer",
}
_CUSTOMER = _PERSON | {
    "name": _PERSON["name"],
    "key": "ID|Customer ID|Client ID|Kundennummer",
    "birthday": "Birthday|Birth date|Birthdate|Date of birth|DOB|Born|Geburtstag|Geburtsdatum"
    "|Cumpleaños|Fecha de nacimiento|Anniversaire|Date de naissance",
    "anniversary": "Anniversary|Wedding anniversary|Jahrestag|Hochzeitstag",
    "about": "Notes|Note|About|Remark|Remarks|Comment|Notizen|Bemerkung",
    "language": "Language",
    "timezone": "Time zone|Timezone",
    "kind": "Kind",
    "met": "Met|Met on|First met|First contact",
    "referred_by": "Referred by|Referral|Empfohlen von",
    "consent": "Email consent|Accepts email|Newsletter",
    "opted_out": "Opted out|Unsubscribed|Do not contact",
    "deceased": "Deceased",
}
_ORDER = _PERSON | {
    "number": "Order ID|Order|Order number|Order no|Number|Invoice|Invoice number|Receipt"
    "|Bestellnummer|Rechnungsnummer|Transaction ID|ID",
    "on": "Date|Order date|Ordered on|Created|Created at|Day|Datum|Bestelldatum|Fecha",
    "total": "Total|Amount|Order total|Sum|Price|Gesamt|Betrag|Summe|Importe|Montant",
    "currency": "Currency|Währung|Moneda|Devise",
    "refunded": "Refunded|Refunded amount|Refund",
    "status": "Status|Order status|Payment status",
    "items": "Items|Item|Product|Products|Description|What|Artikel|Produkt",
}
_REFERRAL = {
    "referrer": "Referrer|Referred by|Who sent|Empfehler",
    "referred": "Referred|Referral|New customer|Whom|Empfohlen",
    "email": "Referrer email",
    "referred_email": "Referred email",
    "on": "Date|Day|Datum|On|Referred on",
}
MEANINGS: Mapping[str, Mapping[str, str]] = {
    kind: {fold(word): name for name, words in table.items() for word in words.split("|")}
    for kind, table in (("referrals", _REFERRAL), ("orders", _ORDER), ("customers", _CUSTOMER))
}
