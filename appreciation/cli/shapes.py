"""The JSON of customers and notes. Its keys are a contract: add, never rename."""

from typing import Any

from appreciation.app import Appreciation
from appreciation.dates import utc_text
from appreciation.outlook.coming import Coming
from appreciation.printing.stocks import Card, Envelope, Stock, kind_of
from appreciation.stages.intake import yearly_day
from appreciation.store.customers import active_holds
from appreciation.store.tables import (
    Attempt,
    Batch,
    Bounce,
    Customer,
    Meeting,
    Note,
    Order,
    Referral,
    SpecialDate,
)
from appreciation.words.markdown import to_html, to_text
from appreciation.words.names import call_name, doubts, envelope_name
from appreciation.words.wordings import BrokenWording, Wording


def customer_shape(customer: Customer, app: Appreciation) -> dict[str, Any]:
    """Return a customer as JSON; the computed or the business's own stands in for the missing."""
    business, birthday = app.config.business, customer.birthday
    return {
        "id": customer.id,
        "name": customer.name,
        "call_name": customer.call_name or call_name(customer.name, customer.kind),
        "envelope_name": customer.envelope_name or envelope_name(customer.name, customer.kind),
        "kind": str(customer.kind),
        "formality": app.desk.formality_for(
            customer.formality, customer.language or business.language
        ),
        "hand": customer.hand,
        "greeting": app.greeting(customer),
        "doubts": doubts(customer.name, customer.kind, customer.call_name),
        "email": customer.email,
        "address": customer.address,
        "phone": customer.phone,
        "language": customer.language or business.language,
        "timezone": customer.timezone or business.timezone,
        "birthday": str(yearly_day(birthday)) if birthday else None,
        "leap_day": birthday.leap_day if birthday else None,
        "facts": [fact.words for fact in customer.facts],
        "suppressed": customer.suppression.why if customer.suppression else None,
        "email_consent": customer.email_consent,
        "post_consent": customer.post_consent,
        "opted_out": customer.opted_out_at is not None,
        "holds": [
            {"why": hold.why, "until": str(hold.until) if hold.until else None}
            for hold in active_holds(customer, app.today())
        ],
    }


def order_shape(order: Order) -> dict[str, Any]:
    """Return an order as JSON; ``total_cents`` are minor units of ``currency``.

    A guest's has no customer; a refund is below zero and names its order.
    """
    return {
        "id": order.id,
        "number": order.number,
        "customer_id": order.customer_id,
        "customer": order.customer and order.customer.name,
        "on": str(order.ordered_on),
        "total_cents": order.total_cents,
        "currency": order.currency,
        "items": order.items,
        "refund_of": order.refund_of_id,
    }


def referral_shape(referral: Referral) -> dict[str, Any]:
    """Return a referral as JSON; ``referred_id`` is null while nobody knows that person."""
    return {
        "id": referral.id,
        "referrer_id": referral.referrer_id,
        "referrer": referral.referrer.name,
        "referred_id": referral.referred_id,
        "referred": referral.referred.name if referral.referred else referral.referred_name,
        "on": str(referral.referred_on),
    }


def meeting_shape(meeting: Meeting) -> dict[str, Any]:
    """Return a meeting as JSON."""
    return {
        "id": meeting.id,
        "customer_id": meeting.customer_id,
        "customer": meeting.customer.name,
        "on": str(meeting.met_on),
        "where": meeting.place,
    }


def date_shape(special: SpecialDate) -> dict[str, Any]:
    """Return a yearly day as JSON; ``day`` is --MM-DD where the year is unknown."""
    return {
        "id": special.id,
        "customer_id": special.customer_id,
        "customer": special.customer.name,
        "kind": special.kind,
        "whose": special.whose,
        "day": str(yearly_day(special)),
    }


def batch_shape(batch: Batch) -> dict[str, Any]:
    """Return a batch as JSON; ``cards`` counts what was printed."""
    return {
        "id": batch.id,
        "cards": len(batch.notes),
        "folder": batch.folder,
        "made_at": utc_text(batch.made_at),
        "posted_at": utc_text(batch.posted_at),
        "notes": [note.id for note in batch.notes],
    }


def batch_card_shape(note: Note) -> dict[str, Any]:
    """Return a card of a batch as JSON; ``number`` is its number within."""
    return {
        "number": note.sequence,
        "note_id": note.id,
        "customer_id": note.customer_id,
        "customer": note.customer.name,
        "why": note.why,
        "enclose": (note.look or {}).get("enclose"),
        "state": note.state.value,
    }


def stock_shape(stock: Stock) -> dict[str, Any]:
    """Return paper as JSON, in millimetres; what an envelope has none of is null."""
    grid = None if isinstance(stock, Envelope) else stock.grid
    return {
        "name": stock.name,
        "kind": kind_of(stock),
        "title": stock.title,
        "also": list(stock.also),
        "width": stock.width,
        "height": stock.height,
        "fold": stock.fold if isinstance(stock, Card) else None,
        "sides": (2 if stock.is_two_sided else 1) if isinstance(stock, Card) else 1,
        "postcard": isinstance(stock, Card) and stock.address,
        "paper": grid and [grid.paper.width, grid.paper.height],
        "columns": grid and grid.columns,
        "rows": grid and grid.rows,
        "left": grid and grid.left,
        "top": grid and grid.top,
        "pitch_x": grid and grid.pitch_x,
        "pitch_y": grid and grid.pitch_y,
        "source": stock.source,
    }


def wording_shape(wording: Wording | BrokenWording) -> dict[str, Any]:
    """Return a wording as JSON; ``fault`` is what is wrong with it, or null."""
    if isinstance(wording, BrokenWording):
        return {
            "name": wording.name,
            "when": "",
            "variant": "",
            "formality": "",
            "number": "",
            "needs": [],
            "file": str(wording.path),
            "fault": str(wording),
        }
    return {
        "name": wording.name,
        "when": wording.when,
        "variant": wording.variant,
        "formality": wording.formality,
        "number": wording.number,
        "needs": list(wording.needs),
        "file": str(wording.path),
        "fault": None,
    }


def returned_shape(note: Note, bounce: Bounce) -> dict[str, Any]:
    """Return a note that came back as JSON; ``mend`` is what to type."""
    customer = note.customer
    if customer.suppression is None:
        # A full mailbox, or something against us: the address is as good as ever.
        mend = f"appreciation note retry {note.id}"
    elif customer.address:
        mend = f"appreciation note retry {note.id} --by post"
    else:
        mend = f"appreciation customer edit {customer.id} --email NEW"
    return {
        "id": note.id,
        "customer_id": customer.id,
        "customer": customer.name,
        "recipient": note.recipient,
        "said": bounce.said,
        "status": bounce.status,
        "suppressed": customer.suppression is not None,
        "mend": mend,
    }


def note_shape(note: Note, held_back: str | None) -> dict[str, Any]:
    """Return a note as JSON; ``reason`` is why it does not go on, else why it is written."""
    still = note.state.value in ("found", "waiting", "approved", "blocked")
    return {
        "id": note.id,
        "customer_id": note.customer_id,
        "customer": note.customer.name,
        "occasion": note.occasion,
        "occurrence": note.occurrence,
        "state": note.state.value,
        "backend": note.backend,
        "due_at": utc_text(note.due_at),
        "subject": note.subject,
        "reason": (held_back if still else None) or note.reason or note.why,
        "overruled": note.overruled,
    }


def whole_note_shape(note: Note, held_back: str | None) -> dict[str, Any]:
    """Return a note as JSON with its words and what became of each attempt."""
    subject, body = note.subject or "", note.body
    return {
        **note_shape(note, held_back),
        "body": body,
        "text": to_text(body) if body is not None else None,
        "html": to_html(body, language=note.language or "en", title=subject)
        if body is not None
        else None,
        "message_id": note.message_id,
        "attempts": [_attempt_shape(attempt) for attempt in note.attempts],
    }


def upcoming_shape(row: Coming) -> dict[str, Any]:
    """Return what is coming as JSON; its state is ``expected`` where there is no note yet."""
    return {
        "customer_id": row.customer_id,
        "customer": row.customer,
        "occasion": row.occasion,
        "occurrence": row.occurrence,
        "on": str(row.on),
        "due_at": utc_text(row.due_at),
        "backend": row.backend,
        "approve": row.approve,
        "state": row.state,
        "held_back": row.held,
    }


def _attempt_shape(attempt: Attempt) -> dict[str, Any]:
    return {
        "backend": attempt.backend,
        "began_at": utc_text(attempt.began_at),
        "ended_at": utc_text(attempt.ended_at),
        "outcome": attempt.outcome,
        "said": attempt.said,
    }
