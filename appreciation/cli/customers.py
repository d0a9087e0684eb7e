"""``appreciation customer``."""

from typing import Annotated, Any

import typer

from appreciation.cli.door import AsJson, plural, say, show_json, show_table

noun = typer.Typer(help="The people, households and companies you know.", no_args_is_help=True)

Who = Annotated[str, typer.Argument(metavar="CUSTOMER", help="An id, an email or part of a name.")]
Email = Annotated[str | None, typer.Option(help="Where emails go.")]
Address = Annotated[
    str | None, typer.Option(help=r"Street and town below the name; lines divided by \n.")
]
Birthday = Annotated[
    str | None, typer.Option(help="1990-04-12, --04-12 without a year, '12 Apr', or 'in April'.")
]
LeapDay = Annotated[
    str | None,
    typer.Option(help="Of whoever was born on 29 February: feb28 or mar1; else as you set it."),
]
CallName = Annotated[
    str | None, typer.Option(help="What the note calls them; else the given name.")
]
EnvelopeName = Annotated[
    str | None, typer.Option(help="What stands above the address; else the full name.")
]
Formality = Annotated[
    str | None, typer.Option(help="informal (du, tu) or formal (Sie, vous); else your setting.")
]
Hand = Annotated[str | None, typer.Option(help="The handwriting of their cards; else yours.")]
Facts = Annotated[
    list[str] | None,
    typer.Option("--fact", help="Something personal, like 'four daughters'; may come often."),
]
KindOf = Annotated[str | None, typer.Option(help="person, household or company.")]
Language = Annotated[str | None, typer.Option(help="Of their notes, like en; else yours.")]
Zone = Annotated[str | None, typer.Option("--timezone", help="Like Europe/Berlin; else yours.")]
Country = Annotated[str | None, typer.Option(help="Two letters, like DE.")]


def add_to(cli: typer.Typer) -> None:
    """Hang this noun into the command line."""
    cli.add_typer(noun, name="customer")


@noun.command("add")
def add(
    context: typer.Context,
    name: Annotated[str, typer.Argument(help="The full name, as it should be read.")],
    email: Email = None,
    phone: Annotated[str | None, typer.Option()] = None,
    address: Address = None,
    country: Country = None,
    birthday: Birthday = None,
    call_name: CallName = None,
    envelope_name: EnvelopeName = None,
    kind: KindOf = None,
    formality: Formality = None,
    hand: Hand = None,
    language: Language = None,
    timezone: Zone = None,
    about: Annotated[str | None, typer.Option(help="A remark for yourself.")] = None,
    met: Annotated[
        str | None, typer.Option(metavar="PLACE", help="You met them there; records the meeting.")
    ] = None,
    met_on: Annotated[str | None, typer.Option(metavar="DAY", help="When; else today.")] = None,
    leap_day: LeapDay = None,
    referred_by: Annotated[
        str | None, typer.Option(metavar="CUSTOMER", help="Who sent them to you.")
    ] = None,
    facts: Facts = None,
    opted_out: Annotated[bool, typer.Option("--opted-out", help="Wants no notes.")] = False,
    as_json: AsJson = False,
) -> None:
    """Add a customer, also one you only met yesterday."""
    from appreciation.cli import remarks
    from appreciation.cli.opened import day, opened
    from appreciation.cli.shapes import customer_shape
    from appreciation.dates import parse_yearly_day
    from appreciation.stages import intake
    from appreciation.store.customers import customer_meant, namesakes

    app = opened(context)
    now, today = app.clock(), app.today()
    fields = _given(
        name=name,
        email=email,
        phone=phone,
        address=address,
        country=country,
        call_name=call_name,
        envelope_name=envelope_name,
        kind=kind,
        formality=formality,
        hand=hand,
        language=language,
        timezone=timezone,
        about=about,
    )
    if opted_out:
        fields["opted_out_at"] = now
    born = parse_yearly_day(birthday, today) if birthday else None
    met_day = day(met_on, app)
    with app.store.writing() as session:
        referrer = customer_meant(session, referred_by) if referred_by else None
        customer = intake.add_customer(session, fields, born, now, today)
        if leap_day is not None:
            intake.choose_leap_day(customer, leap_day, now)
        others = namesakes(session, customer)
        if met is not None or met_on is not None:
            intake.add_meeting(session, customer, met_day, met, now)
        if referrer is not None:
            intake.add_referral(session, referrer, customer, today, now)
        for fact in facts or []:
            intake.add_fact(session, customer, fact, now)
        shape = customer_shape(customer, app)
    if as_json:
        show_json(shape)
    else:
        print(f"customer {shape['id']}: {shape['name']}")
    remarks.on_customer(shape, app)
    if others:
        other = others[0]
        shared = "name" if other.name == customer.name else "email"
        say(f"look once more: customer {other.id}, {other.name}, has the same {shared}")


@noun.command("list")
def show_all(
    context: typer.Context,
    words: Annotated[str, typer.Argument(help="Part of a name or email.")] = "",
    limit: Annotated[int, typer.Option(min=1, help="At most so many.")] = 100_000,
    as_json: AsJson = False,
) -> None:
    """List customers by name."""
    from appreciation.cli.opened import opened
    from appreciation.cli.shapes import customer_shape
    from appreciation.store.customers import customers_like

    app = opened(context)
    with app.store.reading() as session:
        shapes = [customer_shape(each, app) for each in customers_like(session, words, limit)]
    if as_json:
        show_json(shapes)
        return
    show_table(
        ("id", "name", "email", "address", "birthday", ""),
        [(s["id"], s["name"], s["email"], s["address"], s["birthday"], _remark(s)) for s in shapes],
        "no customer yet; the first: appreciation customer add 'Ada Lovelace' --birthday '10 Dec'",
    )


@noun.command("show")
def show(context: typer.Context, who: Who, as_json: AsJson = False) -> None:
    """Show what is known of a customer, and every note."""
    from appreciation.cli.opened import local, opened
    from appreciation.cli.shapes import customer_shape
    from appreciation.store.customers import customer_meant
    from appreciation.store.notes import notes_of

    app = opened(context)
    with app.store.reading() as session:
        customer = customer_meant(session, who)
        shape = customer_shape(customer, app)
        if as_json:
            show_json(shape)
            return
        for key, value in shape.items():
            if value not in (None, [], False):
                print(f"{key.replace('_', ' '):<13} {_in_words(value)}")
        for note in notes_of(session, customer):
            print(
                f"note {note.id:<5} {local(note.due_at, app)}  {note.occasion:<9} "
                f"{note.state.value.replace('_', ' '):<9} {note.reason or note.subject or ''}"
            )


@noun.command("edit")
def edit(
    context: typer.Context,
    who: Who,
    name: Annotated[str | None, typer.Option(help="The full name.")] = None,
    email: Email = None,
    phone: Annotated[str | None, typer.Option()] = None,
    address: Address = None,
    country: Country = None,
    birthday: Birthday = None,
    call_name: CallName = None,
    envelope_name: EnvelopeName = None,
    kind: KindOf = None,
    formality: Formality = None,
    hand: Hand = None,
    language: Language = None,
    timezone: Zone = None,
    about: Annotated[str | None, typer.Option(help="A remark for yourself.")] = None,
    facts: Facts = None,
    forget_facts: Annotated[
        list[str] | None, typer.Option("--forget-fact", help="A clear part of one; may come often.")
    ] = None,
    opted_out: Annotated[
        bool | None, typer.Option("--opted-out/--opted-in", help="Wants no notes, or does again.")
    ] = None,
    email_consent: Annotated[
        bool | None,
        typer.Option("--email-consent/--no-email-consent", help="Has agreed to emails, or not."),
    ] = None,
    post_consent: Annotated[
        bool | None,
        typer.Option("--post-consent/--no-post-consent", help="Likes cards, or wants none."),
    ] = None,
    leap_day: LeapDay = None,
    deceased: Annotated[
        bool | None, typer.Option("--deceased/--living", help="Never write again.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Change what is known of a customer; '' empties a field."""
    from datetime import timedelta

    from appreciation.cli import remarks
    from appreciation.cli.opened import opened
    from appreciation.cli.shapes import customer_shape
    from appreciation.dates import parse_yearly_day
    from appreciation.errors import NotUnderstood
    from appreciation.stages import intake
    from appreciation.store.customers import customer_meant

    app = opened(context)
    now = app.clock()
    fields = _given(
        name=name,
        email=email,
        phone=phone,
        address=address,
        country=country,
        call_name=call_name,
        envelope_name=envelope_name,
        kind=kind,
        formality=formality,
        hand=hand,
        language=language,
        timezone=timezone,
        about=about,
    )
    asked = {"opted_out_at": opted_out, "deceased_at": deceased}
    fields |= {column: now if flag else None for column, flag in asked.items() if flag is not None}
    fields |= _given(email_consent=email_consent, post_consent=post_consent)
    if not (fields or facts or forget_facts) and birthday is None and leap_day is None:
        raise NotUnderstood("nothing to change was named", mend="appreciation customer edit --help")
    born = parse_yearly_day(birthday, app.today()) if birthday else None
    with app.store.writing() as session:
        customer = customer_meant(session, who)
        suppressed = customer.email if customer.suppression else None
        intake.edit_customer(session, customer, fields, now)
        intake.change_facts(session, customer, facts or [], forget_facts or [], now)
        withdrawn = 0
        if birthday is not None:
            withdrawn = intake.set_birthday(session, customer, born, now)
        if leap_day is not None:
            intake.choose_leap_day(customer, leap_day, now)
        mourning = []
        if deceased:
            until = app.today() + timedelta(days=app.config.tact.mourning)
            mourning = intake.mourn(session, customer, until, now)
        elif deceased is False:
            intake.mourn_no_more(session, customer, now)
        shape = customer_shape(customer, app)
    if as_json:
        show_json(shape)
    else:
        print(f"customer {shape['id']}: {shape['name']} changed")
    if mourning:
        say(f"on hold until {until}, since they share a home: {', '.join(mourning)}")
        say(f"to write to one of them all the same: appreciation customer release '{mourning[0]}'")
    remarks.on_edit(shape, app, {*fields}, suppressed)
    if withdrawn:
        say("the birthday note for the old day is withdrawn; one for the new day follows")


@noun.command("hold")
def hold(
    context: typer.Context,
    who: Who,
    why: Annotated[str, typer.Option(help="The reason, for yourself.")],
    until: Annotated[
        str | None, typer.Option(metavar="DAY", help="The last day; else until released.")
    ] = None,
) -> None:
    """Hold every note to a customer back."""
    from appreciation.cli.opened import opened
    from appreciation.dates import parse_coming_day
    from appreciation.stages import intake
    from appreciation.store.customers import customer_meant

    app = opened(context)
    last = parse_coming_day(until, app.today()) if until else None
    with app.store.writing() as session:
        customer = customer_meant(session, who)
        intake.hold(session, customer, why, last, app.clock())
    print(f"{customer.name} is on hold{f' until {last}' if last else ''}: {why}")


@noun.command("release")
def release(context: typer.Context, who: Who) -> None:
    """End every hold of a customer."""
    from appreciation.cli.opened import opened
    from appreciation.stages import intake
    from appreciation.store.customers import customer_meant

    app = opened(context)
    with app.store.writing() as session:
        customer = customer_meant(session, who)
        count = intake.release(customer, app.clock())
    print(f"{customer.name}: {plural(count, 'hold')} ended")


def _given(**fields: Any) -> dict[str, Any]:
    return {name: value for name, value in fields.items() if value is not None}


def _remark(shape: dict[str, Any]) -> str:
    if shape["opted_out"]:
        return "opted out"
    if shape["suppressed"]:
        return f"address suppressed: {shape['suppressed']}"
    return f"on hold: {shape['holds'][0]['why']}" if shape["holds"] else ""


def _in_words(value: object) -> str:
    if isinstance(value, list) and value and isinstance(value[0], str):
        return "; ".join(value)
    if isinstance(value, list):
        return "; ".join(
            each["why"] + (f" (until {each['until']})" if each["until"] else "") for each in value
        )
    return "yes" if value is True else str(value).replace("\n", ", ")
