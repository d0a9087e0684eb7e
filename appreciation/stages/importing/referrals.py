"""What the record of a referral becomes: who sent whom, once, and nobody in a ring."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field, replace
from datetime import date

from appreciation.sources.base import Person, Sent
from appreciation.stages.importing.people import FORGOTTEN, Outcome
from appreciation.stages.importing.report import End
from appreciation.stages.importing.who import Match, Matcher, Role
from appreciation.stages.importing.writing import Writer
from appreciation.store import arriving


def id_of(writer: Writer, match: Match, person: Person) -> int:
    """Return the customer who was found, or a new one: with a name, and that may be an address."""
    if match.customer_id is not None:
        return match.customer_id
    return writer.customer(
        person if person.name else replace(person, name=person.email or person.key or "")
    )


def not_taken(match: Match) -> Outcome:
    """Return why a row of somebody who is not clear, or was forgotten, is none."""
    return (End.NEEDS_A_LOOK, match.look) if match.look else (End.SAME, FORGOTTEN)


@dataclass
class Referrals:
    """Takes in who sent whom, and makes the customers whom nobody knows yet."""

    matcher: Matcher
    writer: Writer
    senders: dict[int, int] = field(default_factory=dict)
    waiting: set[tuple[int, str, date]] = field(default_factory=set)

    def load(self, told: Iterable[Sent], customers: Collection[int]) -> None:
        """Look up who sent these ``customers``."""
        self.senders = arriving.senders(self.writer.session, customers)
        if any(each.waits for each in told):
            self.waiting = arriving.waiting(self.writer.session)

    def take(self, sent: Sent) -> Outcome:
        """Take in one referral."""
        if sent.referrer.name.casefold() == sent.referred.name.casefold():
            return End.NEEDS_A_LOOK, f"{sent.referrer.name} cannot have sent themselves"
        if sent.waits:
            return self._waits(sent)
        both = [self.matcher.match(each, Role.REFERENCE) for each in (sent.referrer, sent.referred)]
        for match in both:
            if match.look or match.forgotten:
                return not_taken(match)
        known_sender = self._sender(both[1], sent.referred)
        if known_sender not in {None, both[0].customer_id}:
            return End.NEEDS_A_LOOK, f"{sent.referred.name} was sent by customer {known_sender}"
        if known_sender is not None and both[1].customer_id is not None:
            return End.SAME, None
        return self._new(sent, both[0], both[1])

    def _new(self, sent: Sent, who: Match, whom: Match) -> Outcome:
        referrer = id_of(self.writer, who, sent.referrer)
        referred = id_of(self.writer, whom, sent.referred)
        if self._closes_a_ring(referrer, referred):
            return End.NEEDS_A_LOOK, f"{sent.referrer.name} cannot have sent {sent.referred.name}"
        self.senders[referred] = referrer
        if referred in self.writer.arrived:
            # Somebody had told of it before there was such a customer.
            return End.NEW, "was waited for"
        self.writer.referral(
            referrer,
            referred,
            sent.referred.name,
            sent.on,
            known_on=sent.known_on or sent.on,
            seen=sent.seen,
        )
        return End.NEW, None

    def _sender(self, match: Match, referred: Person) -> int | None:
        """Return who is known to have sent ``referred``, also where that was only a name so far."""
        if match.customer_id is not None:
            return self.senders.get(match.customer_id)
        waiting = self.writer.awaited.get(referred.name.casefold())
        return None if waiting is None else arriving.referrer_of(self.writer.session, waiting)

    def _waits(self, sent: Sent) -> Outcome:
        """Take in that a customer sent somebody whom nobody knew yet."""
        match = self.matcher.match(sent.referrer, Role.REFERENCE)
        if match.look or match.forgotten:
            return not_taken(match)
        referrer = id_of(self.writer, match, sent.referrer)
        key = (referrer, sent.referred.name, sent.on)
        if key in self.waiting:
            return End.SAME, None
        self.waiting.add(key)
        self.writer.referral(
            referrer, None, sent.referred.name, sent.on, known_on=sent.known_on, seen=sent.seen
        )
        return End.NEW, None

    def _closes_a_ring(self, referrer: int, referred: int) -> bool:
        above: int | None = referrer
        while above is not None:
            if above == referred:
                return True
            if above not in self.senders:
                self.senders |= arriving.senders(self.writer.session, [above])
            above = self.senders.get(above)
        return False
