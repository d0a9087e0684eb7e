"""The tables of the settings file, each key with its default."""

import os
import re
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import quote, unquote

from pydantic import (
    ConfigDict,
    Field,
    PlainSerializer,
    SecretStr,
    create_model,
    model_validator,
)
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from appreciation.config.digest import Digest
from appreciation.config.occasions import Occasions
from appreciation.config.ping import Ping
from appreciation.config.post import Post
from appreciation.config.values import (
    Country,
    Currency,
    Days,
    Email,
    Language,
    OneLine,
    Section,
    Zone,
)
from appreciation.dates import LeapDay

PREFIX = "APPRECIATION_"


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
    leap_day: LeapDay = "feb28"
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


# What is dearer comes first: a birthday comes once a year.
RANK = (
    *("birthday", "date", "anniversary", "milestone", "referral", "meeting", "order"),
    *("own_day", "quiet"),
)


class Tact(Section):
    """How much is too much: notes ``per_month`` (0: any number), and due ``together``.

    ``mourning`` is how long a home is left in peace where somebody has died.
    """

    per_month: int = Field(default=3, ge=0, le=31)
    together: Annotated[Days, Field(le=14)] = 1
    mourning: Annotated[Days, Field(le=365)] = 60
    rank: tuple[str, ...] = RANK

    @model_validator(mode="after")
    def _names_each_once(self) -> "Tact":
        twice = [name for name in self.rank if self.rank.count(name) > 1]
        if twice:
            raise ValueError(f"rank names {twice[0]!r} twice: each occasion has one place")
        return self

    def order(self, occasion: str) -> int:
        """Return the place of ``occasion``, 0 the dearest; what is not named comes last."""
        return self.rank.index(occasion) if occasion in self.rank else len(self.rank)


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
    post: Post = Post()
    bounces: Bounces = Bounces()
    occasions: Occasions = Occasions()
    tact: Tact = Tact()
    value: ValueSettings = ValueSettings()
    digest: Digest = Digest()
    ping: Ping = Ping()

    _path: Path = Path("config.toml")

    @model_validator(mode="after")
    def _ranks_occasions_that_are_there(self) -> "Config":
        known = self.occasions.by_name()
        for name in self.tact.rank:
            if name not in known:
                raise ValueError(
                    f"tact.rank: no occasion is called {name!r}; there are {', '.join(known)}"
                )
        return self

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
