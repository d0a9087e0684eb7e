"""Intake: what people tell us goes into the store, checked, one row or none."""

from appreciation.stages.intake.customers import (
    add_customer,
    add_date,
    choose_leap_day,
    edit_customer,
    hold,
    release,
    set_birthday,
    yearly_day,
)
from appreciation.stages.intake.events import add_meeting, add_referral
from appreciation.stages.intake.lives import (
    Expected,
    add_fact,
    add_life_event,
    change_facts,
    forget_fact,
    remove_life_event,
)
from appreciation.stages.intake.orders import Purchase, add_order, assign, refund

__all__ = [
    "Expected",
    "Purchase",
    "add_customer",
    "add_date",
    "add_fact",
    "add_life_event",
    "add_meeting",
    "add_order",
    "add_referral",
    "assign",
    "change_facts",
    "choose_leap_day",
    "edit_customer",
    "forget_fact",
    "hold",
    "refund",
    "release",
    "remove_life_event",
    "set_birthday",
    "yearly_day",
]
