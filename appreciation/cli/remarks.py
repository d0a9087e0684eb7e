"""What a person should look at once more after a customer was added or changed."""

from collections.abc import Collection
from typing import Any

from appreciation.app import Appreciation
from appreciation.cli.door import say

Shape = dict[str, Any]


def on_customer(shape: Shape, app: Appreciation) -> None:
    """Say what looks odd about a new customer."""
    _suppressed(shape)
    _name(shape)
    _language(shape, app)


def on_edit(
    shape: Shape, app: Appreciation, fields: Collection[str], suppressed: str | None
) -> None:
    """Say what looks odd about the ``fields`` that were changed.

    ``suppressed`` is the email that was not written to before, if there was one.
    """
    if suppressed and suppressed == shape["email"] and not shape["suppressed"]:
        say(f"{suppressed} is written to again; what failed: appreciation note retry ID")
    if "email" in fields:
        _suppressed(shape)
    if {"name", "kind", "call_name"} & {*fields}:
        _name(shape)
    if "language" in fields:
        _language(shape, app)


def _suppressed(shape: Shape) -> None:
    if shape["suppressed"]:
        say(f"look once more: {shape['email']} is not written to: {shape['suppressed']}")
        say(f"if it works again: appreciation customer edit {shape['id']} --email {shape['email']}")


def _name(shape: Shape) -> None:
    flags = shape["doubts"]
    for flag in flags:
        say(f"look once more: {shape['name']} {flag}")
    if flags:
        say(f'a note would open "{shape["greeting"]}"; to change that:')
        say(f"appreciation customer edit {shape['id']} {_answer(flags)}")


def _answer(flags: Collection[str]) -> str:
    """Return what to type where these ``flags`` are right."""
    if "looks like a company" in flags:
        return "--kind company"
    if {"looks like a household", "names two people"} & {*flags}:
        return "--kind household, or --call-name ..."
    return "--call-name ..."


def _language(shape: Shape, app: Appreciation) -> None:
    spoken = app.wordings.languages()
    if not {shape["language"], shape["language"].partition("-")[0]} & {*spoken}:
        say(f"look once more: there are no wordings in {shape['language']}; there are some in")
        say(f"{', '.join(spoken)}. The notes will be in English, until you write some:")
        say(f"appreciation template new birthday {shape['language']} NAME")
