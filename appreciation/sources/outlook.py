"""Outlook's contacts as CSV: from the web, from the desktop, and as Google writes them."""

from appreciation.sources.dialects import Cells, Dialect, Tables


def _amended(cells: Cells) -> Cells:
    """Return the cells with those close to the customer as a remark."""
    close = [f"{who}: {cells.pop(who)}" for who in ("spouse", "children") if who in cells]
    if close:
        cells["about"] = "\n".join([*filter(None, [cells.get("about")]), *close])
    return cells


_COLUMNS = {
    "prefix": ["Title", "Anrede"],
    "given": ["First Name", "Vorname"],
    "middle": ["Middle Name", "Weitere Vornamen"],
    "family": ["Last Name", "Nachname"],
    "suffix": ["Suffix"],
    "nickname": ["Nickname", "Spitzname"],
    "company": ["Company", "Firma"],
    "email": ["E-mail Address", "E-mail 2 Address", "E-mail 3 Address", "E-Mail-Adresse"],
    "phone": ["Mobile Phone", "Home Phone", "Primary Phone", "Business Phone", "Other Phone",
              "Mobiltelefon", "Telefon (privat)", "Telefon geschäftlich"],
    "street": ["Home Street", "Business Street", "Other Street", "Straße privat",
               "Straße geschäftlich"],
    "town": ["Home City", "Business City", "Other City", "Ort privat", "Ort geschäftlich"],
    "region": ["Home State", "Business State", "Other State"],
    "postcode": ["Home Postal Code", "Business Postal Code", "Other Postal Code",
                 "Postleitzahl privat", "Postleitzahl geschäftlich"],
    "country": ["Home Country/Region", "Business Country/Region", "Other Country/Region",
                "Home Country", "Business Country", "Land/Region privat",
                "Land/Region geschäftlich"],
    "birthday": ["Birthday", "Geburtstag"],
    "anniversary": ["Anniversary", "Jahrestag"],
    "spouse": ["Spouse", "Partner"],
    "children": ["Children", "Kinder"],
    "referred_by": ["Referred By", "Empfohlen von"],
    "about": ["Notes", "Notizen"],
}  # fmt: skip
OUTLOOK = Tables(
    [
        # The web's has both Yomi columns, the desktop's an account; the third comes from Google.
        Dialect("outlook-web", "person", ["E-mail Address", "Given Yomi"], _COLUMNS,
                amend=_amended),
        Dialect("outlook-desktop", "person", ["E-mail Address", "Account"], _COLUMNS,
                amend=_amended),
        Dialect("outlook", "person", ["E-mail Address", "Home Street"], _COLUMNS, amend=_amended),
        Dialect("outlook-german", "person", ["E-Mail-Adresse", "Nachname"], _COLUMNS,
                amend=_amended),
    ]
)  # fmt: skip
