"""By which way a note goes, and to which address."""

from collections.abc import Mapping, Sequence

from appreciation.delivery.mail import new_message_id
from appreciation.errors import NoteBlocked
from appreciation.printing.addresses import lack_of
from appreciation.stages.drafting.desk import Desk
from appreciation.store.tables import Note

_ADDRESSES = {"email": "email address", "post": "postal address"}


def address(desk: Desk, note: Note, wishes: Sequence[str], open_to: Mapping[str, str]) -> None:
    """Choose the way of ``note`` by the addresses that may be written to now."""
    customer = note.customer
    suppressed = customer.suppression is not None
    ways = list(wishes)
    if note.channel and note.channel not in ways and (suppressed or note.body is not None):
        # A person sent it that way, since the other one had failed.
        ways.insert(0, note.channel)
    # Found out here, and not when the envelope is printed.
    home = open_to.get("post")
    lacks = lack_of(home, customer.country or desk.country) if home else None
    for channel in ways:
        if channel in open_to and not (channel == "post" and lacks):
            _readdress(desk, note, channel, open_to[channel])
            return
    if lacks and "post" in ways:
        raise NoteBlocked(f"the postal address of {customer.name} lacks {lacks}")
    works = " that works" if suppressed else ""
    lacking = " and no ".join(
        _ADDRESSES[channel] + (works if channel == "email" else "") for channel in wishes
    )
    raise NoteBlocked(f"{customer.name} has no {lacking}")


def _readdress(desk: Desk, note: Note, channel: str, recipient: str) -> None:
    if note.message_id is None or note.recipient != recipient:
        # What still comes back from the former address must not be held against this one.
        note.message_id = new_message_id(note.id, desk.email)
    note.channel, note.recipient = channel, recipient
    note.backend = desk.carriers[channel]
