"""QuickBooks: the customers of the online program, and lists (IIF) of the desktop's."""

from appreciation.sources.dialects import Cells, Dialect, Tables


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


QUICKBOOKS = Tables(
    [
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
