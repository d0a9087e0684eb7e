"""QuickBooks: the contact list of the online program, and lists (IIF) of the desktop's."""

import re

from appreciation.sources.dialects import Cells, Dialect, Tables

# The online program writes below its report when it was made.
_MADE_AT = re.compile(r"\w+, \w+ \d{1,2}, \d{4} .*GMT.*")
# "Phone:(555) 010-1234 Mobile:..." in one cell.
_FIRST_NUMBER = re.compile(r"[A-Za-z ]*:?\s*([^A-Za-z:]+)")


def _amended(cells: Cells) -> Cells:
    """Return the cells of a customer; a job belongs to the customer before the colon."""
    if cells.pop("marker", "CUST") != "CUST":
        cells["skip"] = "no customer"
    if ":" in cells.get("name", ""):
        cells["name"] = cells["name"].partition(":")[0].strip()
    lines = [cells.pop(f"line{number}", "") for number in range(1, 6)]
    # The first line of a printed address is the name.
    kept = [line for line in lines if line and line != cells.get("name")]
    if len(kept) > 1:
        cells["address"] = "\n".join(kept)
    return cells


def _listed(cells: Cells) -> Cells:
    """Return the cells of a contact list: one phone number, and no customer in its last line."""
    if _MADE_AT.fullmatch(cells.get("name", "")):
        cells["skip"] = "no customer: when the list was made"
    if number := _FIRST_NUMBER.match(cells.get("phone", "")):
        cells["phone"] = number[1].strip()
    return _amended(cells)


QUICKBOOKS = Tables(
    [
        Dialect(
            kind="quickbooks-contacts",
            makes="person",
            tells=["Customer full name", "Phone numbers", "Bill address"],
            columns={
                "name": ["Full name", "Customer full name"],
                "email": ["Email"],
                "phone": ["Phone numbers"],
                "address": ["Bill address", "Ship address"],
            },
            amend=_listed,
        ),
        Dialect(
            kind="quickbooks-iif",
            makes="person",
            tells=["!CUST", "NAME", "BADDR1"],
            columns={
                "marker": ["!CUST"],
                "name": ["CONT1", "NAME"],
                "email": ["EMAIL"],
                "phone": ["PHONE1", "PHONE2"],
                **{f"line{number}": [f"BADDR{number}"] for number in range(1, 6)},
            },
            amend=_amended,
        ),
        Dialect(
            kind="quickbooks",
            makes="person",
            tells=["Name", "Company", "Mobile", "Fax", "ZIP"],
            columns={
                "name": ["Name", "Display name", "Customer"],
                "company": ["Company"],
                "email": ["Email"],
                "phone": ["Mobile", "Phone"],
                "street": ["Street"],
                "town": ["City"],
                "region": ["State"],
                "postcode": ["ZIP"],
                "country": ["Country"],
            },
            amend=_amended,
        ),
    ]
)
