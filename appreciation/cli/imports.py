"""``appreciation import`` and ``imports``: a file is looked at first, and can be taken back."""

import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from appreciation.cli.door import AsJson, Yes, asks, plural, say, show_json, show_table
from appreciation.cli.progress import Bar

noun = typer.Typer(help="The files that were taken in.", no_args_is_help=True)

# What a listing in words shows of a kind of row.
_SHOWN = 10
Id = Annotated[int, typer.Argument(metavar="ID", help="The import, as `imports list` shows it.")]


def add_to(cli: typer.Typer) -> None:
    """Hang these commands into the command line."""
    cli.command("import")(take_in)
    cli.add_typer(noun, name="imports")


def take_in(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A CSV or vCard file.")],
    kind: Annotated[
        str | None, typer.Option("--as", metavar="KIND", help="What it is, where we are wrong.")
    ] = None,
    mapping: Annotated[
        list[str] | None,
        typer.Option("--map", metavar="HEADER=FIELD", help="What a column means; repeat it."),
    ] = None,
    dates: Annotated[
        str | None, typer.Option(help="day-first or month-first, where no cell tells.")
    ] = None,
    decimal: Annotated[
        str | None, typer.Option(help="point or comma, where no amount tells.")
    ] = None,
    catch_up: Annotated[
        bool, typer.Option("--catch-up", help="All that is past is history: thank nobody for it.")
    ] = False,
    since: Annotated[
        str | None, typer.Option(metavar="DAY", help="What was before this day is history.")
    ] = None,
    wanted: Annotated[bool, typer.Option("--apply", help="Take it in.")] = False,
    yes: Yes = False,
    as_json: AsJson = False,
) -> None:
    """Look at a file of customers, orders or referrals; take it in with --apply."""
    from appreciation import imports
    from appreciation.cli.opened import opened
    from appreciation.cli.shapes_of_imports import report_shape
    from appreciation.dates import parse_day

    app = opened(context)
    wishes = imports.Wishes(
        kind=kind,
        mapping=_pairs(mapping or []),
        dates=_one_of("--dates", dates, ("day-first", "month-first")),
        decimal=_one_of("--decimal", decimal, ("point", "comma")),
        catch_up=catch_up,
        since=parse_day(since, app.today()) if since else None,
    )
    watch = _Progress(file)
    do = imports.apply if wanted or yes else imports.plan
    report, wishes = _decided(do, app, file, wishes, watch)
    watch.end()
    if as_json:
        show_json(report_shape(report))
    else:
        _tell(report, file)
    if report.applied or as_json:
        return
    if asks() and typer.confirm("Take it in?", default=False, err=True):
        report, _ = _decided(imports.apply, app, file, wishes, watch)
        watch.end()
        print(f"taken in; to take it back: appreciation imports undo {report.import_id}")
    else:
        say(f"nothing is written yet; to take it in: appreciation import {file} --apply")


@noun.command("list")
def list_all(context: typer.Context, as_json: AsJson = False) -> None:
    """List the files that were taken in, the latest first."""
    from appreciation.cli.opened import local, opened
    from appreciation.cli.shapes_of_imports import import_shape
    from appreciation.store.imports import all_imports

    app = opened(context)
    with app.store.reading() as session:
        made = all_imports(session)
        shapes = [import_shape(each) for each in made]
        rows = [
            (each.id, local(each.imported_at, app), each.kind, each.file, each.new, each.updated,
             each.needs_a_look, each.unreadable, "undone" if each.undone_at else "")
            for each in made
        ]  # fmt: skip
    if as_json:
        show_json(shapes)
        return
    head = ("id", "on", "kind", "file", "new", "updated", "needs a look", "unreadable", "")
    show_table(head, rows, "no file was taken in yet: appreciation import FILE")


@noun.command("show")
def show(context: typer.Context, import_id: Id, as_json: AsJson = False) -> None:
    """Show how the rows of a file ended, and why."""
    from appreciation.cli.opened import opened
    from appreciation.cli.shapes_of_imports import import_shape, told_shape
    from appreciation.store.imports import rows_of, the_import

    app = opened(context)
    with app.store.reading() as session:
        made = the_import(session, import_id)
        told = [told_shape(each) for each in rows_of(session, made)]
        shape = import_shape(made) | {"told": told}
    if as_json:
        show_json(shape)
        return
    for key, value in shape.items():
        if key != "told" and value is not None:
            print(f"{key.replace('_', ' '):<13} {value}")
    if told:
        show_table(
            ("line", "ended as", "why"),
            [(each["line"], each["end"].replace("_", " "), each["reason"]) for each in told],
            "",
        )


@noun.command("undo")
def undo(context: typer.Context, import_id: Id, as_json: AsJson = False) -> None:
    """Take back what an import did and what was not edited since."""
    from appreciation.cli.opened import opened
    from appreciation.store.imports import the_import
    from appreciation.store.undoing import undo as take_back

    app = opened(context)
    with app.store.writing() as session:
        made = the_import(session, import_id)
        counts = take_back(session, made, app.clock())
    if as_json:
        show_json({"import_id": import_id, **counts})
        return
    gone = [
        plural(count, name.replace("_", " ").removesuffix("s"))
        for name, count in counts.items()
        if count and name not in {"kept", "put_back"}
    ]
    print(f"taken back: {', '.join(gone) or 'nothing was left to take back'}")
    if counts["put_back"]:
        print(f"put back as before: {plural(counts['put_back'], 'field')}")
    if counts["kept"]:
        say(f"kept, since edited or written about: {counts['kept']}")


def _decided(do: Any, app: Any, file: Path, wishes: Any, watch: "_Progress") -> tuple[Any, Any]:
    """Return the report; where a column can be read in two ways, ask a person who sits there."""
    from dataclasses import replace

    from appreciation.sources.base import Undecided

    while True:
        try:
            return do(app, file, wishes, watch), wishes
        except Undecided as open_question:
            watch.end()
            if not asks():
                raise
            answers = list(open_question.answers)
            means = " or ".join(f"{key} ({what})" for key, what in open_question.answers.items())
            say(f"{open_question}: {means}?")
            answer = typer.prompt("Which", type=str, default=answers[0], err=True)
            field = open_question.flag.removeprefix("--")
            wishes = replace(wishes, **{field: _one_of(open_question.flag, answer, answers)})


def _tell(report: Any, file: Path) -> None:
    """Say in words what an import does: counts, a sample, what needs a look, and how many notes."""
    from appreciation.stages.importing.report import End

    counts = ", ".join(
        f"{report.counts[end]} {end.value.replace('_', ' ')}"
        for end in End
        if report.counts[end] or end is End.NEW
    )
    print(f"{file.name}: {report.kind}, {plural(report.rows, 'row')}: {counts}")
    for words in report.sample:
        print(f"  {words}")
    for end in (End.NEEDS_A_LOOK, End.UNREADABLE):
        told = report.of(end)
        for each in told[:_SHOWN]:
            print(f"  line {each.line} {_VERB[end.value]}: {each.reason}")
        if len(told) > _SHOWN:
            print(f"  and {len(told) - _SHOWN} more, all with --json")
    others = [each for each in report.told if each.end.value in {"new", "updated", "same"}]
    for each in others[:_SHOWN]:
        print(f"  line {each.line} ({each.end.value}): {each.reason}")
    for remark in report.remarks:
        say(remark)
    if report.known_since:
        say(f"this very file was taken in on {report.known_since}")
    verb = "causes" if report.applied else "would cause"
    print(f"It {verb} {plural(report.notes, 'note')}.")
    if report.notes and not report.applied:
        say("with --catch-up, all that is past counts as seen")
    if report.applied:
        print(f"to take it back: appreciation imports undo {report.import_id}")


_VERB = {"needs_a_look": "needs a look", "unreadable": "cannot be read"}


class _Progress:
    """How much of a file is read, for somebody who waits at a terminal."""

    def __init__(self, file: Path) -> None:
        self.file = file
        self.lines = 0
        self.bar = Bar()
        self.end = self.bar.end

    def __call__(self, line: int) -> None:
        if sys.stderr.isatty():
            self.lines = self.lines or self._counted()
            self.bar(line / self.lines)

    def _counted(self) -> int:
        """Count the lines of the file, to know how far each one is."""
        with self.file.open("rb") as file:
            ends = sum(chunk.count(b"\n") for chunk in iter(lambda: file.read(1 << 20), b""))
        return max(ends, 1)


def _pairs(words: list[str]) -> dict[str, str]:
    from appreciation.errors import NotUnderstood

    pairs = {}
    for each in words:
        header, mark, name = each.rpartition("=")
        if not mark or not header.strip():
            raise NotUnderstood(
                f"{each!r} names no column and its meaning", mend="write it like --map 'Mail=email'"
            )
        pairs[header.strip()] = name.strip().casefold()
    return pairs


def _one_of(flag: str, answer: str | None, known: Any) -> str | None:
    from appreciation.errors import NotUnderstood

    if answer is not None and answer not in known:
        raise NotUnderstood(
            f"{flag} cannot be {answer!r}", mend=f"write {flag} {' or '.join(known)}"
        )
    return answer
