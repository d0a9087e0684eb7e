"""What an occasion knows of a customer: their days, the orders, how long they were silent."""

from collections.abc import Callable, Mapping

from appreciation.config.occasions import OwnDaySettings
from appreciation.dates import YearlyDay, day_in_words
from appreciation.store import explaining
from appreciation.store.tables import SpecialDate
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
    told = f"birthday {_day(matter, special.month_day)}"
    told += f" {special.year}" if special.year else ", no year"
    told += "" if special.month_day % 100 else ", no day"
    return Answer("known", lets=True, told=told, figures=_figures(special))


def _dates(matter: Matter) -> Answer:
    customer = matter.asked.customer
    others = [each for each in customer.dates if each is not customer.birthday]
    if not others:
        return Answer("known", lets=False, told="no day but a birthday is known")
    told = [
        " of ".join(word for word in (each.kind, each.whose) if word)
        + f" {_day(matter, each.month_day)}"
        for each in others
    ]
    figures = {"dates": [_figures(each) for each in others]}
    return Answer("known", lets=True, told="; ".join(told), figures=figures)


def _anniversary(matter: Matter) -> Answer:
    buyer = explaining.buyer(matter.asked.session, matter.asked.customer)
    if buyer is None:
        return Answer("known", lets=False, told="has bought nothing yet")
    figures = {"first_order_on": buyer.first_order_on, "orders": buyer.orders}
    return Answer(
        "known", lets=True, told=f"ordered first on {buyer.first_order_on}", figures=figures
    )


def _own_days(matter: Matter) -> Answer:
    settings = matter.finder.settings
    assert isinstance(settings, OwnDaySettings)
    if not settings.days:
        return Answer("known", lets=False, told="no day of your own is in the settings")
    told = []
    for name, day in settings.days.items():
        only = ", ".join((*day.countries, *day.languages))
        told.append(
            f"{name} {_day(matter, day.month_day)}" + (f", only for {only}" if only else "")
        )
    figures = {"days": {name: day.on for name, day in settings.days.items()}}
    return Answer("known", lets=True, told="; ".join(told), figures=figures)


def _day(matter: Matter, month_day: int) -> str:
    return day_in_words(*divmod(month_day, 100), matter.asked.app.config.business.language)


def _figures(special: SpecialDate) -> dict[str, object]:
    known_as = str(YearlyDay(*divmod(special.month_day, 100), special.year))
    return {"day": known_as, "year": special.year, "at": special.created_at}


def _quiet(matter: Matter) -> Answer:
    found = explaining.standing(matter.asked.session, matter.asked.customer)
    if found is None:
        return Answer("known", lets=False, told="has bought nothing yet")
    figures = {"last_order_on": found.last_order_on, "quiet_on": found.quiet_on}
    told = f"ordered last on {found.last_order_on}; "
    if found.quiet_on is None:
        told += "not silent for longer than is usual, or as good as lost, or too little is known"
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


_BY_NAME: Mapping[str, Callable[[Matter], Answer]] = {
    "birthday": _birthday,
    "date": _dates,
    "anniversary": _anniversary,
    "own_day": _own_days,
    "quiet": _quiet,
}
