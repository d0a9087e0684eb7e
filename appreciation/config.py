"""What the owner may set: one TOML file, every key also from the environment."""

import json
import os
import re
import tomllib
from collections.abc import Collection, Iterator, Mapping
from datetime import time
from difflib import get_close_matches
from functools import partial
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainSerializer,
    SecretStr,
    ValidationError,
    model_validator,
)
from pydantic_core import ErrorDetails
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict
from pydantic_settings.exceptions import SettingsError

from appreciation.dates import parse_zone
from appreciation.errors import AppreciationError, ConfigError

PREFIX = "APPRECIATION_"


def _days(value: object) -> int:
    """Read ``5d`` or ``2w``; a number alone would not say of what."""
    text = str(value).strip()
    unit = {"d": 1, "w": 7}.get(text[-1:])
    if unit is None or not text[:-1].isdecimal():
        raise ValueError(f"{text!r} is no time in days; write it like 5d or 2w")
    return int(text[:-1]) * unit


def _zone(value: str) -> str:
    try:
        return parse_zone(value)
    except AppreciationError as error:
        raise ValueError(f"{error}; {error.mend}") from error


def email_address(text: str) -> str:
    """Return ``text`` as an address that can be written to.

    Raises:
        ValueError: it is none; the sentence holds the address and the reason.
    """
    from email_validator import EmailNotValidError, validate_email

    try:
        return validate_email(
            text.strip(), check_deliverability=False, test_environment=True
        ).normalized
    except EmailNotValidError as error:
        raise ValueError(f"{text!r} is no email address: {error}") from error


def _plain_address(text: str) -> str:
    """Return the business's own address; every server must take it."""
    address = email_address(text)
    if not address.rpartition("@")[0].isascii():
        raise ValueError(f"{text!r} has letters before the @ that not every server takes")
    return address


def _one_line(text: str) -> str:
    if not str(text).strip() or len(str(text).splitlines()) > 1:
        raise ValueError(f"{text!r} must be one line of words")
    return str(text).strip()


def _code(otherwise: str, lengths: Collection[int], text: str) -> str:
    """Return ``text`` as a code of capitals of one of ``lengths``."""
    code = str(text).strip().upper()
    if len(code) not in lengths or not ((code.isascii() and code.isalpha()) or not code):
        raise ValueError(f"{text!r} is {otherwise}")
    return code


def _language(text: str) -> str:
    if not re.fullmatch("[a-z]{2,3}(-[A-Za-z]{2,4})?", str(text)):
        raise ValueError(f"{text!r} is no language; write it like en or en-GB")
    return text


Days = Annotated[int, BeforeValidator(_days), PlainSerializer(lambda days: f"{days}d")]
Zone = Annotated[str, BeforeValidator(_zone)]
Email = Annotated[str, BeforeValidator(_plain_address)]
Country = Annotated[str, BeforeValidator(partial(_code, "no country; write it like DE", (0, 2)))]
Currency = Annotated[str, BeforeValidator(partial(_code, "no currency; write it like EUR", (3,)))]
Language = Annotated[str, BeforeValidator(_language)]
OneLine = Annotated[str, BeforeValidator(_one_line)]
Channel = Literal["email", "post"]


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


def _without_password(url: str) -> str:
    return re.sub(r"(//[^/@:]*):[^/@]*@", r"\1:***@", url)


class StoreSettings(Section):
    """Where everything is kept."""

    url: Annotated[str, PlainSerializer(_without_password)] = "sqlite:///appreciation.db"


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
    """Cards and envelopes from the owner's own printer."""

    folder: Path = Path("print")
    card: str = "a6"
    envelope: str = "dl"
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
    """A birthday is late on the next day."""

    on_time_until: Days = 1
    belated_until: Days = 5


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


class Occasions(Section):
    """One table for each occasion; a plugin's occasion may stand here too."""

    model_config = ConfigDict(extra="allow", frozen=True)
    __pydantic_extra__: dict[str, OccasionSettings]

    birthday: BirthdaySettings = BirthdaySettings()
    order: OrderSettings = OrderSettings()
    referral: ReferralSettings = ReferralSettings()
    meeting: MeetingSettings = MeetingSettings()

    def by_name(self) -> dict[str, OccasionSettings]:
        """Return every occasion's settings, ours first."""
        ours = {name: getattr(self, name) for name in type(self).model_fields}
        return ours | (self.__pydantic_extra__ or {})


class Config(BaseSettings):
    """The settings file, whole."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX, env_nested_delimiter="__", extra="forbid", frozen=True
    )

    business: Business
    store: StoreSettings = StoreSettings()
    templates: TemplateSettings = TemplateSettings()
    delivery: Delivery = Delivery()
    occasions: Occasions = Occasions()

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
    def path(self) -> Path:
        """Where these settings were read."""
        return self._path

    def resolve(self, path: Path) -> Path:
        """Return ``path`` as the owner means it: relative to the settings file."""
        return Path(os.path.normpath(self._path.parent / path))

    @property
    def store_url(self) -> str:
        """The store's URL, an SQLite file's path made absolute."""
        scheme, slashes, file = self.store.url.partition(":///")
        if not scheme.startswith("sqlite") or not file or file == ":memory:":
            return self.store.url
        return f"{scheme}{slashes}{self.resolve(Path(file))}"


def find(given: Path | None = None) -> Path:
    """Return where the settings file should be: as ``given``, by environment, here, or at home.

    Where there is none anywhere, the answer is ``config.toml`` in this folder.
    """
    from platformdirs import user_config_path

    if given is not None:
        return given
    if named := os.environ.get(f"{PREFIX}CONFIG"):
        return Path(named)
    here = Path("config.toml")
    at_home = user_config_path("appreciation") / "config.toml"
    return at_home if not here.exists() and at_home.exists() else here


def load(path: Path) -> Config:
    """Read the settings at ``path``.

    Raises:
        ConfigError: the file is missing, is not TOML, or breaks a rule. The
            first broken rule is named with the key that it stands under.
    """
    config = parse(_read(path), path)
    config._path = path.absolute()  # noqa: SLF001 - a private attribute of our own model
    return config


def parse(data: Mapping[str, Any], path: Path) -> Config:
    """Check ``data``, read at ``path`` or about to be written there.

    Raises:
        ConfigError: the first broken rule, with the key that it stands under.
    """
    if "password" in data.get("delivery", {}).get("smtp", {}):
        raise ConfigError(
            f"{path}: delivery.smtp.password does not belong into this file",
            mend="put it into a file, and name that one as password_file",
        )
    try:
        return Config(**data)
    except ValidationError as error:
        # A misspelt name explains the one that is missing, so it is told first.
        told = sorted(error.errors(), key=lambda broken: broken["type"] != "extra_forbidden")
        raise _in_plain_words(path, data, told[0]) from error
    except SettingsError as error:
        section = "".join(re.findall(r'field "(\w+)"', str(error))).upper()
        raise ConfigError(
            f"{PREFIX}{section} in the environment sets a whole table",
            mend=f"set one key of it, like {PREFIX}{section}__KEY",
        ) from error


def written(example: str, business: Mapping[str, str]) -> str:
    """Return the text of ``example`` with the values of ``business`` in its first table."""
    head, table, rest = example.partition("[business]\n")
    mine, empty, rest = rest.partition("\n\n")
    lines = []
    for line in mine.splitlines():
        key, _, old = line.partition(" = ")
        # Quoted like JSON, a string is TOML too; the remark behind it stays.
        remark = old[old.rindex('"') + 1 :]
        lines.append(f"{key} = {json.dumps(business.get(key, ''), ensure_ascii=False)}{remark}")
    return head + table + "\n".join(lines) + empty + rest


def unknown_environment(environ: Mapping[str, str]) -> dict[str, str]:
    """Return each ``APPRECIATION_`` name that sets nothing, with the nearest that would."""
    known = [f"{PREFIX}CONFIG", *(f"{PREFIX}{key.upper()}" for key in keys(Config))]
    return {
        name: next(iter(get_close_matches(name, known, n=1)), "")
        for name in environ
        if name.startswith(PREFIX) and name not in known and not _is_a_plugins(name)
    }


def _is_a_plugins(name: str) -> bool:
    section, _, rest = name.removeprefix(PREFIX).partition("__")
    table = rest.partition("__")[0].lower()
    both: dict[str, type[Section]] = {"DELIVERY": Delivery, "OCCASIONS": Occasions}
    open_to = both.get(section)
    return open_to is not None and "__" in rest and table not in open_to.model_fields


def keys(model: type[BaseModel], prefix: str = "") -> Iterator[str]:
    """Yield the name of every setting of ``model``, as the environment writes it, in lower case."""
    for name, field in model.model_fields.items():
        if isinstance(field.annotation, type) and issubclass(field.annotation, BaseModel):
            yield from keys(field.annotation, f"{prefix}{name}__")
        else:
            yield prefix + name


def _read(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise ConfigError(f"there is no {path}", mend="appreciation init") from error
    except UnicodeDecodeError as error:
        raise ConfigError(f"{path} is not UTF-8 text", mend="save it as UTF-8") from error
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"{path} is not TOML: {error}", mend="see config.example.toml") from error
    except OSError as error:
        raise ConfigError(
            f"{path} cannot be read: {error.strerror}", mend="check that the file is yours"
        ) from error


def _in_plain_words(path: Path, data: Mapping[str, Any], broken: ErrorDetails) -> ConfigError:
    key = ".".join(str(part) for part in broken["loc"])
    if broken["type"] == "extra_forbidden" and not _is_in(data, broken["loc"]):
        name = PREFIX + key.upper().replace(".", "__")
        meant = unknown_environment({name: ""}).get(name)
        return ConfigError(
            f"{name} in the environment sets nothing",
            mend=f"did you mean {meant}?" if meant else "remove it",
        )
    if broken["type"] == "extra_forbidden":
        near = get_close_matches(str(broken["loc"][-1]), _siblings(broken["loc"]), n=1)
        mend = f"did you mean {near[0]!r}?" if near else "see config.example.toml"
        return ConfigError(f"{path}: there is no setting {key!r}", mend=mend)
    if broken["type"] == "missing":
        return ConfigError(f"{path}: {key} is missing", mend="see config.example.toml")
    name = PREFIX + key.upper().replace(".", "__")
    told = broken["msg"].removeprefix("Value error, ")
    value = broken["input"]
    if isinstance(value, str | int | float | bool) and repr(value) not in told:
        told = f"{value!r}: {told}"
    if name in os.environ:
        return ConfigError(f"{name} in the environment: {told}", mend=f"change or unset {name}")
    return ConfigError(f"{path}: {key}: {told}", mend=f"change {key}, see config.example.toml")


def _is_in(data: Mapping[str, Any], loc: tuple[str | int, ...]) -> bool:
    for part in loc:
        if not isinstance(data, Mapping) or str(part) not in data:
            return False
        data = data[str(part)]
    return True


def _siblings(loc: tuple[str | int, ...]) -> list[str]:
    model: type[BaseModel] = Config
    for part in loc[:-1]:
        field = model.model_fields.get(str(part))
        if field is None or not isinstance(field.annotation, type):
            return list(OccasionSettings.model_fields)
        model = field.annotation
    return list(model.model_fields)
