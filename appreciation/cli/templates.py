"""``appreciation template``: the wordings."""

import typer

from appreciation.cli.door import AsJson, plural, show_json, show_table

noun = typer.Typer(help="The wordings of the notes.", no_args_is_help=True)


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
        ("wording", "when", "needs", "file"),
        [(s["name"], s["fault"] or s["when"], ", ".join(s["needs"]), s["file"]) for s in shapes],
        "no wording at all",
    )


@noun.command("check")
def check(context: typer.Context, as_json: AsJson = False) -> None:
    """Look for unknown words, wrong front matter and agenda in every wording."""
    from appreciation.cli.opened import unchecked

    app = unchecked(context)
    faults = [str(fault) for fault in app.faults_of_templates()]
    if as_json:
        show_json(faults)
    else:
        for fault in faults:
            print(fault)
        print(f"{plural(len(app.wordings), 'wording')}, {plural(len(faults), 'fault')}")
    if faults:
        raise typer.Exit(3)
