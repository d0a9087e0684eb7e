"""Reasons to write. Each file is one; a new one costs a file, a line here and its templates."""

from collections.abc import Mapping

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
