"""For each occasion: whether, when and how it is written about."""

from datetime import time
from typing import Literal

from pydantic import ConfigDict, model_validator

from appreciation.config.values import EVERYBODY, NOBODY, Channel, Customers, Days, Section


class OccasionSettings(Section):
    """When and how one occasion is written about.

    ``on_time_until`` and ``belated_until`` count from the start of the local
    day on which the note is due: ``1d`` is that day itself.
    """

    enabled: bool = True
    by: Literal["email", "post", "post-or-email", "email-or-post"] = "email"
    approve: Literal["ask", "auto"] = "ask"
    send_at: time = time(9)
    ahead: Days = 7
    delay: Days = 0
    lead: Days = 3
    on_time_until: Days = 7
    belated_until: Days = 14
    cooldown: Days = 0
    to: Customers = EVERYBODY
    card_to: Customers = NOBODY

    @property
    def channels(self) -> tuple[Channel, ...]:
        """Every channel that a note may take, the dearest first."""
        return self.wishes_of(dear=True) if self.card_to != NOBODY else self.wishes

    def wishes_of(self, *, dear: bool) -> tuple[Channel, ...]:
        """Return the channels to try for a customer, who is one of ``card_to`` or not."""
        others = tuple(channel for channel in self.wishes if channel != "post")
        return ("post", *others) if dear else self.wishes

    @property
    def wishes(self) -> tuple[Channel, ...]:
        """The channels to try, the dearest first."""
        channels: dict[str, tuple[Channel, ...]] = {
            "post-or-email": ("post", "email"),
            "email-or-post": ("email", "post"),
            "email": ("email",),
            "post": ("post",),
        }
        return channels[self.by]

    @property
    def on_time_days(self) -> int:
        """How long a note is on time: never longer than it may be late."""
        return min(self.on_time_until, self.belated_until)

    @model_validator(mode="after")
    def _belated_comes_after_on_time(self) -> "OccasionSettings":
        if self.on_time_until < 1:
            raise ValueError("on_time_until must be at least 1d: the day itself")
        if self.belated_until < self.on_time_until and "on_time_until" in self.model_fields_set:
            raise ValueError(
                f"belated_until ({self.belated_until}d) lies before "
                f"on_time_until ({self.on_time_until}d)"
            )
        return self


class BirthdaySettings(OccasionSettings):
    """A birthday is late on the next day; nobody is told their age unless ``tell_age`` says so."""

    on_time_until: Days = 1
    belated_until: Days = 5
    tell_age: bool = False


class OrderSettings(OccasionSettings):
    """A thank-you waits for the parcel, and is not said at every visit."""

    delay: Days = 2
    on_time_until: Days = 14
    cooldown: Days = 30


class ReferralSettings(OccasionSettings):
    """``once`` the referred person is a customer we know, or has bought."""

    once: Literal["known", "bought"] = "known"
    on_time_until: Days = 14
    belated_until: Days = 30


class MeetingSettings(OccasionSettings):
    """The note follows on the next day, not on one's heels, and not after each of two meetings."""

    delay: Days = 1
    cooldown: Days = 7


class QuietSettings(OccasionSettings):
    """Off unless the owner wants it: a silence may have its reasons."""

    enabled: bool = False
    ahead: Days = 0
    on_time_until: Days = 14
    cooldown: Days = 180


class Occasions(Section):
    """One table for each occasion; a plugin's occasion may stand here too."""

    model_config = ConfigDict(extra="allow", frozen=True)
    __pydantic_extra__: dict[str, OccasionSettings]

    birthday: BirthdaySettings = BirthdaySettings()
    order: OrderSettings = OrderSettings()
    referral: ReferralSettings = ReferralSettings()
    meeting: MeetingSettings = MeetingSettings()
    quiet: QuietSettings = QuietSettings()

    def by_name(self) -> dict[str, OccasionSettings]:
        """Return every occasion's settings, ours first."""
        ours = {name: getattr(self, name) for name in type(self).model_fields}
        return ours | (self.__pydantic_extra__ or {})
