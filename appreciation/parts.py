"""The parts that the settings ask for: the only place that picks implementations."""

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path

from appreciation import delivery, occasions
from appreciation.config.sections import Config
from appreciation.delivery.base import Backend, Sender
from appreciation.delivery.imap import ImapFolder
from appreciation.delivery.mailboxes import Mailbox, OnThisMachine
from appreciation.delivery.passwords import Password
from appreciation.errors import AppreciationError, ConfigError
from appreciation.plugins import pick
from appreciation.shipped import shipped
from appreciation.stages.finding import Finder
from appreciation.words.wordings import Wordings


def backends(config: Config) -> dict[str, Backend]:
    """Return the backends that carry emails and cards, by name.

    Raises:
        UnknownPlugin: one is set that nobody has.
        ConfigError: it carries something else, or its settings are wrong.
    """
    made = {
        name: _backend(config, name, channel)
        for channel, name in (("email", config.delivery.email), ("post", config.delivery.post))
    }
    # A misspelt table would be ignored without a word.
    for name in config.delivery.__pydantic_extra__ or {}:
        with _told_of(config, f"delivery.{name}"):
            pick("delivery", name, delivery.BUILT_IN)
    return made


def finders(config: Config) -> list[Finder]:
    """Return the occasions that are looked for.

    Raises:
        UnknownPlugin: one is set that nobody has.
    """
    return [_finder(config, name) for name in config.occasions.by_name()]


def mailbox(config: Config) -> Mailbox | None:
    """Return where mails that came back are found; None where nothing is set."""
    bounces = config.bounces
    if bounces.mailbox is not None:
        return OnThisMachine(config.resolve(bounces.mailbox))
    if not bounces.host:
        return None
    file = bounces.password_file
    return ImapFolder(
        host=bounces.host,
        port=bounces.port,
        security=bounces.security,
        user=bounces.user,
        password=Password(bounces.password, file and config.resolve(file)),
        folder=bounces.folder,
    )


def wordings(config: Config) -> Wordings:
    """Return the owner's wordings, ours behind them.

    Raises:
        ConfigError: the owner's folder is there and cannot be read: nobody
            should get our words for theirs without a sign.
    """
    owners = config.resolve(config.templates.folder)
    if os.path.lexists(owners) and not (owners.is_dir() and os.access(owners, os.R_OK | os.X_OK)):
        raise ConfigError(
            f"the templates folder {owners} cannot be read",
            mend="make it a folder of yours, or name another one under [templates]",
        )
    return Wordings([owners, shipped("templates")])


@contextlib.contextmanager
def _told_of(config: Config, key: str) -> Iterator[None]:
    """Name the setting that brought a part into trouble."""
    try:
        yield
    except AppreciationError as error:
        raise ConfigError(f"{config.path}: {key}: {error}", mend=error.mend) from error


def _finder(config: Config, name: str) -> Finder:
    business = config.business
    settings = config.occasions.by_name()[name].of(business.language, business.country)
    with _told_of(config, f"occasions.{name}"):
        return Finder(name, pick("occasions", name, occasions.BUILT_IN)(settings), settings)


def _backend(config: Config, name: str, channel: str) -> Backend:
    with _told_of(config, f"delivery.{channel}"):
        kind = pick("delivery", name, delivery.BUILT_IN)
    if kind.channel != channel:
        raise ConfigError(
            f"{config.path}: delivery.{channel} cannot be {name!r}, which carries {kind.channel}",
            mend=f"see delivery.{channel} in config.example.toml",
        )
    table = getattr(config.delivery, name, {})
    settings = table if isinstance(table, dict) else dict(table)
    paths = {
        key: config.resolve(value) for key, value in settings.items() if isinstance(value, Path)
    }
    business = config.business
    sender = Sender(
        name=business.name,
        signer=business.signer,
        email=business.email,
        address=business.address,
        country=business.country,
        language=business.language,
        timezone=business.timezone,
    )
    with _told_of(config, f"delivery.{name}"):
        return kind(sender, **{**settings, **paths})
