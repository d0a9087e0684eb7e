"""``appreciation customer merge``, ``unmerge`` and ``review``: who is one, whose name is odd."""

from typing import Annotated, Any

import typer

from appreciation.cli.customers import Who, noun
from appreciation.cli.door import AsJson, say, show_json, show_table


def add_to(_: typer.Typer) -> None:
    """Hang these commands into the noun."""
    noun.command("merge")(merge)
    noun.command("unmerge")(unmerge)
    noun.command("review")(review)


def merge(
    context: typer.Context,
    kept: Who,
    gone: Annotated[str, typer.Argument(metavar="OTHER", help="Who is the same person.")],
    as_json: AsJson = False,
) -> None:
    """Make one customer of two; every order, note and day is kept."""
    from appreciation.cli.opened import opened
    from appreciation.store import merging
    from appreciation.store.customers import customer_meant

    app = opened(context)
    with app.store.writing() as session:
        stays, goes = customer_meant(session, kept), customer_meant(session, gone)
        shape = {"customer_id": stays.id, "merged": goes.id, "name": stays.name}
        shape["merge_id"] = merging.merge(session, stays, goes, app.clock()).id
    if as_json:
        show_json(shape)
        return
    print(
        f"customer {shape['customer_id']}: {shape['name']}, who was customer {shape['merged']} too"
    )
    say(f"to part them again: appreciation customer unmerge {shape['merge_id']}")


def unmerge(
    context: typer.Context,
    merge_id: Annotated[int, typer.Argument(metavar="MERGE", help="As merging told it.")],
) -> None:
    """Make two customers again of one."""
    from appreciation.cli.opened import opened
    from appreciation.store import merging

    app = opened(context)
    with app.store.writing() as session:
        back = merging.part(session, merging.the_merge(session, merge_id), app.clock())
        told = f"customer {back.id}: {back.name} is a customer again"
    print(told)


def review(context: typer.Context, as_json: AsJson = False) -> None:
    """List the names that need a look, and customers who may be one."""
    from appreciation.cli.opened import opened
    from appreciation.store.customers import as_named, namesake_groups
    from appreciation.words.names import doubts

    app = opened(context)
    with app.store.reading() as session:
        odd = [
            _odd(customer_id, name, flags)
            for customer_id, name, kind, told in as_named(session)
            if (flags := doubts(name, kind, told))
        ]
        odd += [
            {
                "customer_id": second,
                "name": name,
                "why": f"has the name of customer {first}",
                "mend": f"appreciation customer merge {first} {second}",
            }
            for name, first, second in namesake_groups(session)
        ]
    if as_json:
        show_json(odd)
        return
    show_table(
        ("id", "name", "why", "if so, type"),
        [(each["customer_id"], each["name"], each["why"], each["mend"]) for each in odd],
        "no name needs a look",
    )


def _odd(customer_id: int, name: str, flags: list[str]) -> dict[str, Any]:
    import shlex

    from appreciation.words.name_proposals import proposed

    what = [f"--{key} {shlex.quote(value)}" for key, value in proposed(name).items()]
    mend = " ".join(["appreciation customer edit", str(customer_id), *(what or ["--name ..."])])
    return {"customer_id": customer_id, "name": name, "why": "; ".join(flags), "mend": mend}
