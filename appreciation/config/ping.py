"""The table [ping]: who notices when the daemon is gone."""

from ipaddress import ip_address
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import AfterValidator, PlainSerializer

from appreciation.config.values import Section


def shown(url: str) -> str:
    """Return ``url`` without its path: who knows that could answer for the daemon."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}/***" if url else ""


def _asked_safely(url: str) -> str:
    """Return ``url`` where nobody on the way can read it or answer for its server."""
    url = url.strip()
    if not url:
        return ""
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError as error:
        raise ValueError(f"it is no url: {error}") from error
    if not host or not url.isascii() or not url.isprintable() or " " in url:
        raise ValueError("it is no url; write it like https://ping.example.org/your-own-id")
    if parts.username is not None:
        raise ValueError("it must hold neither user nor password")
    if parts.scheme == "https" or (parts.scheme == "http" and _is_this_machine(host)):
        return url
    raise ValueError("it must begin with https://; http:// is for this machine only (127.0.0.1)")


def _is_this_machine(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


class Ping(Section):
    """A dead-man switch outside: a url that the daemon asks while all is well; empty is off."""

    url: Annotated[str, AfterValidator(_asked_safely), PlainSerializer(shown)] = ""
