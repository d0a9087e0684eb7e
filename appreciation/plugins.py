"""The door for plugins: ours, and those that other distributions bring."""

from collections.abc import Mapping
from difflib import get_close_matches
from importlib.metadata import EntryPoint, entry_points
from typing import TypeVar

from appreciation.errors import UnknownPlugin

T = TypeVar("T")


def pick(kind: str, name: str, built_in: Mapping[str, T]) -> T:
    """Return the plugin of ``kind`` that the settings call ``name``.

    A distribution adds one under the entry point group ``appreciation.KIND``.
    Ours win a clash of names, so that installing a package can never quietly
    change where notes go.

    Raises:
        UnknownPlugin: neither we nor any installed distribution has it.
    """
    if name in built_in:
        return built_in[name]
    others = {point.name: point for point in _others(kind)}
    if name not in others:
        known = ", ".join(sorted({*built_in, *others}))
        near = get_close_matches(name, {*built_in, *others}, n=1)
        mend = f"did you mean {near[0]!r}?" if near else f"write one of: {known}"
        raise UnknownPlugin(f"no {kind} plugin is called {name!r}", mend=mend)
    plugin: T = others[name].load()
    return plugin


def names(kind: str, built_in: Mapping[str, T]) -> list[str]:
    """Return what :func:`pick` knows of ``kind``: ours first, then the others by name."""
    return [*built_in, *sorted({point.name for point in _others(kind)} - set(built_in))]


def _others(kind: str) -> list[EntryPoint]:
    return list(entry_points(group=f"appreciation.{kind}"))
