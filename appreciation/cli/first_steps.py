"""The first questions, the settings file that comes of them, and how it is shown."""

import json
from collections.abc import Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import Any

import typer

from appreciation.config.reading import parse, written
from appreciation.errors import AppreciationError, ConfigError, NotUnderstood
from appreciation.shipped import shipped

_QUESTIONS = {
    "name": "What is your business called?",
    "signer": "Who signs the notes?",
    "email": "Which email address do they come from?",
    "timezone": "Which time zone are you in?",
    "language": "Which language do you write in?",
    "country": "Which country are you in (two letters)?",
    "address": "Your address, for envelopes (one line, parts divided by commas)?",
    "currency": "Which currency do you sell in?",
}


def answers(named: Mapping[str, str | None], *, ask: bool) -> dict[str, str]:
    """Return what was ``named``, the rest from the person or, where nobody is asked, by default.

    Raises:
        NotUnderstood: name, signer or email is missing and nobody can be asked.
    """
    given: dict[str, str] = {}
    for key, question in _QUESTIONS.items():
        value = named[key]
        if value is None and ask:
            value = typer.prompt(
                question,
                default=_default(key, given),
                value_proc=partial(_answer, key),
                prompt_suffix=" ",
                err=True,
            )
        if value is None:
            value = _default(key, given)
        if value is None:
            raise NotUnderstood(
                f"--{key} is missing", mend="appreciation init --name ... --signer ... --email ..."
            )
        given[key] = value.strip()
    return given


def _answer(key: str, said: str) -> str:
    """Return an answer as the file holds it; one that breaks a rule is asked for again."""
    try:
        return _clean(key, said.strip().replace(", ", "\n") if key == "address" else said.strip())
    except NotUnderstood as error:
        raise typer.BadParameter(str(error).removeprefix(f"--{key}: ")) from error


def _clean(key: str, said: str) -> str:
    """Return a value of [business] as the settings keep it."""
    sample = {"name": "A", "signer": "B", "email": "c@example.org"}
    try:
        business = parse({"business": {**sample, key: said}}, Path("answer")).business
    except ConfigError as error:
        wrong = str(error).partition(f"business.{key}: ")[2]
        raise NotUnderstood(f"--{key}: {wrong}", mend="appreciation init --help") from error
    return str(getattr(business, key))


def write_settings(path: Path, business: Mapping[str, str]) -> None:
    """Write the settings file at ``path``, from the example that we ship, whole or not at all.

    Raises:
        NotUnderstood: an answer breaks a rule.
        AppreciationError: the file cannot be written.
    """
    clean = {key: _clean(key, value) for key, value in business.items()}
    text = written(shipped("config.example.toml").read_text(encoding="utf-8"), clean)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        # "x": another init may have been quicker, and nothing is ever overwritten.
        with path.open("x", encoding="utf-8") as file:
            file.write(text)
    except OSError as error:
        raise AppreciationError(
            f"{path} cannot be written: {error.strerror}", mend="go to a folder of your own"
        ) from error


def as_toml(data: Mapping[str, Any], table: str = "") -> str:
    """Return settings as the file would hold them."""
    return "\n".join(_toml_lines(data, table))


def _toml_lines(data: Mapping[str, Any], table: str) -> Iterator[str]:
    plain = {key: value for key, value in data.items() if not isinstance(value, dict)}
    if plain:
        yield f"\n[{table}]"
    for key, value in plain.items():
        if value is not None:
            yield f"{key} = {json.dumps(value, ensure_ascii=False)}"
    for key, value in data.items():
        if isinstance(value, dict):
            yield from _toml_lines(value, f"{table}.{key}" if table else key)


def _default(key: str, given: Mapping[str, str]) -> str | None:
    if key == "timezone":
        return _zone_of_this_machine()
    if key == "currency":
        return _currency_of(given.get("country", ""))
    return {"language": "en", "country": "", "address": ""}.get(key)


def _zone_of_this_machine() -> str:
    from tzlocal import get_localzone_name

    try:
        return str(get_localzone_name() or "UTC")
    except (LookupError, ValueError, OSError):
        return "UTC"


def _currency_of(country: str) -> str:
    from babel.numbers import get_territory_currencies

    used = get_territory_currencies(country.upper()) if country else []
    return str(used[0]) if used else "EUR"
