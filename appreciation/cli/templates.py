"""``appreciation template``: the wordings."""

from typing import Annotated

import typer

from appreciation.cli.door import AsJson, plural, say, show_json, show_table

noun = typer.Typer(help="The wordings of the notes.", no_args_is_help=True)

Wanted = Annotated[
    str, typer.Argument(metavar="WORDING", help="Like birthday/en/candles, or candles.")
]


def add_to(cli: typer.Typer) -> None:
    """Hang this noun into the command line."""
    cli.add_typer(noun, name="template")


@noun.command("list")
def show_all(context: typer.Context, as_json: AsJson = False) -> None:
    """List every wording: yours, and ours behind them."""
    from appreciation.cli.opened import unchecked
    from appreciation.cli.shapes import wording_shape

    shapes = [wording_shape(each) for each in unchecked(context).wordings.all()]
    if as_json:
        show_json(shapes)
        return
    show_table(
        ("wording", "when", "to", "needs", "file"),
        [
            (
                s["name"],
                s["fault"] or f"{s['when']} {s['variant']}".strip(),
                f"{s['formality']} {s['number']}".strip(),
                ", ".join(s["needs"]),
                s["file"],
            )
            for s in shapes
        ],
        "no wording at all",
    )


@noun.command("check")
def check(context: typer.Context, as_json: AsJson = False) -> None:
    """Write every wording to made-up customers, and tell unknown words, holes and agenda."""
    from appreciation import templating
    from appreciation.cli.opened import unchecked

    app = unchecked(context)
    faults = [str(fault) for fault in templating.faults(app)]
    if as_json:
        show_json(faults)
    else:
        for fault in faults:
            print(fault)
        print(f"{plural(len(app.wordings), 'wording')}, {plural(len(faults), 'fault')}")
    if faults:
        raise typer.Exit(3)


@noun.command("new")
def new(
    context: typer.Context,
    occasion: Annotated[str, typer.Argument(help="Like birthday or own_day.")],
    language: Annotated[str, typer.Argument(help="Like en, de or sv.")],
    name: Annotated[str, typer.Argument(help="What to call it; one of ours is then replaced.")],
) -> None:
    """Begin a wording of your own, or a copy of one of ours that is used instead of it."""
    from appreciation.cli.opened import unchecked
    from appreciation.words.authoring import beginning, place, write_new

    app = unchecked(context)
    occasions = {finder.name: finder.occasion for finder in app.finders}
    file = place(app.templates_folder, occasion, language, name, occasions)
    ours = next((w for w in app.wordings.all() if w.name == f"{occasion}/{language}/{name}"), None)
    if ours is not None and ours.path != file:
        write_new(file, ours.path.read_text(encoding="utf-8"))
        say(f"a copy of ours, used instead of it: {ours.path}")
    else:
        kind = occasions[occasion]
        write_new(file, beginning(kind.samples, kind.variants))
    if language not in app.wordings.languages():
        say(f"the first wording in {language}; so far: {', '.join(app.wordings.languages())}")
        say("what else a language takes: appreciation template check")
    print(file)


@noun.command("edit")
def edit(context: typer.Context, wording: Wanted) -> None:
    """Change a wording in your editor; one of ours is copied into your folder first."""
    from appreciation import templating
    from appreciation.cli.editing import in_editor
    from appreciation.cli.opened import unchecked
    from appreciation.words.authoring import meant, place, write_new

    app = unchecked(context)
    found = meant(app.wordings, wording)
    file = found.path
    if not file.is_relative_to(app.templates_folder):
        known = [finder.name for finder in app.finders]
        occasion, language, name = found.name.split("/")
        file = place(app.templates_folder, occasion, language, name, known)
        write_new(file, found.path.read_text(encoding="utf-8"))
    in_editor(file)
    app.reread()
    faults = [str(each) for each in templating.faults(app, within=file) if each.path == file]
    for fault in faults:
        print(fault)
    print(f"{file}: {plural(len(faults), 'fault')}")
    if faults:
        raise typer.Exit(3)


@noun.command("preview")
def preview(
    context: typer.Context,
    wording: Wanted,
    sample: Annotated[
        str,
        typer.Option(
            "--with-sample",
            help="plain, longest, no-year, household, company, accents, formal, or all.",
        ),
    ] = "plain",
    in_browser: Annotated[
        bool, typer.Option("--open", help="Open it as HTML in the browser.")
    ] = False,
) -> None:
    """Show a wording as a made-up customer would read it."""
    from appreciation import templating
    from appreciation.cli.opened import unchecked
    from appreciation.cli.pages import Shown, opened_page
    from appreciation.cli.reading import wrapped
    from appreciation.errors import AppreciationError, NotUnderstood
    from appreciation.words.markdown import to_text
    from appreciation.words.samples import SAMPLES

    app = unchecked(context)
    if sample not in {*SAMPLES, "all"}:
        raise NotUnderstood(
            f"there is no sample {sample!r}", mend=f"write one of: all, {', '.join(SAMPLES)}"
        )
    shown = []
    for called in SAMPLES if sample == "all" else [sample]:
        try:
            subject, body, language = templating.written_for_sample(app, wording, called)
        except AppreciationError as error:
            if sample != "all":
                raise
            say(f"not for {called}: {error}")
            continue
        print(f"── {called} " + "─" * (61 - len(called)))
        print(f"{subject}\n\n{wrapped(to_text(body))}\n")
        shown.append(Shown(called, wording, subject, body, language))
    if in_browser:
        say(f"the page: {opened_page(shown, title=wording)}")
