"""What an occasion knows of a customer: the birthday, the orders, how long they were silent."""

from collections.abc import Callable, Mapping

from appreciation.dates import YearlyDay, day_in_words
from appreciation.store import explaining
from appreciation.why.answers import Answer
from appreciation.why.asking import Matter, in_words

# So many events are named.
_NAMED = 3


def known(matter: Matter) -> Answer | None:
    """Tell what the store knows that this occasion goes by; None where only its query knows."""
    if matter.finder.occasion.consumes is not None:
        return _events(matter)
    ask = _BY_NAME.get(matter.finder.name)
    return ask(matter) if ask else None


def _birthday(matter: Matter) -> Answer:
    special = matter.asked.customer.birthday
    if special is None:
        return Answer("known", lets=False, told="no birthday is known")
    month, day = divmod(special.month_day, 100)
    words = day_in_words(month, day, matter.asked.app.config.business.language)
    year = f" {special.year}" if special.year else ", no year"
    year += "" if day else ", no day"
    known_as = str(YearlyDay(month, day, special.year))
    figures = {"day": known_as, "year": special.year, "at": special.created_at}
    return Answer("known", lets=True, told=f"birthday {words}{year}", figures=figures)


def _quiet(matter: Matter) -> Answer:
    found = explaining.standing(matter.asked.session, matter.asked.customer)
    if found is None:
        return Answer("known", lets=False, told="has bought nothing yet")
    figures = {"last_order_on": found.last_order_on, "quiet_on": found.quiet_on}
    told = f"ordered last on {found.last_order_on}; "
    if found.quiet_on is None:
        told += "not silent for longer than is usual"
        return Answer("known", lets=False, told=told, figures=figures)
    told += f"from {found.quiet_on} on that is longer than is usual"
    return Answer("known", lets=True, told=told, figures=figures)


def _events(matter: Matter) -> Answer:
    asked, events = matter.asked, matter.events
    table = matter.finder.occasion.consumes
    assert table is not None
    if not events:
        return Answer("known", lets=False, told=f"no {matter.finder.name} is known")
    # Whoever counts orders is told of them as the thank-you for one tells it.
    teller = next(each for each in asked.app.finders if each.occasion.consumes is table)
    words = in_words(asked, teller, [{"about_id": event.id} for event in events[:_NAMED]])
    told = []
    for place, event in enumerate(events[:_NAMED]):
        what = words.get(place, f"{matter.finder.name} {event.id}")
        if event.considered_at is None:
            told.append(f"{what}, not considered yet")
            continue
        came = f"note {event.note_id}" if event.note_id else "no note came of it"
        told.append(f"{what}, considered {asked.clock(event.considered_at)}: {came}")
    if len(events) > _NAMED:
        told.append("and earlier ones")
    figures = {
        "events": [
            {
                "id": event.id,
                "considered": event.considered_at is not None,
                "note_id": event.note_id,
            }
            for event in events
        ]
    }
    return Answer("known", lets=True, told="; ".join(told), figures=figures)


_BY_NAME: Mapping[str, Callable[[Matter], Answer]] = {"birthday": _birthday, "quiet": _quiet}
