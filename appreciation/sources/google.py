"""Google Contacts as CSV, as it is exported since 2024 and as it was before."""

from appreciation.sources.dialects import Cells, Dialect, Tables

_SEVERAL = " ::: "


def _amended(cells: Cells) -> Cells:
    """Return the cells with an anniversary for an event that is labelled so; the first of many."""
    event = cells.pop("event", "")
    if cells.pop("event_label", "").lstrip("* ").casefold() == "anniversary":
        cells["anniversary"] = event
    for name in ("phone", "address"):
        if _SEVERAL in cells.get(name, ""):
            cells[name] = cells[name].split(_SEVERAL)[0]
    return cells


_SHARED = {
    "prefix": ["Name Prefix"],
    "suffix": ["Name Suffix"],
    "nickname": ["Nickname"],
    "birthday": ["Birthday"],
    "about": ["Notes"],
    "email": [r"~email\d+value"],
    "phone": [r"~phone\d+value"],
    "street": [r"~address\d+street"],
    "more": [r"~address\d+extendedaddress"],
    "town": [r"~address\d+city"],
    "region": [r"~address\d+region"],
    "postcode": [r"~address\d+postalcode"],
    "country": [r"~address\d+country"],
    "address": [r"~address\d+formatted"],
    "event": ["Event 1 - Value"],
}
GOOGLE = Tables(
    [
        Dialect(
            kind="google",
            makes="person",
            tells=["Phonetic First Name", "Name Prefix"],
            columns={
                **_SHARED,
                "given": ["First Name"],
                "middle": ["Middle Name"],
                "family": ["Last Name"],
                "company": ["Organization Name"],
                "event_label": ["Event 1 - Label"],
            },
            amend=_amended,
        ),
        Dialect(
            kind="google-old",
            makes="person",
            tells=["Given Name Yomi", "Name Prefix"],
            columns={
                **_SHARED,
                "given": ["Given Name"],
                "middle": ["Additional Name"],
                "family": ["Family Name"],
                "name": ["Name"],
                "company": ["Organization 1 - Name"],
                "event_label": ["Event 1 - Type"],
            },
            amend=_amended,
        ),
    ]
)
