"""The digest on its way to the owner: once for each day, or in doubt, but never twice."""

import logging
import secrets
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from appreciation.app import Appreciation
from appreciation.config.digest import Digest as Settings
from appreciation.dates import local_day, moment
from appreciation.delivery.base import Letter, Outcome, Result
from appreciation.digest import writing
from appreciation.digest.report import PERIODS, Report, report
from appreciation.errors import AppreciationError
from appreciation.occasions.due import WEEKDAYS
from appreciation.store import digests
from appreciation.store.tables import Digest, DigestState

log = logging.getLogger(__name__)

# A server that refuses is asked again so much later.
_PAUSE = timedelta(minutes=15)
_ENDS = {
    Result.SENT: DigestState.SENT,
    Result.PRINTED: DigestState.SENT,
    Result.IN_DOUBT: DigestState.IN_DOUBT,
    Result.FAILED: DigestState.FAILED,
    Result.RETRY: DigestState.APPROVED,
    Result.RESTING: DigestState.APPROVED,
}

_ENDED = (DigestState.SENT, DigestState.FAILED, DigestState.IN_DOUBT)


@dataclass(frozen=True, slots=True)
class Written:
    """A digest in words, and what they were made of."""

    report: Report
    subject: str
    body: str


def day_due(settings: Settings, now: datetime, zone: str) -> date | None:
    """Return the latest day whose digest is due by ``now``; None where none is wanted."""
    if settings.every == "never":
        return None
    day = local_day(now, zone)
    if settings.every == "weekly":
        day -= timedelta(days=(day.weekday() - WEEKDAYS.index(settings.on)) % 7)
    return day if moment(day, settings.at, zone) <= now else day - PERIODS[settings.every]


def written(app: Appreciation, claimed: Digest | None = None) -> Written:
    """Return the digest as it would be now, or the one that was ``claimed``."""
    now, business = app.clock(), app.config.business
    with app.store.reading() as session:
        untold = digests.untold_since(session)
        before = digests.last(session, before=claimed.day if claimed else None)
    begun = claimed.since_at if claimed else untold or now - _period(app)
    found = report(app, begun, now, before)
    return Written(
        found,
        writing.subject(found, business.name, app.today(now)),
        writing.body(found, business.timezone),
    )


def post_due(app: Appreciation) -> Outcome | None:
    """Send the digest that is due, and return how that ended; None where there was none to send.

    Whatever was missed while nobody was at work goes into the latest one. Killed
    before its first byte left, it goes once its claim is over; after that it is in doubt.
    """
    now = app.clock()
    day = day_due(app.config.digest, now, app.config.business.timezone)
    if day is None:
        return None
    with app.store.reading() as session:
        last = digests.last(session)
    if last is not None and (last.day > day or (last.day == day and last.state in _ENDED)):
        return None
    repeatable = app.backends[app.carriers["email"]].repeatable
    with app.store.synced() as session:
        digests.settle(session, now, repeatable=repeatable)
        claimed = digests.claim(session, day, _period(app), secrets.token_hex(8), now)
    if claimed is None:
        return None
    text = written(app, claimed)
    outcome = _delivered(app, text, lambda: _begin(app, claimed))
    again_at = app.clock() + _PAUSE
    with app.store.synced() as session:
        state = _ENDS[outcome.result]
        skipped = text.report.skipped_ids
        digests.finish(session, claimed, state, outcome.said, again_at, skipped)
    if outcome.result not in (Result.SENT, Result.PRINTED):
        log.warning("the digest of %s: %s", day, outcome.result.value.replace("_", " "))
    return outcome


def post_now(app: Appreciation) -> str:
    """Send the digest as it is now, because somebody asked; nothing of that is kept.

    Raises:
        AppreciationError: it did not leave, or nobody knows; the server's own words.
    """
    if (held := app.on_hold()) is not None:
        raise AppreciationError(f"nothing leaves: {held.held_why}", mend="appreciation resume")
    outcome = _delivered(app, written(app), lambda: True)
    if outcome.result not in (Result.SENT, Result.PRINTED):
        word = outcome.result.value.replace("_", " ")
        raise AppreciationError(f"the digest is {word}: {outcome.said}", mend="appreciation doctor")
    return outcome.said


def check(app: Appreciation) -> str:
    """Return a word for `doctor`.

    Raises:
        AppreciationError: the last digest did not reach the owner, or may not have.
    """
    with app.store.reading() as session:
        found = digests.last(session)
    if found is not None and found.state in (DigestState.FAILED, DigestState.IN_DOUBT):
        word = found.state.value.replace("_", " ")
        raise AppreciationError(
            f"that of {found.day} is {word}: {found.said}", mend="appreciation digest send"
        )
    return f"{app.config.digest.every}, to {recipient(app)}"


def recipient(app: Appreciation) -> str:
    """Return where digests go."""
    return app.config.digest.to or app.config.business.email


def _period(app: Appreciation) -> timedelta:
    return PERIODS.get(app.config.digest.every, PERIODS["daily"])


def _begin(app: Appreciation, claimed: Digest) -> bool:
    with app.store.synced() as session:
        return digests.begin(session, claimed, app.clock())


def _delivered(app: Appreciation, text: Written, begin: Callable[[], bool]) -> Outcome:
    """Hand the digest to the backend that carries emails, and return how that ended."""
    business = app.config.business
    domain = business.email.rpartition("@")[2]
    letter = Letter(
        note_id=0,
        name=business.signer,
        recipient=recipient(app),
        country="",
        subject=text.subject,
        body=text.body,
        language="en",
        message_id=f"<digest-{secrets.token_hex(8)}@{_ascii(domain)}>",
        why="digest",
        at=app.clock(),
    )
    backend = app.backends[app.carriers["email"]]
    ends: Iterator[tuple[Letter, Outcome]] = backend.deliver([letter], lambda _: begin())
    return next(outcome for _, outcome in ends)


def _ascii(domain: str) -> str:
    from appreciation.delivery.mail import wire_address

    return wire_address(f"digest@{domain}").rpartition("@")[2]
