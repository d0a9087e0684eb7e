"""The tables of the settings file, each key with its default."""

import os
import re
from datetime import time
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import quote, unquote

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    PlainSerializer,
    SecretStr,
    create_model,
    model_validator,
)
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from appreciation.config.values import (
    EVERYBODY,
    NOBODY,
    Channel,
    Country,
    Currency,
    Customers,
    Days,
    Email,
    Language,
    OneLine,
    Zone,
)

PREFIX = "APPRECIATION_"


class Section(BaseModel):
    """A table of the settings file; a key it does not know is an error."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Business(Section):
    """Who writes."""

    name: OneLine
    signer: OneLine
    email: Email
    timezone: Zone = "UTC"
    language: Language = "en"
    country: Country = ""
    address: str = ""
    currency: Currency = "EUR"
    formality: Literal["informal", "formal", "customary"] = "customary"
    health: bool = False


def _without_password(url: str) -> str:
    return re.sub(r"(//[^/@:]*):[^/@]*@", r"\1:***@", url)


class StoreSettings(Section):
    """Where everything is kept."""

    url: Annotated[str, PlainSerializer(_without_password)] = "sqlite:///appreciation.db"


class Backup(Section):
    """Dated copies of the store."""

    folder: Path = Path("backups")
    keep: int = Field(default=14, ge=1)
    daily: bool = True


class TemplateSettings(Section):
    """The owner's own wordings; ours stand behind them."""

    folder: Path = Path("templates")


class Outbox(Section):
    """Emails as files."""

    folder: Path = Path("outbox")


class Smtp(Section):
    """The owner's own mail server."""

    host: str = ""
    port: int = Field(default=587, ge=1, le=65535)
    security: Literal["starttls", "tls", "none"] = "starttls"
    user: str = ""
    password: SecretStr = SecretStr("")
    password_file: Path | None = None
    connections: int = Field(default=2, ge=1, le=20)
    timeout_seconds: int = Field(default=60, ge=1)


class Print(Section):
    """Cards, envelopes and labels from the owner's own printer."""

    folder: Path = Path("print")
    card: str = "a6"
    envelope: str = "dl"
    labels: str = ""
    hand: str = "Caveat"
    ink: str = "night blue"
    vary: bool = True
    signature: Path | None = None
    picture: str = ""
    pictures: Path = Path("templates")
    duplex: Literal["off", "long-edge", "short-edge"] = "long-edge"
    bleed: float = Field(default=0, ge=0, le=10)
    printer: str = ""
    stocks: Path = Path("stocks.toml")
    calibration: Path = Path("calibration.toml")
    print_day: Literal[
        "any", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"
    ] = "any"


class Delivery(Section):
    """Which backend carries what, and how each is set up; a plugin's table may stand here too."""

    model_config = ConfigDict(extra="allow", frozen=True)
    __pydantic_extra__: dict[str, dict[str, Any]]

    email: str = "outbox"
    post: str = "print"
    outbox: Outbox = Outbox()
    smtp: Smtp = Smtp()
    print: Print = Print()


class Bounces(Section):
    """Where mails that came back are found: an mbox file, a Maildir folder, or an IMAP server."""

    mailbox: Path | None = None
    host: str = ""
    port: int = Field(default=993, ge=1, le=65535)
    security: Literal["tls", "starttls", "none"] = "tls"
    user: str = ""
    password: SecretStr = SecretStr("")
    password_file: Path | None = None
    folder: OneLine = "INBOX"

    @model_validator(mode="after")
    def _is_one_place(self) -> "Bounces":
        if self.mailbox is not None and self.host:
            raise ValueError("mailbox and host are set: name the one that is to be read")
        return self


class ImportSettings(Section):
    """Files that are taken in by themselves: put one into the folder ``watch``."""

    watch: Path | None = None


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


class ValueSettings(Section):
    """How money is counted where it is told what a customer is worth; conventions, not findings."""

    margin: float = Field(default=0.6, gt=0, le=1)
    years: int = Field(default=5, ge=1, le=20)
    discount: float = Field(default=0.1, ge=0, le=1)
    passed_up: float = Field(default=0.2, ge=0, lt=1)
    anyway: float = Field(default=0.0, ge=0, le=1)
    decay: float = Field(default=0.5, ge=0, lt=1)


# "import" is a word of Python's own, so this table cannot be declared like the others.
_IMPORT: dict[str, Any] = {"import": (ImportSettings, ImportSettings())}
_Importing = create_model("_Importing", __base__=BaseSettings, **_IMPORT)


class Config(_Importing):
    """The settings file, whole."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX, env_nested_delimiter="__", extra="forbid", frozen=True
    )

    business: Business
    store: StoreSettings = StoreSettings()
    backup: Backup = Backup()
    templates: TemplateSettings = TemplateSettings()
    delivery: Delivery = Delivery()
    bounces: Bounces = Bounces()
    occasions: Occasions = Occasions()
    value: ValueSettings = ValueSettings()

    _path: Path = Path("config.toml")

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],  # noqa: ARG003 - the hook's signature
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003 - the hook's signature
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003 - the hook's signature
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Let the environment win over the file."""
        return env_settings, init_settings

    @property
    def watch(self) -> Path | None:
        """The folder whose files are taken in by themselves."""
        watch: Path | None = getattr(self, "import").watch
        return watch and self.resolve(watch)

    @property
    def path(self) -> Path:
        """Where these settings were read."""
        return self._path

    def resolve(self, path: Path) -> Path:
        """Return ``path`` as the owner means it: relative to the settings file."""
        return Path(os.path.normpath(self._path.parent / path))

    @property
    def store_url(self) -> str:
        """The store's URL, an SQLite file's path made absolute."""
        scheme, slashes, rest = self.store.url.partition(":///")
        file, mark, options = rest.partition("?")
        if not scheme.startswith("sqlite") or not file or file == ":memory:":
            return self.store.url
        # A folder may be called "100 % natural?".
        path = quote(str(self.resolve(Path(unquote(file)))), safe="/:\\")
        return f"{scheme}{slashes}{path}{mark}{options}"
