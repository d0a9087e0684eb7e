"""For each occasion: whether, when and how it is written about."""

from datetime import date, time
from typing import Annotated, Literal, Self

from pydantic import (
    ConfigDict,
    Field,
    PrivateAttr,
    StringConstraints,
    field_validator,
    model_validator,
)

from appreciation.config.values import (
    EVERYBODY,
    NOBODY,
    Channel,
    Country,
    Customers,
    Days,
    Language,
    Section,
    TimeOfDay,
)
from appreciation.dates import FIRST_YEAR, utc_now

_A_YEAR = 365
# Once is no round number.
_FEWEST = 2
# It becomes a part of what a note is found by, and a variant that templates name.
DayName = Annotated[str, StringConstraints(pattern=r"^[\w-]+$")]


class OccasionSettings(Section):
    """When and how one occasion is written about.

    ``on_time_until`` and ``belated_until`` count from the start of the local
    day on which the note is due: ``1d`` is that day itself. ``lead`` is how
    long before it a card should be there.
    """

    enabled: bool = True
    by: Literal["email", "post", "post-or-email", "email-or-post"] = "email"
    approve: Literal["ask", "auto"] = "ask"
    send_at: TimeOfDay = time(9)
    ahead: Days = 7
    delay: Days = 0
    lead: Days = 0
    on_time_until: Days = 7
    belated_until: Days = 14
    cooldown: Days = 0
    one_per_home: bool = False
    to: Customers = EVERYBODY
    card_to: Customers = NOBODY

    def of(self, language: str, country: str) -> Self:  # noqa: ARG002 - few need to know
        """Return these settings for a business of this language and country."""
        return self

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


class YearlySettings(OccasionSettings):
    """What comes round each year: one year's note is over and done before the next one's begins."""

    @model_validator(mode="after")
    def _is_over_within_a_year(self) -> "YearlySettings":
        days = self.ahead + self.lead + self.delay + self.belated_until
        if days >= _A_YEAR:
            raise ValueError(
                f"ahead, lead, delay and belated_until make {days} days: "
                "the note of one year would meet that of the next; make them shorter"
            )
        if self.cooldown >= _A_YEAR:
            raise ValueError(
                f"cooldown ({self.cooldown}d) would keep each year's note from the next year's; "
                "make it shorter than a year"
            )
        return self


class BirthdaySettings(YearlySettings):
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


class AnniversarySettings(YearlySettings):
    """A year since the first order is not as strict as a birthday."""

    on_time_until: Days = 3
    belated_until: Days = 10


class MilestoneSettings(OccasionSettings):
    """``at`` which numbers of orders; ``weekly``: and after a year with one in every week."""

    delay: Days = 2
    on_time_until: Days = 14
    belated_until: Days = 30
    at: tuple[int, ...] = (10, 50, 100)
    weekly: bool = True

    @field_validator("at")
    @classmethod
    def _are_numbers_to_celebrate(cls, at: tuple[int, ...]) -> tuple[int, ...]:
        small = [number for number in at if number < _FEWEST]
        if small:
            raise ValueError(f"{small[0]} is no milestone; write numbers of orders from 2 on")
        twice = [number for number in at if at.count(number) > 1]
        if twice:
            raise ValueError(f"{twice[0]} stands there twice; write each number once")
        return tuple(sorted(at))


class DateSettings(YearlySettings):
    """Like a birthday; only ``tell_years`` lets a note say how long a marriage has lasted."""

    on_time_until: Days = 1
    belated_until: Days = 5
    tell_years: bool = False


class OwnDay(Section):
    """A day of the owner's own, each year: ``on`` is month and day, 12-31.

    To those of ``countries`` and ``languages``, or of all where none is named.
    ``since`` a year it is also the anniversary of something.
    """

    on: str
    countries: tuple[Country, ...] = ()
    languages: tuple[Language, ...] = ()
    since: int | None = None

    @property
    def month_day(self) -> int:
        """Month times a hundred plus the day: 412 is 12 April."""
        month, day = self.on.split("-")
        return int(month) * 100 + int(day)

    @field_validator("on")
    @classmethod
    def _is_a_day(cls, on: str) -> str:
        leap_year = 2000
        try:
            day = date.fromisoformat(f"{leap_year}-{on}")
        except ValueError as error:
            wrong = f"{on!r} is no day of the year; write month and day like 12-31"
            raise ValueError(wrong) from error
        return f"{day:%m-%d}"

    @field_validator("countries")
    @classmethod
    def _are_countries(cls, countries: tuple[str, ...]) -> tuple[str, ...]:
        from babel import Locale

        for each in countries:
            if each not in Locale("en").territories:
                raise ValueError(f"there is no country {each!r}; write two letters like DE or US")
        return countries

    @field_validator("languages")
    @classmethod
    def _are_languages(cls, languages: tuple[str, ...]) -> tuple[str, ...]:
        from babel import Locale, UnknownLocaleError

        for each in languages:
            try:
                Locale.parse(each, sep="-")
            except (UnknownLocaleError, ValueError) as error:
                raise ValueError(
                    f"{each!r} is no language; write it like en, de or pt-BR"
                ) from error
        return languages

    @field_validator("since")
    @classmethod
    def _is_past(cls, since: int | None) -> int | None:
        this_year = utc_now().year
        if since is not None and not FIRST_YEAR <= since <= this_year:
            raise ValueError(f"{since} is no year from {FIRST_YEAR} to {this_year}")
        return since


class OwnDaySettings(YearlySettings):
    """Nothing is written before the owner names a day."""

    on_time_until: Days = 2
    belated_until: Days = 7
    one_per_home: bool = True
    days: dict[DayName, OwnDay] = Field(default_factory=dict)

    # What customers speak and where they live of whom nothing else is known.
    _home_language: str = PrivateAttr("en")
    _home_country: str = PrivateAttr("")

    def of(self, language: str, country: str) -> Self:
        """Return these settings for a business of this language and country."""
        mine = self.model_copy()
        mine._home_language, mine._home_country = language, country  # noqa: SLF001 - our own
        return mine

    @property
    def home_language(self) -> str:
        """What a customer speaks of whom nothing else is known."""
        return self._home_language

    @property
    def home_country(self) -> str:
        """Where a customer lives of whom nothing else is known; empty where nobody said."""
        return self._home_country


class Occasions(Section):
    """One table for each occasion; a plugin's occasion may stand here too."""

    model_config = ConfigDict(extra="allow", frozen=True)
    __pydantic_extra__: dict[str, OccasionSettings]

    birthday: BirthdaySettings = BirthdaySettings()
    order: OrderSettings = OrderSettings()
    referral: ReferralSettings = ReferralSettings()
    meeting: MeetingSettings = MeetingSettings()
    quiet: QuietSettings = QuietSettings()
    anniversary: AnniversarySettings = AnniversarySettings()
    milestone: MilestoneSettings = MilestoneSettings()
    date: DateSettings = DateSettings()
    own_day: OwnDaySettings = OwnDaySettings()

    def by_name(self) -> dict[str, OccasionSettings]:
        """Return every occasion's settings, ours first."""
        ours = {name: getattr(self, name) for name in type(self).model_fields}
        return ours | (self.__pydantic_extra__ or {})
