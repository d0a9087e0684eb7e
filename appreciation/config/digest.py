"""The table [digest]: what the owner is told by email, and how often."""

from datetime import time
from typing import Literal

from appreciation.config.values import Email, Section, TimeOfDay

Weekday = Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]


class Digest(Section):
    """A mail to the owner, ``every`` day or week ``at`` an hour; ``on`` is the day of the week."""

    every: Literal["never", "daily", "weekly"] = "never"
    at: TimeOfDay = time(8)
    on: Weekday = "monday"
    # Empty: the business's own address.
    to: Email | Literal[""] = ""
