"""HubSpot's contacts. A birthday is there only where its owner made a property for it."""

from appreciation.sources.dialects import Dialect, Tables

HUBSPOT = Tables(
    [
        Dialect(
            kind="hubspot",
            makes="person",
            tells=["Record ID", "First Name", "Last Name"],
            columns={
                "key": ["Record ID"],
                "given": ["First Name"],
                "family": ["Last Name"],
                "email": ["Email", "Work email"],
                "phone": ["Phone Number", "Mobile Phone Number"],
                "company": ["Company name", "Associated Company"],
                "street": ["Street Address"],
                "town": ["City"],
                "region": ["State/Region"],
                "postcode": ["Postal Code"],
                "country": ["Country/Region"],
                "birthday": ["Birthday", "Date of birth", "Birth date", r"~.*birthday.*"],
            },
        ),
    ]
)
