"""What `export --all` writes, read back: the same customers, and all that is known of them."""

from appreciation.sources.dialects import Dialect, Tables
from appreciation.sources.remembered import field_of
from appreciation.store.carried import CARRIED

_WHO = {"key": ["Appreciation ID"], "name": ["Customer"], "email": ["Email"], "phone": ["Phone"]}
OWN = Tables(
    [
        Dialect(
            kind="own-orders",
            makes="sale",
            tells=["Appreciation ID", "Total", "Order ID"],
            columns={
                **_WHO,
                "number": ["Order ID"],
                "on": ["Date"],
                "total": ["Total"],
                "currency": ["Currency"],
                "items": ["Items"],
                "seen": ["Seen"],
                "row": ["Row"],
                "refund_of": ["Refund of"],
            },
            decimal=".",
        ),
        Dialect(
            kind="own-referrals",
            makes="sent",
            tells=["Appreciation ID", "Referrer", "Referred"],
            columns={
                "key": ["Appreciation ID"],
                "referrer": ["Referrer"],
                "email": ["Email"],
                "referred_key": ["Referred ID"],
                "referred": ["Referred"],
                "referred_email": ["Referred email"],
                "on": ["Date"],
                "known_on": ["Known on"],
                "waits": ["Waits"],
                "seen": ["Seen"],
            },
        ),
        Dialect(
            kind="own-meetings",
            makes="met",
            tells=["Appreciation ID", "Met on"],
            columns={**_WHO, "on": ["Met on"], "place": ["Place"], "seen": ["Seen"]},
        ),
        Dialect(
            kind="own-dates",
            makes="kept",
            tells=["Appreciation ID", "Day", "Whose"],
            columns={**_WHO, "about_day": ["Kind"], "whose": ["Whose"], "on": ["Day"]},
        ),
        Dialect(
            kind="own-customers",
            makes="person",
            tells=["Appreciation ID", "Call name", "Birthday"],
            columns={
                "key": ["Appreciation ID"],
                "name": ["Name"],
                "call_name": ["Call name"],
                "envelope_name": ["Envelope name"],
                "formality": ["Formality"],
                "hand": ["Hand"],
                "kind": ["Kind"],
                "email": ["Email"],
                "phone": ["Phone"],
                "address": ["Address"],
                "country": ["Country"],
                "language": ["Language"],
                "timezone": ["Timezone"],
                "birthday": ["Birthday"],
                "about": ["About"],
                "consent": ["Email consent"],
                "post_consent": ["Post consent"],
                "leap_day": ["Leap day"],
                "opted_out": ["Opted out"],
                "deceased": ["Deceased"],
            },
        ),
        *(
            Dialect(
                kind=f"own-{name}",
                makes=name,
                tells=["Appreciation ID", *carried.headers],
                columns=_WHO
                | {
                    field_of(column): [header]
                    for column, header in zip(carried.columns, carried.headers, strict=True)
                },
            )
            for name, carried in CARRIED.items()
        ),
    ]
)
