"""What holds for every note to a customer on a day. A new rule is a function and a line below."""

from collections.abc import Callable, Sequence
from datetime import datetime

from appreciation.store.tables import Hold
from appreciation.why.answers import Answer
from appreciation.why.asking import Asked


def lives(asked: Asked) -> Answer:
    """Ask whether the customer had died by then."""
    died_at = asked.customer.deceased_at
    if _was_so(asked, died_at):
        return Answer("lives", lets=False, told="has died", figures={"at": died_at})
    return Answer("lives", lets=True, told="no death is recorded")


def not_opted_out(asked: Asked) -> Answer:
    """Ask whether the customer wanted no more notes by then."""
    since = asked.customer.opted_out_at
    if since is not None and _was_so(asked, since):
        told = f"opted out on {asked.day_of(since)}"
        return Answer("not_opted_out", lets=False, told=told, figures={"at": since})
    return Answer("not_opted_out", lets=True, told="has not opted out")


def not_on_hold(asked: Asked) -> Answer:
    """Ask whether a hold was in force, and for how long it is."""
    holds = [hold for hold in asked.customer.holds if _in_force(asked, hold)]
    if not holds:
        return Answer("not_on_hold", lets=True, told="no hold")
    told = "; ".join(
        f"on hold since {asked.day_of(hold.created_at)}: {hold.why}"
        + (f", until {hold.until}" if hold.until else ", with no end")
        for hold in holds
    )
    figures = {"holds": [{"why": h.why, "until": h.until and str(h.until)} for h in holds]}
    return Answer("not_on_hold", lets=False, told=told, figures=figures)


def address_works(asked: Asked) -> Answer:
    """Ask whether mails to the address came back; it stops emails only, so it lets go or tells."""
    found = asked.customer.suppression
    if found is None or not _was_so(asked, found.created_at):
        return Answer("address_works", lets=True, told="the email address is not suppressed")
    told = f"no emails since {asked.day_of(found.created_at)}: {found.why}"
    return Answer("address_works", lets=None, told=told, figures={"at": found.created_at})


def has_agreed(asked: Asked) -> Answer:
    """Ask whether the customer agreed to emails and cards; each stops its own way only."""
    by_email, by_post = asked.customer.email_consent, asked.customer.post_consent
    words = {None: "nobody asked about {}", True: "has agreed to {}", False: "wants no {}"}
    told = f"{words[by_email].format('emails')}; {words[by_post].format('cards')}"
    figures = {"email_consent": by_email, "post_consent": by_post}
    lets = None if False in (by_email, by_post) else True
    return Answer("has_agreed", lets=lets, told=told, figures=figures)


def grown_up(asked: Asked) -> Answer | None:
    """Ask whether the customer is old enough for emails, where a year of birth is known."""
    customer = asked.customer
    if customer.birthday is None or customer.birthday.year is None:
        return None
    figures = {"born": customer.birthday.year}
    others = customer.email and not customer.suppression and customer.email_consent is not False
    if others and not asked.ways["email"]:
        told = "a minor on that day, and nobody has agreed to emails"
        return Answer("grown_up", lets=None, told=told, figures=figures)
    return Answer("grown_up", lets=True, told="no minor to whom emails may not go", figures=figures)


# In the order in which they are asked and shown.
CUSTOMER_RULES: Sequence[Callable[[Asked], Answer | None]] = (
    lives,
    not_opted_out,
    not_on_hold,
    address_works,
    has_agreed,
    grown_up,
)


def _was_so(asked: Asked, since: datetime | None) -> bool:
    """Return whether what began then was so on the day; what is so today is so from now on."""
    return since is not None and (not asked.is_past or asked.day_of(since) <= asked.on)


def _in_force(asked: Asked, hold: Hold) -> bool:
    if hold.until is not None and hold.until < asked.on:
        return False
    if not asked.is_past:
        return hold.released_at is None
    released = hold.released_at and asked.day_of(hold.released_at)
    return asked.day_of(hold.created_at) <= asked.on and (released is None or released > asked.on)
