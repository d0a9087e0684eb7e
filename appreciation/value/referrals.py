"""Who sent whom, and what of it is to whose credit.

Credit adds up to what the shop earned, to the cent. What people brought
directly, downstream and by their influence overlaps between people: it ranks
and thanks, and is never added up.
"""

from array import array
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from itertools import chain
from typing import NamedTuple


class Refusal(StrEnum):
    """Why somebody cannot be the one who sent a customer."""

    ONESELF = "nobody refers themselves"
    SECOND = "somebody else was recorded first"
    LOOP = "it would close a loop"


class Refused(NamedTuple):
    """A referral that does not count, and why."""

    referrer: int
    referred: int
    why: Refusal


class Referred(NamedTuple):
    """What one person brought, in cents: ``own`` orders, and through those they sent.

    ``direct`` is of those they sent themselves, ``downstream`` of all who came
    through them, ``influence`` of all, less with every step. ``credit`` is the
    share of the shop's whole that is theirs.
    """

    own: int
    direct: int
    downstream: int
    influence: int
    credit: int


@dataclass(frozen=True, slots=True)
class Referrals:
    """What each person brought, who sent whom, and the referrals that do not count."""

    people: Mapping[int, Referred]
    referrer_of: dict[int, int]
    refused: list[Refused]


class _People(Mapping[int, Referred]):
    """What everybody brought, in columns: half a million people in rows would take a gigabyte."""

    def __init__(self, own: Mapping[int, int], others: Iterable[int]) -> None:
        self.place: dict[int, int] = {}
        for one in chain(own, others):
            self.place.setdefault(one, len(self.place))
        self.own = array("q", (own.get(one, 0) for one in self.place))
        self.direct, self.downstream, self.influence = (
            array("d", bytes(8 * len(self.place))) for _ in range(3)
        )
        self.credit = self.own[:]

    def __getitem__(self, one: int) -> Referred:
        at = self.place[one]
        return Referred(
            own=self.own[at],
            direct=round(self.direct[at]),
            downstream=round(self.downstream[at]),
            influence=round(self.influence[at]),
            credit=self.credit[at],
        )

    def __iter__(self) -> Iterator[int]:
        return iter(self.place)

    def __len__(self) -> int:
        return len(self.place)


def referral_values(
    own: Mapping[int, int],
    edges: Iterable[tuple[int, int]],
    *,
    decay: float = 0.5,
    passed_up: float = 0.2,
    anyway: float = 0.0,
) -> Referrals:
    """Return what everybody in ``own`` (cents) and in ``edges`` brought.

    ``edges`` are (referrer, referred) in the order in which they were recorded.
    ``passed_up`` is the share that a customer's referrer is credited with,
    ``anyway`` the share of customers who would have come without one. Who
    never bought has own 0, and still gets credit.
    """
    referrer_of, refused = _forest(edges)
    people = _People(own, chain(referrer_of, referrer_of.values()))
    for one in _leaves_first(people.place, referrer_of):
        if one not in referrer_of:
            continue
        at, above = people.place[one], people.place[referrer_of[one]]
        earned, sent = people.own[at], 1 - anyway
        # What came further down is scaled already.
        people.direct[above] += earned * sent
        people.downstream[above] += earned * sent + people.downstream[at]
        people.influence[above] += decay * (earned * sent + people.influence[at])
        # Whole cents go up and the rest stays, so that nothing is lost or made.
        passed = round(people.credit[at] * passed_up * sent)
        people.credit[at] -= passed
        people.credit[above] += passed
    return Referrals(people, referrer_of, refused)


def _forest(edges: Iterable[tuple[int, int]]) -> tuple[dict[int, int], list[Refused]]:
    """Return who was sent by whom without any loop, and what was refused for it."""
    referrer_of: dict[int, int] = {}
    # On the way to the first of each line of referrals, with short cuts.
    towards: dict[int, int] = {}
    refused = []
    for referrer, referred in edges:
        if referrer == referred:
            refused.append(Refused(referrer, referred, Refusal.ONESELF))
        elif referred in referrer_of:
            refused.append(Refused(referrer, referred, Refusal.SECOND))
        elif _first_of_line(towards, referrer) == referred:
            refused.append(Refused(referrer, referred, Refusal.LOOP))
        else:
            referrer_of[referred] = towards[referred] = referrer
    return referrer_of, refused


def _first_of_line(towards: dict[int, int], one: int) -> int:
    while one in towards:
        above = towards[one]
        if above in towards:
            towards[one] = towards[above]
        one = above
    return one


def _leaves_first(place: Mapping[int, int], referrer_of: Mapping[int, int]) -> list[int]:
    """Return everybody, each after all whom they sent; no recursion, a line may be long."""
    waiting_for = array("q", bytes(8 * len(place)))
    for referrer in referrer_of.values():
        waiting_for[place[referrer]] += 1
    ready = [one for one, at in place.items() if not waiting_for[at]]
    for one in ready:
        above = referrer_of.get(one)
        if above is not None:
            waiting_for[place[above]] -= 1
            if not waiting_for[place[above]]:
                ready.append(above)
    return ready
