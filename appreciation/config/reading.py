"""Finding and reading the settings file; what is wrong with it is told in plain words."""

import json
import os
import re
import tomllib
from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails
from pydantic_settings.exceptions import SettingsError

from appreciation.config.occasions import Occasions, OccasionSettings
from appreciation.config.sections import PREFIX, Config, Delivery
from appreciation.config.values import Section
from appreciation.errors import ConfigError

# What stands in the place of an error besides the keys that a person wrote.
_PYDANTICS = re.compile(r"\[key\]$|function-\w+\[")


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
    for name, table in (
        ("delivery.smtp", data.get("delivery", {}).get("smtp", {})),
        ("bounces", data.get("bounces", {})),
    ):
        if isinstance(table, Mapping) and "password" in table:
            raise ConfigError(
                f"{path}: {name}.password does not belong into this file",
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
    key = ".".join(part for part in map(str, broken["loc"]) if not _PYDANTICS.match(part))
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
    if not key:
        # A rule about several tables names its key itself.
        return ConfigError(f"{path}: {told}", mend="see config.example.toml")
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
