"""What a mail server's answer means for a letter: by stage and reply, never by exception."""

import re

from appreciation.delivery.base import Outcome, Result

CLOSING = 421

# Only right behind the code: further on, 45.1.2.3 is the address of a machine.
_ENHANCED = re.compile(r"\d{3} #?([245]\.\d{1,3}\.\d{1,3})(?![\d.])")


def meaning(stage: str, code: int, said: str) -> Outcome:
    """Return what an unwelcome answer at ``stage`` means for the letter.

    Stages are mail, rcpt, data and dot. 4xx is worth another try and 5xx is
    not, but: a full mailbox empties; what the server has against *us* (5.7.x,
    no login, a refused sender) rests the backend, since each letter would
    fare the same. Behind the final dot only 4xx and 5xx say that the letter
    was not taken; anything else leaves it in doubt.
    """
    found = _ENHANCED.match(said)
    enhanced = found.group(1) if found else ""
    if stage == "dot" and not 400 <= code < 600:  # noqa: PLR2004 - SMTP's classes
        return Outcome(Result.IN_DOUBT, said)
    if code < 500 or enhanced == "5.2.2":  # noqa: PLR2004
        return Outcome(Result.RETRY, said)
    too_big = code == 552 or enhanced == "5.3.4"  # noqa: PLR2004
    if enhanced.startswith("5.7.") or code in (530, 535) or (stage == "mail" and not too_big):
        return Outcome(Result.RESTING, said, lasting=True, suspect=stage in ("rcpt", "dot"))
    unknown = stage == "rcpt" and enhanced.startswith("5.1.")
    return Outcome(Result.FAILED, said, bad_address=unknown)


def shown(code: int, said: bytes | str) -> str:
    """Return an answer as one line: its code and its words."""
    words = said.decode("utf-8", "replace") if isinstance(said, bytes) else said
    return " ".join([str(code), *words.split()])
