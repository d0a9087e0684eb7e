import os
import signal
import subprocess
import sys
from dataclasses import replace
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pikepdf
import pypdfium2
import pytest

from appreciation.machine import host
from appreciation.printing.cards import card_sheet
from appreciation.printing.checking import letters_of
from appreciation.printing.envelopes import envelope_sheet
from appreciation.printing.faces import faces_for
from appreciation.printing.proofreading import check, check_list
from appreciation.printing.refusals import (
    FolderTaken,
    Mismatch,
    NoGlyph,
    NotPrinted,
    TooLong,
    Unprintable,
)
from appreciation.printing.sheets import Sheet
from appreciation.printing.stocks import Card, Envelope, shelf
from appreciation.printing.typesetting import (
    Look,
    Manifest,
    Piece,
    Printed,
    preview,
    print_batch,
)

DAY = date(2027, 5, 1)
SHELF = shelf()
LOOK = Look(
    SHELF.card("a6"), SHELF.envelope("c6"), ("Rosa's Bakery", "Hauptstr. 1", "10115 Berlin")
)
POINTS_PER_MM = 72 / 25.4
PRIVATE_USE = "\ue123"


def paragraph(*lines: str) -> dict[str, Any]:
    parts: list[dict[str, Any]] = []
    for line in lines:
        parts += [{"break": True}, {"text": line, "bold": False, "italic": False}]
    return {"kind": "paragraph", "parts": parts[1:]}


def piece(
    number: int,
    name: str,
    text: str = "happy birthday!",
    *,
    body: list[dict[str, Any]] | None = None,
    address: tuple[str, ...] | None = None,
    why: str = "birthday on 3 May",
) -> Piece:
    return Piece(
        code=f"B7-{number:04}",
        name=name,
        address=address or (name, "12 Linden Street", "10115 Berlin"),
        body=body or [paragraph(f"Dear {name},"), paragraph(text), paragraph("Rosa")],
        why=why,
    )


NAMES = ["Ada Lovelace", "Zoë Müller-Lüdenscheidt", "Łukasz Żółć", "Дмитрий Иванов", "Νίκος"]
PIECES = [piece(number, name) for number, name in enumerate(NAMES, start=1)]


def print_to(folder: Path, pieces: list[Piece] = PIECES, look: Look = LOOK) -> Printed:
    return print_batch(batch_of(pieces, look), folder)


def batch_of(pieces: list[Piece] = PIECES, look: Look = LOOK, start_at: int = 1) -> Manifest:
    return Manifest("Batch B7", DAY, look, tuple(pieces), start_at)


@pytest.fixture(scope="module")
def printed(tmp_path_factory: pytest.TempPathFactory) -> Printed:
    return print_to(tmp_path_factory.mktemp("print") / "B7")


def preflight(pieces: list[Piece], look: Look) -> dict[str, str]:
    """Return, by code, why a piece cannot be printed."""
    with TemporaryDirectory() as folder:
        try:
            print_to(Path(folder) / "B7", pieces, look)
        except NotPrinted as error:
            return dict(error.faults)
    return {}


def texts(file: Path) -> list[str]:
    with pypdfium2.PdfDocument(file) as document:
        return [page.get_textpage().get_text_range() for page in document]


def words_of(file: Path) -> str:
    return " ".join(" ".join(texts(file)).replace("\N{NO-BREAK SPACE}", " ").split())


def fonts_in(file: Path) -> dict[str, bool]:
    """Return the names of the fonts that ``file`` uses, and whether each is embedded."""
    found = {}
    with pikepdf.open(file) as document:
        for thing in document.objects:
            if isinstance(thing, pikepdf.Dictionary) and thing.get("/Type") == "/FontDescriptor":
                embedded = any(f"/FontFile{kind}" in thing for kind in ("", "2", "3"))
                found[str(thing["/FontName"]).partition("+")[2]] = embedded
    return found


def test_each_person_has_one_card_and_one_envelope(printed: Printed) -> None:
    assert (
        len(texts(printed.folder / "cards.pdf"))
        == len(texts(printed.folder / "envelopes.pdf"))
        == len(PIECES)
    )


def test_codes_stand_in_one_order_on_cards_envelopes_and_pick_list(printed: Printed) -> None:
    codes = [one.code for one in PIECES]

    assert [
        codes[page] in text for page, text in enumerate(texts(printed.folder / "cards.pdf"))
    ] == [True] * 5
    assert [
        codes[page] in text for page, text in enumerate(texts(printed.folder / "envelopes.pdf"))
    ] == [True] * 5
    assert [
        word for word in words_of(printed.folder / "pick-list.pdf").split() if word in codes
    ] == codes


def test_names_are_on_their_cards_and_envelopes(printed: Printed) -> None:
    for name, inside, outside in zip(
        NAMES,
        texts(printed.folder / "cards.pdf"),
        texts(printed.folder / "envelopes.pdf"),
        strict=True,
    ):
        assert name in inside
        assert name in outside


def test_the_pick_list_says_what_when_for_whom_and_why(printed: Printed) -> None:
    said = words_of(printed.folder / "pick-list.pdf")

    for words in ("Batch B7", "1 May 2027", "5 letters", *NAMES, "birthday on 3 May"):
        assert words in said


@pytest.mark.parametrize("stock", SHELF.of(Card), ids=lambda stock: stock.name)
def test_a_card_has_the_size_of_its_stock(stock: Card, tmp_path: Path) -> None:
    preview(PIECES[0], replace(LOOK, card=stock), tmp_path / "card.pdf")

    with pikepdf.open(tmp_path / "card.pdf") as document:
        for name_of_box in ("/MediaBox", "/TrimBox"):
            box = document.pages[0].obj[name_of_box]
            expected = [
                0,
                0,
                stock.grid.paper.width * POINTS_PER_MM,
                stock.grid.paper.height * POINTS_PER_MM,
            ]
            assert [float(side) for side in box] == pytest.approx(expected, abs=0.1)


@pytest.mark.parametrize("stock", SHELF.of(Envelope), ids=lambda stock: stock.name)
def test_an_address_stands_where_the_post_reads_it(stock: Envelope, tmp_path: Path) -> None:
    lines = ("Ada Lovelace", "c/o " + "Analytical Engines and Other Machines " * 2, "London")
    one = piece(1, "Ada Lovelace", address=lines)
    made = print_to(tmp_path / "B7", [one], replace(LOOK, envelope=stock))

    with pypdfium2.PdfDocument(made.folder / "envelopes.pdf") as document:
        page = document[0]
        width, height = page.get_size()
        text = page.get_textpage()
        boxes = [text.get_charbox(at) for at in range(text.count_chars())]
    assert (width, height) == pytest.approx(
        (stock.width * POINTS_PER_MM, stock.height * POINTS_PER_MM), abs=0.1
    )
    address = [box for box in boxes if box[0] > 0.28 * width and box[2] > box[0]]
    left, bottom = (min(box[side] for box in address) / POINTS_PER_MM for side in (0, 1))
    right, top = (max(box[side] for box in address) / POINTS_PER_MM for side in (2, 3))
    assert left >= 15
    assert right <= stock.width - 15
    assert right - left <= 100
    assert 16 <= bottom < top <= 69.85


def test_only_our_faces_are_used_and_all_are_embedded(printed: Printed) -> None:
    for file in (
        printed.folder / "cards.pdf",
        printed.folder / "envelopes.pdf",
        printed.folder / "pick-list.pdf",
    ):
        fonts = fonts_in(file)

        assert fonts
        assert all(fonts.values())
        assert all(name.startswith(("Caveat", "NotoSans")) for name in fonts)


def test_a_name_the_hand_cannot_write_brings_another_hand_for_the_whole_card(
    tmp_path: Path,
) -> None:
    preview(piece(1, "Hương"), LOOK, tmp_path / "card.pdf")

    families = {name.partition("-")[0] for name in fonts_in(tmp_path / "card.pdf")}
    assert families == {"DancingScript", "NotoSans"}


def test_the_same_batch_has_the_same_bytes(printed: Printed, tmp_path: Path) -> None:
    again = print_to(tmp_path / "B7")

    assert (again.folder / "cards.pdf").read_bytes() == (printed.folder / "cards.pdf").read_bytes()
    assert (again.folder / "envelopes.pdf").read_bytes() == (
        printed.folder / "envelopes.pdf"
    ).read_bytes()
    assert (again.folder / "pick-list.pdf").read_bytes() == (
        printed.folder / "pick-list.pdf"
    ).read_bytes()


def test_a_batch_for_more_than_one_process_is_one_batch(tmp_path: Path) -> None:
    many = [
        Piece(f"C-{number:05}", "Ada", ("Ada", "London"), [paragraph("Hello!")], "hello")
        for number in range(1003)
    ]

    made = print_to(tmp_path / "C", many)

    assert len(texts(made.folder / "cards.pdf")) == 1003
    assert "C-01002" in texts(made.folder / "envelopes.pdf")[-1]


@pytest.mark.parametrize(
    "name", ['#read("/etc/passwd")', "<script>alert(1)</script>", "$x^2$ *b* _i_ `c` @r", "\\#x //"]
)
def test_markup_in_a_name_is_printed_as_it_stands(name: str, tmp_path: Path) -> None:
    made = print_to(tmp_path / "B7", [piece(1, name, why=name)])

    for file in (
        made.folder / "cards.pdf",
        made.folder / "envelopes.pdf",
        made.folder / "pick-list.pdf",
    ):
        assert "".join(name.split()) in "".join(words_of(file).split()).replace("\u200b", "")


def test_every_kind_of_block_can_be_set(tmp_path: Path) -> None:
    body: list[dict[str, Any]] = [
        {"kind": "heading", "level": 1, "parts": [{"text": "Ten years!"}]},
        {"kind": "list", "ordered": True, "items": [[paragraph("you laugh")]]},
        {"kind": "list", "ordered": False, "items": [[paragraph("you sing")]]},
        {"kind": "rule"},
        {"kind": "quote", "blocks": [paragraph("Tea is a good idea.")]},
        {"kind": "paragraph", "parts": [{"text": "so", "bold": True, "italic": True}]},
    ]

    preview(piece(1, "Ada", body=body), LOOK, tmp_path / "card.pdf")

    said = words_of(tmp_path / "card.pdf")
    for words in ("Ten years!", "1. you laugh", "you sing", "Tea is a good idea.", "so"):
        assert words in said


def test_a_block_of_an_unknown_kind_is_refused_by_name(tmp_path: Path) -> None:
    strange = piece(1, "Ada", body=[{"kind": "table", "rows": []}])

    assert preflight([strange], LOOK) == {
        "B7-0001": "its text has a block of kind 'table', which cannot be set on a card"
    }
    with pytest.raises(Unprintable, match="Ada"):
        print_to(tmp_path / "B7", [strange])


def test_a_longer_text_is_set_smaller_before_it_is_refused(tmp_path: Path) -> None:
    some = piece(1, "Ada", "We think of you and of the garden. " * 12)
    more = piece(2, "Ben", "We think of you and of the garden. " * 17)

    made = print_to(tmp_path / "B7", [some, more, PIECES[2]])

    assert len(texts(made.folder / "cards.pdf")) == 3
    assert letter_height(made.folder / "cards.pdf", 1) < letter_height(made.folder / "cards.pdf", 0)


def letter_height(file: Path, page: int) -> float:
    with pypdfium2.PdfDocument(file) as document:
        text = document[page].get_textpage()
        at = text.get_text_range().index("W")
        _, bottom, _, top = text.get_charbox(at)
        return float(top - bottom)


def test_a_text_that_is_too_long_is_named_with_its_lines_and_stops_the_batch(
    tmp_path: Path,
) -> None:
    long = piece(9, "Ben Long", "We think of you and of the garden. " * 28)
    pieces = [*PIECES, long]

    found = preflight(pieces, LOOK)

    assert list(found) == ["B7-0009"]
    assert "3 lines too long for an a6 card even at 80 %" in found["B7-0009"]
    with pytest.raises(TooLong, match="Ben Long"):
        print_to(tmp_path / "B7", pieces)
    assert list(tmp_path.iterdir()) == []


def test_lines_too_long_are_counted() -> None:
    counted = []
    for lines in (15, 16, 18, 40):
        body = [paragraph("Dear Ada,", *["and on it goes"] * lines, "without an end")]
        counted.append(preflight([piece(1, "Ada", body=body)], LOOK).get("B7-0001", ""))

    figures = [int(words.split()[3]) for words in counted if words]
    assert figures[-1] - figures[-2] == 22
    assert figures[-2] - figures[-3] == 2


def test_a_word_wider_than_the_card_is_named() -> None:
    wide = piece(1, "Ada", "Donaudampfschifffahrtsgesellschaft" * 4)

    found = preflight([wide], LOOK)

    assert "the word 'Donaudampf" in found["B7-0001"]


def test_an_address_that_leaves_its_zone_is_refused() -> None:
    tall = piece(1, "Ada", address=("Ada", *(f"line {number}" for number in range(14))))
    wide = piece(2, "Ben", address=("Ben" * 30, "London"))

    found = preflight([tall, wide], LOOK)

    assert "address is too long for an envelope c6" in found["B7-0001"]
    assert "address is too wide for an envelope c6" in found["B7-0002"]


def test_a_missing_glyph_is_named_with_its_number(tmp_path: Path) -> None:
    strange = piece(1, f"Ada {PRIVATE_USE}")

    assert "U+E123" in preflight([strange], LOOK)["B7-0001"]
    with pytest.raises(NoGlyph, match=r"U\+E123"):
        print_to(tmp_path / "B7", [strange])


def test_a_missing_glyph_in_the_return_address_is_told_of_every_piece() -> None:
    found = preflight(PIECES, replace(LOOK, sender=("Rosa" + PRIVATE_USE,)))

    assert list(found) == [one.code for one in PIECES]
    assert all("in the return address" in words for words in found.values())


def test_a_batch_without_faults_passes_the_preflight() -> None:
    assert preflight(PIECES, LOOK) == {}
    assert preflight([], LOOK) == {}


def test_two_pieces_never_share_a_code(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="B7-0001"):
        print_to(tmp_path / "B7", [PIECES[0], PIECES[0]])


@pytest.mark.parametrize("kind", ["folder", "link", "link to nowhere"])
def test_a_folder_that_is_there_is_never_touched(kind: str, tmp_path: Path) -> None:
    taken, elsewhere = tmp_path / "B7", tmp_path / "elsewhere"
    if kind == "folder":
        taken.mkdir()
    if kind == "link":
        elsewhere.mkdir()
    if kind != "folder":
        taken.symlink_to(elsewhere)

    with pytest.raises(FolderTaken, match="B7"):
        print_to(taken)

    assert not elsewhere.exists() or list(elsewhere.iterdir()) == []


def test_a_link_named_in_a_text_is_words_and_not_followed(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("the safe opens at noon")
    link = tmp_path / "link"
    link.symlink_to(secret)

    preview(piece(1, f'#read("{link}")', "hello"), LOOK, tmp_path / "card.pdf")

    assert "noon" not in words_of(tmp_path / "card.pdf")


def test_release_is_called_before_the_folder_is_seen(tmp_path: Path) -> None:
    seen: list[bool] = []
    folder = tmp_path / "new" / "B7"

    print_batch(batch_of(), folder, release=lambda: seen.append(folder.exists()))

    assert seen == [False]
    assert sorted(file.name for file in folder.iterdir()) == [
        "cards.pdf",
        "envelopes.pdf",
        "manifest.json",
        "pick-list.pdf",
    ]


def test_a_release_that_fails_leaves_nothing(tmp_path: Path) -> None:
    def refuse() -> None:
        raise RuntimeError("the store is gone")

    with pytest.raises(RuntimeError, match="the store is gone"):
        print_batch(batch_of(), tmp_path / "B7", release=refuse)

    assert list(tmp_path.iterdir()) == []


DIES = """
import os, signal, sys
from pathlib import Path
sys.path.insert(0, sys.argv[2])
from tests.test_printing import batch_of, print_batch
print_batch(batch_of(), Path(sys.argv[1]),
            release=lambda: os.kill(os.getpid(), signal.SIGKILL))
"""


@pytest.mark.skipif(os.name == "nt", reason="there is no SIGKILL")
def test_a_kill_at_the_last_moment_leaves_no_folder_and_the_next_run_tidies(tmp_path: Path) -> None:
    home = Path(__file__).parent.parent
    folder = tmp_path / "B7"

    died = subprocess.run([sys.executable, "-c", DIES, str(folder), str(home)], check=False)

    assert died.returncode == -signal.SIGKILL
    assert not folder.exists()
    # Its number was used up: the next batch has another one.
    print_to(tmp_path / "B8")
    assert [file.name for file in tmp_path.iterdir()] == ["B8"]


def test_what_another_living_process_is_about_to_release_is_left_to_it(tmp_path: Path) -> None:
    others = tmp_path / f".B6.{host()}.{os.getppid()}.unfinished"
    others.mkdir()

    print_to(tmp_path / "B7")

    assert others.exists()


def test_a_folder_that_cannot_be_written_is_told_in_one_line(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a folder")

    with pytest.raises(NotPrinted, match="could not write"):
        print_to(tmp_path / "file" / "B7")


def sheets_of(pieces: list[Piece], look: Look = LOOK) -> dict[str, Sheet]:
    faces = faces_for(letters_of(pieces, look), [look.hand])
    return {
        "cards.pdf": card_sheet(pieces, look, faces, "B7"),
        "envelopes.pdf": envelope_sheet(pieces, look, faces, "B7"),
    }


WRONG = [
    [PIECES[1], PIECES[0], *PIECES[2:]],
    PIECES[:-1],
    [*PIECES, piece(6, "Eve")],
    [*PIECES[:-1], piece(6, "Eve")],
]


@pytest.mark.parametrize("name", ["cards.pdf", "envelopes.pdf"])
def test_reading_back_finds_a_swap_a_loss_and_a_stranger(name: str, printed: Printed) -> None:
    file = printed.folder / name
    check(file, "them", sheets_of(PIECES)[name], PIECES)

    for wrong in WRONG:
        with pytest.raises(Mismatch):
            check(file, "them", sheets_of(wrong)[name], wrong)


def test_reading_back_finds_what_a_list_lacks(printed: Printed) -> None:
    file = printed.folder / "pick-list.pdf"
    check_list(file, PIECES)

    for wrong in WRONG:
        with pytest.raises(Mismatch):
            check_list(file, wrong)


def test_reading_back_finds_the_wrong_paper_and_the_wrong_name(printed: Printed) -> None:
    larger = replace(LOOK, card=SHELF.card("a5"))
    with pytest.raises(Mismatch, match="size"):
        check(printed.folder / "cards.pdf", "cards", sheets_of(PIECES, larger)["cards.pdf"], PIECES)
    other = [replace(PIECES[0], address=("Bob",)), *PIECES[1:]]
    with pytest.raises(Mismatch, match="Bob"):
        check(printed.folder / "envelopes.pdf", "them", sheets_of(other)["envelopes.pdf"], other)


def test_nothing_is_printed_near_the_edge_of_a_card(printed: Printed) -> None:
    with pypdfium2.PdfDocument(printed.folder / "cards.pdf") as document:
        for page in document:
            width, height = page.get_size()
            text = page.get_textpage()
            for at in range(text.count_chars()):
                left, bottom, right, top = text.get_charbox(at)
                assert left >= 12
                assert bottom >= 12
                assert right <= width - 12
                assert top <= height - 12


def test_a_long_list_goes_on_with_its_head_on_every_page(tmp_path: Path) -> None:
    many = [piece(number, f"Person {number}") for number in range(1, 90)]

    made = print_to(tmp_path / "B7", many)

    pages = texts(made.folder / "pick-list.pdf")
    assert len(pages) > 1
    assert all("Code" in page for page in pages)
