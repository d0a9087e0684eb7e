"""How fast cards, envelopes and labels are set and read back, beside WeasyPrint and Chromium.

Each arm is a process of its own, timed whole, start-up included, and where it can tell, without
the start of Python and of the parts that are imported; memory is the most that it and
its children hold together (PSS), looked at every 20 ms. Ours checks every card for overflow and
reads every page back; the others set the same words on the same paper in the same face, and check
nothing. WeasyPrint gets one document for each process, the fastest way we know.
"""

import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import date
from html import escape
from importlib.resources import files
from pathlib import Path
from typing import Any

from peers import interpreter

ROUNDS = int(os.environ.get("ROUNDS", "3"))
HERE = Path(__file__).parent
DAY = date(2027, 5, 1)
NAMES = ["Ada", "Zoë", "Łukasz", "Søren", "José", "Çelik", "Ann-Marie", "Jürgen", "Emil", "Dmitri"]
WORDS = (
    "Thank you for sending a friend our way. A word from you is worth more to us than anything we"
    " could say ourselves, and it made my week. I hope the garden is well, and that there is time"
    " to sit in it now and then."
)
SETTINGS = """\
[business]
name = "Rosa's Bakery"
signer = "Rosa"
email = "rosa@example.org"
timezone = "Europe/Berlin"
country = "DE"
address = "Hauptstr. 1\\n10115 Berlin"
[occasions.meeting]
by = "post"
approve = "auto"
"""


def main() -> None:
    if sys.argv[1:2] == ["--arm"]:
        ARMS[sys.argv[2]](int(sys.argv[3]), Path(sys.argv[4]))
        return
    print(f"{os.cpu_count()} processors, median of {ROUNDS} rounds; CPU and memory of the last")
    with (
        tempfile.TemporaryDirectory(prefix="bench-print-") as name,
        interpreter("weasyprint") as py,
    ):
        room = Path(name)
        page = _page(room, 1000)
        arms = _ours(room) | _theirs(room, page, py)
        found: dict[str, list[tuple[float, ...]]] = {arm: [] for arm in arms}
        for _ in range(ROUNDS):
            for arm, prepared in arms.items():
                with prepared() as command:
                    found[arm].append(_timed(command))
    print(f"\n{'':52}{'wall s':>8}{'started':>9}{'CPU s':>8}{'MB':>7}")
    for arm, runs in found.items():
        wall, inner = (statistics.median(run[n] for run in runs) for n in (0, 1))
        _, _, cpu, memory = runs[-1]
        started = f"{inner:9.2f}" if inner else f"{'-':>9}"
        print(f"{arm:52}{wall:8.2f}{started}{cpu:8.2f}{memory:7.0f}")


Command = Callable[[], AbstractContextManager[list[str]]]


def _ours(room: Path) -> dict[str, Command]:
    asked = {
        "1,000 cards, checked and read back": ("cards", 1000),
        "5,000 cards, checked and read back": ("cards", 5000),
        "1,000 envelopes, checked and read back": ("envelopes", 1000),
        "1,000 labels, checked and read back": ("labels", 1000),
        "1,000 cards, envelopes and pick list, one batch": ("batch", 1000),
    }
    arms = {
        what: _always([sys.executable, __file__, "--arm", arm, str(count), str(room)])
        for what, (arm, count) in asked.items()
    }
    arms["40 approved notes: batch make, with everything"] = _from_store(room, 40)
    arms["1,000 approved notes: batch make, with everything"] = _from_store(room, 1000)
    return arms


def _theirs(room: Path, page: Path, python: str | None) -> dict[str, Command]:
    arms = {}
    if python:
        for count in (1, 2):
            arms[f"WeasyPrint, {count} process{'es' if count > 1 else ''}: 1,000 cards"] = _always(
                [python, str(HERE / "peer_weasyprint.py"), str(page), str(room), str(count)]
            )
    chromium = shutil.which("chromium") or shutil.which("google-chrome")
    if chromium:
        flags = ["--headless", "--no-sandbox", "--disable-gpu", "--no-pdf-header-footer"]
        arms["Chromium: 1,000 cards"] = _always(
            [chromium, *flags, f"--print-to-pdf={room / 'chromium.pdf'}", page.as_uri()]
        )
    else:
        print("there is no Chromium here: left out")
    return arms


def _always(command: list[str]) -> Command:
    @contextmanager
    def prepared() -> Iterator[list[str]]:
        yield command

    return prepared


def _from_store(room: Path, count: int) -> Command:
    """Return what makes a store with approved notes anew each time, and then asks for a batch."""

    @contextmanager
    def prepared() -> Iterator[list[str]]:
        folder = Path(tempfile.mkdtemp(dir=room))
        config = folder / "config.toml"
        config.write_text(SETTINGS, encoding="utf-8")
        fill = [sys.executable, __file__, "--arm", "fill", str(count), str(folder)]
        subprocess.run(fill, check=True)
        yield [sys.executable, "-m", "appreciation", "--config", str(config), "batch", "make"]
        made = list((folder / "print").glob("B*/cards.pdf"))
        assert len(made) == 1, "no batch was made"

    return prepared


def _timed(command: list[str]) -> tuple[float, float, float, float]:
    """Return wall seconds of ``command``, those it tells itself, CPU seconds, most memory in MB."""
    before, most, done = os.times(), [0.0], threading.Event()
    began = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE)

    def look() -> None:
        while not done.wait(0.02):
            most[0] = max(most[0], sum(map(_megabytes, _family(process.pid))))

    watcher = threading.Thread(target=look)
    watcher.start()
    told, said = process.communicate()
    took = time.perf_counter() - began
    done.set()
    watcher.join()
    if process.returncode:
        sys.exit(f"{' '.join(command)} failed:\n{said.decode(errors='replace')[-2000:]}")
    after = os.times()
    cpu = after.children_user + after.children_system
    cpu -= before.children_user + before.children_system
    inner = float(told) if told.replace(b".", b"").strip().isdigit() else 0.0
    return took, inner, cpu, most[0]


def _family(pid: int) -> list[int]:
    try:
        listed = Path(f"/proc/{pid}/task").iterdir()
        children = [int(c) for each in listed for c in (each / "children").read_text().split()]
    except OSError:
        return []
    return [pid, *(member for child in children for member in _family(child))]


def _megabytes(pid: int) -> float:
    try:
        told = Path(f"/proc/{pid}/smaps_rollup").read_text()
    except OSError:
        return 0
    return sum(int(line.split()[1]) for line in told.splitlines() if line.startswith("Pss:")) / 1024


def _name(number: int) -> str:
    # No figures: a note to such a name would wait for a person.
    family = str(number).translate(str.maketrans("0123456789", "aeioulrnst"))
    return f"{NAMES[number % len(NAMES)]} {family.title()}sen"


def _page(room: Path, count: int) -> Path:
    """Return a web page with as many cards, for those who set such."""
    with files("fontpkg_caveat").joinpath("files/Caveat[wght].ttf").open("rb") as source:
        (room / "caveat.ttf").write_bytes(source.read())
    cards = "".join(
        f"<section><div><p>Dear {escape(_name(n))},</p><p>{escape(WORDS)}</p>"
        f"<p class=s>Rosa<br>Rosa's Bakery</p></div><i>B7-{n:04}</i></section>"
        for n in range(count)
    )
    page = room / "cards.html"
    page.write_text(
        "<meta charset=utf-8><style>@font-face{font-family:C;src:url(caveat.ttf)}"
        "@page{size:148mm 105mm;margin:0}body{margin:0;font:16.5pt/1.16 C;color:#1f2a44}"
        "section{width:148mm;height:105mm;position:relative;break-after:page}"
        "div{position:absolute;left:13mm;right:13mm;top:20mm}p{margin:0 0 .6em}.s{margin-left:46%}"
        f"i{{position:absolute;right:6mm;bottom:5mm;font-size:4pt}}</style>{cards}",
        encoding="utf-8",
    )
    return page


def _manifest(count: int) -> Any:
    from appreciation.printing.stocks import shelf
    from appreciation.printing.typesetting import Look, Manifest, Piece

    known = shelf()
    sender = ("Rosa's Bakery", "Hauptstr. 1", "10115 Berlin")
    look = Look(known.card("a6"), known.envelope("c6"), sender, signer="Rosa")

    def paragraph(*lines: str) -> dict[str, object]:
        parts = [part for line in lines for part in ({"break": True}, {"text": line})]
        return {"kind": "paragraph", "parts": parts[1:]}

    pieces = [
        Piece(
            f"B7-{n:04}",
            _name(n),
            (_name(n), "Am Tor 3", "10115 Berlin"),
            [paragraph(f"Dear {_name(n)},"), paragraph(WORDS), paragraph("Rosa", "Rosa's Bakery")],
            "sent us a friend",
        )
        for n in range(count)
    ]
    return Manifest("Batch B7", DAY, look, tuple(pieces))


def _one_kind(kind: str) -> Callable[[int, Path], None]:
    def arm(count: int, room: Path) -> None:
        from appreciation.printing import proofreading
        from appreciation.printing.cards import card_sheet
        from appreciation.printing.checking import letters_of
        from appreciation.printing.envelopes import envelope_sheet, label_sheet
        from appreciation.printing.faces import faces_for
        from appreciation.printing.press import press
        from appreciation.printing.stocks import shelf

        batch = _manifest(count)
        pieces, look = batch.pieces, batch.look
        began = time.perf_counter()
        faces = faces_for(letters_of(pieces, look), [look.hand])
        match kind:
            case "cards":
                sheet = card_sheet(pieces, look, faces, batch.title)
            case "envelopes":
                sheet = envelope_sheet(pieces, look, faces, batch.title)
            case _:
                sheet = label_sheet(pieces, shelf().labels("5160"), faces, batch.title)
        target = room / f"{kind}.pdf"
        assert press(sheet, target, DAY) == {}
        proofreading.check(target, kind, sheet, pieces)
        print(f"{time.perf_counter() - began:.3f}")

    return arm


def _batch(count: int, room: Path) -> None:
    from appreciation.printing.typesetting import print_batch

    target = Path(tempfile.mkdtemp(dir=room)) / "B7"
    batch = _manifest(count)
    began = time.perf_counter()
    print_batch(batch, target)
    print(f"{time.perf_counter() - began:.3f}")


def _fill(count: int, folder: Path) -> None:
    from datetime import timedelta

    from appreciation.app import assemble
    from appreciation.config.reading import load
    from appreciation.stages import intake
    from appreciation.store import migrating

    app = assemble(load(folder / "config.toml"))
    migrating.migrate(app.store, backup_name="before.db")
    now, today = app.clock(), app.today()
    with app.store.writing() as session:
        for n in range(count):
            fields = {"name": _name(n), "address": "Am Tor 3\n10115 Berlin"}
            customer = intake.add_customer(session, fields, None, now, today)
            intake.add_meeting(session, customer, today - timedelta(days=2), None, now)
    found = app.find() + app.draft()
    assert found["approved"] == count, json.dumps(found)
    app.store.close()


ARMS = {
    "cards": _one_kind("cards"),
    "envelopes": _one_kind("envelopes"),
    "labels": _one_kind("labels"),
    "batch": _batch,
    "fill": _fill,
}


if __name__ == "__main__":
    main()
