"""Returning: what the world sent back is held against the note that it is about, once.

Each mail is kept with what it changed, in one transaction, so it may be read
again and again. Only one that names the Message-ID of a note we sent is
believed; a delay changes nothing.
"""

import logging
from collections import Counter
from collections.abc import Iterable
from datetime import datetime

from sqlalchemy.orm import Session

from appreciation.delivery.bounces import Returned
from appreciation.store import returns, suppressions

log = logging.getLogger(__name__)


def take_back(session: Session, mails: Iterable[Returned], now: datetime) -> Counter[str]:
    """Let the notes of ``mails`` fail where they came back for good.

    Count came_back, delayed, known (read before) and not_ours.
    """
    return Counter(_take_one(session, mail, now) for mail in mails)


def _take_one(session: Session, mail: Returned, now: datetime) -> str:
    if returns.was_read(session, mail.mail_id):
        return "known"
    note = returns.note_known_as(session, mail.message_id) if mail.message_id else None
    if note is None:
        return "not_ours"
    kept = returns.keep(
        session,
        note_id=note.id,
        mail_id=mail.mail_id,
        status=mail.status,
        lasting=mail.lasting,
        said=mail.said,
        read_at=now,
    )
    if not kept:
        # Another process reads the same mailbox.
        return "known"
    if not mail.lasting:
        return "delayed"
    # The other side's words may hold the customer's address, so they stay in the store.
    log.warning("note %d came back; appreciation note show %d tells why", note.id, note.id)
    returns.fail(session, note, f"came back: {mail.said}")
    if mail.bad_address and note.recipient is not None:
        suppressions.suppress(session, note.recipient, f"came back: {mail.said}", now)
        session.flush()
    return "came_back"
