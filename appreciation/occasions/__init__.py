"""Reasons to write. Each file is one; a new one costs a file, a line here and its templates."""

from collections.abc import Mapping
from typing import Any

from appreciation.occasions.anniversary import Anniversary
from appreciation.occasions.base import Occasion
from appreciation.occasions.birthday import Birthday
from appreciation.occasions.date import DateOccasion
from appreciation.occasions.meeting import MeetingOccasion
from appreciation.occasions.milestone import Milestone
from appreciation.occasions.order import OrderOccasion
from appreciation.occasions.own_day import OwnDayOccasion
from appreciation.occasions.quiet import Quiet
from appreciation.occasions.referral import ReferralOccasion

BUILT_IN: Mapping[str, type[Occasion]] = {
    "birthday": Birthday,
    "order": OrderOccasion,
    "referral": ReferralOccasion,
    "meeting": MeetingOccasion,
    "quiet": Quiet,
    "anniversary": Anniversary,
    "milestone": Milestone,
    "date": DateOccasion,
    "own_day": OwnDayOccasion,
}

# The wordings of what is told in another occasion's note: a line below its signature.
ALSO = "also"


def declared(
    occasions: Mapping[str, Occasion] | Mapping[str, type[Occasion]],
) -> Mapping[str, Mapping[str, Mapping[str, Any]]]:
    """Return which words the wordings of each of ``occasions`` may use, each with a sample."""
    samples = {name: occasion.samples for name, occasion in occasions.items()}
    everything = {group: words for known in samples.values() for group, words in known.items()}
    return {**samples, ALSO: everything}
