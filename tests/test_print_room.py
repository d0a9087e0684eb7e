"""Paper of every kind: what lies where on it, with what picture, and how it comes out."""

import json
import os
import subprocess
import sys
import textwrap
from dataclasses import replace
from pathlib import Path
from random import Random
from typing import Any

import pikepdf
import pypdfium2
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from appreciation.errors import AppreciationError
from appreciation.printing import calibration, manifest, pictures
from appreciation.printing.calibration import BadCalibration, Measured
from appreciation.printing.faces import HANDS
from appreciation.printing.grids import Place
from appreciation.printing.imposition import NoSuchStart, Spot, cards, labels
from appreciation.printing.refusals import NoPicture, NotPrinted
from appreciation.printing.rulers import draw_rulers, usual_paper
from appreciation.printing.stocks import BrokenStock, Card, Labels, as_toml, kind_of, shelf
from appreciation.printing.typesetting import Manifest, Piece, Printed, print_batch, reprint
from tests.test_printing import DAY, LOOK, batch_of, fonts_in, paragraph, piece, texts, words_of

SHELF = shelf()
MM = 72 / 25.4
KNOWN = """5160 8160 5161 5162 5163 5164 5167 l7159 l7160 j8160 l7161 l7162 l7163 l7165 l7173 l7651
3475 5389 8387 8315 3265 c2351 c2352 dl c6 c6/5 c5 10 a2 envelope:a6 a7 a6 a5 5x7 4x6 5x7-fold"""


def made(folder: Path, pieces: list[Piece], start_at: int = 1, **look: Any) -> Printed:
    return print_batch(batch_of(pieces, replace(LOOK, **look), start_at), folder / "B7")


def people(count: int, text: str = "happy birthday!", **more: Any) -> list[Piece]:
    return [replace(piece(n, f"Person {n:03}", text), **more) for n in range(1, count + 1)]


def boxes_of(file: Path, page: int, word: str) -> list[tuple[float, float, float, float]]:
    """Return where ``word`` stands: left, top, right and bottom in mm from the upper left."""
    found = []
    with pypdfium2.PdfDocument(file) as document:
        height = document[page].get_height()
        text = document[page].get_textpage()
        searcher = text.search(word)
        while (at := searcher.get_next()) is not None:
            letters = [text.get_charbox(n) for n in range(at[0], at[0] + at[1])]
            left, right = min(b[0] for b in letters), max(b[2] for b in letters)
            top, bottom = max(b[3] for b in letters), min(b[1] for b in letters)
            found.append((left / MM, (height - top) / MM, right / MM, (height - bottom) / MM))
    return found


def picture_of(file: Path, page: int = 0, dpi: int = 72) -> Image.Image:
    with pypdfium2.PdfDocument(file) as document:
        image: Image.Image = document[page].render(scale=dpi / 72).to_pil().convert("L")
        return image


def grey_at(image: Image.Image, x: int, y: int) -> int:
    return image.tobytes()[y * image.width + x]


# ------------------------------------------------------------------ stocks


@pytest.mark.parametrize("name", KNOWN.split())
def test_every_stock_of_the_table_is_there(name: str) -> None:
    assert SHELF.any(name).source


@pytest.mark.parametrize("stock", SHELF.of(Labels), ids=lambda stock: stock.name)
def test_a_sheet_of_labels_is_as_wide_and_high_as_its_paper(stock: Labels) -> None:
    grid = stock.grid
    across = 2 * grid.left + (grid.columns - 1) * grid.pitch_x + grid.width
    down = 2 * grid.top + (grid.rows - 1) * grid.pitch_y + grid.height

    assert (across, down) == pytest.approx((grid.paper.width, grid.paper.height), abs=0.15)


@pytest.mark.parametrize("stock", SHELF.stocks, ids=lambda stock: f"{kind_of(stock)}-{stock.name}")
def test_what_is_shown_of_a_stock_is_a_stock_again(stock: Any, tmp_path: Path) -> None:
    file = tmp_path / "stocks.toml"
    file.write_text(as_toml(stock), encoding="utf-8")

    (again,) = [each for each in shelf(file).of(type(stock)) if each.name == stock.name]
    assert (again.width, again.height) == pytest.approx((stock.width, stock.height), abs=0.001)
    if kind_of(stock) != "envelope":
        assert list(again.grid)[-1].x == pytest.approx(list(stock.grid)[-1].x, abs=0.01)


def test_the_owner_s_own_stock_stands_first_and_wins_a_clash(tmp_path: Path) -> None:
    file = tmp_path / "stocks.toml"
    file.write_text('[card.a6]\nwidth = "6in"\nheight = 100\n'
                    '[labels.mine]\nwidth = 50\nheight = 20\n'
                    'paper = "a4"\ncolumns = 4\nrows = 10\n')  # fmt: skip

    known = shelf(file)
    assert known.card("a6").width == pytest.approx(152.4)
    assert known.labels("mine").grid.left == 5
    assert known.stocks[0].name == "a6"


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("[card.x]\nwidth = 148\nheigth = 105\n", "x: height"),
        ("[card.x]\nwidth = 148\nheight = 105\nfold = 'middle'\n", "x: fold"),
        ("[cards.x]\nwidth = 148\n", "no kind of stock 'cards'"),
        ("[labels.x]\nwidth = 99\nheight = 30\npaper = 'a4'\ncolumns = 3\n", "columns end at"),
        ("[labels.x]\nwidth = 99\nheight = 30\npaper = 'b4'\n", "'b4' is none of"),
        (
            "[labels.x]\nwidth = 60\nheight = 30\npaper = 'a4'\ncolumns = 3\npitch_x = 50\n",
            "overlap",
        ),
        ("[card.x\n", "is not TOML"),
    ],
)
def test_a_broken_stock_is_told_by_file_and_name(text: str, wrong: str, tmp_path: Path) -> None:
    (tmp_path / "stocks.toml").write_text(text)

    with pytest.raises(BrokenStock, match=r"stocks\.toml") as told:
        shelf(tmp_path / "stocks.toml")
    assert wrong in str(told.value)


# ------------------------------------------------------------------ where it lies


@pytest.mark.parametrize("stock", SHELF.of(Card), ids=lambda stock: stock.name)
@pytest.mark.parametrize("turning", ["long-edge", "short-edge"])
def test_every_panel_lies_on_its_sheet_and_on_no_other(stock: Card, turning: Any) -> None:
    paper = stock.grid.paper
    for side in cards(7, stock, 1, turning):
        places = [spot.place for spot in side.spots]
        for at, one in enumerate(places):
            assert -0.01 <= one.x <= one.x + one.width <= paper.width + 0.01
            assert -0.01 <= one.y <= one.y + one.height <= paper.height + 0.01
            for other in places[at + 1 :]:
                assert (
                    one.x + one.width <= other.x + 0.01
                    or other.x + other.width <= one.x + 0.01
                    or one.y + one.height <= other.y + 0.01
                    or other.y + other.height <= one.y + 0.01
                )


@pytest.mark.parametrize("turning", ["long-edge", "short-edge"])
@pytest.mark.parametrize("name", ["postcard-a6-4up", "8387", "5389", "a6-fold", "a6-tent", "8315"])
def test_what_is_behind_a_card_is_its_own(name: str, turning: Any) -> None:
    """Turn the paper over as the printer does, and look through it."""
    card = SHELF.card(name)
    paper = card.grid.paper
    sides = cards(2 * len(card.grid), card, 1, turning)
    over_lower_edge = paper.is_landscape == (turning == "long-edge")

    def through(place: Place) -> tuple[float, float]:
        x, y = place.x + place.width / 2, place.y + place.height / 2
        return (x, paper.height - y) if over_lower_edge else (paper.width - x, y)

    for inside, outside in zip(sides[::2], sides[1::2], strict=True):
        for spot in inside.spots:
            back = [each for each in outside.spots if each.piece == spot.piece]
            seen = {str(each.panel): through(each.place) for each in back}
            middle = (spot.place.x + spot.place.width / 2, spot.place.y + spot.place.height / 2)
            # Behind the words of a folded card is its back, behind a postcard's its picture.
            behind = "back" if card.fold != "none" else "front"
            assert seen[behind] == pytest.approx(middle)


def test_a_quarter_fold_has_its_words_upside_down_above_its_back() -> None:
    (side,) = cards(1, SHELF.card("a6-quarter"))

    assert side.spots == (
        Spot("message", 0, Place(0, 0, 105, 148.5), turned=True),
        Spot("back", 0, Place(0, 148.5, 105, 148.5)),
        Spot("front", 0, Place(105, 148.5, 105, 148.5)),
    )


@given(count=st.integers(1, 200), start=st.integers(1, 21))
def test_labels_fill_a_begun_sheet_first_and_skip_none(count: int, start: int) -> None:
    grid = SHELF.labels("l7160").grid
    sheets = labels(count, grid, start)

    pieces = [spot.piece for sheet in sheets for spot in sheet.spots]
    assert pieces == list(range(count))
    assert sheets[0].spots[0].place == list(grid)[start - 1]
    assert len(sheets) == -(-(count + start - 1) // 21)


def test_a_start_that_is_not_on_the_sheet_is_refused(tmp_path: Path) -> None:
    for start in (0, 22):
        with pytest.raises(NoSuchStart, match=f"a sheet of l7160 has no place {start}"):
            made(tmp_path, people(1), start, envelope=SHELF.labels("l7160"))
    assert list(tmp_path.iterdir()) == []


def test_the_label_after_the_last_comes_first_on_the_next_sheet(tmp_path: Path) -> None:
    batch = made(tmp_path, people(31), envelope=SHELF.labels("5160"))
    first, second = texts(batch.folder / "labels.pdf")

    assert "Person 030" in first
    assert "Person 031" not in first
    assert "Person 031" in second


@pytest.mark.parametrize("stock", SHELF.of(Labels), ids=lambda stock: stock.name)
def test_an_address_stays_on_its_label(stock: Labels, tmp_path: Path) -> None:
    batch = made(tmp_path, people(3), 2, envelope=stock)
    places = list(stock.grid)

    for n, place in ((1, places[1]), (2, places[2])):
        for words in (f"Person {n:03}", f"B7-000{n}"):
            ((left, top, right, bottom),) = boxes_of(batch.folder / "labels.pdf", 0, words)
            assert place.x + 1 <= left <= right <= place.x + place.width - 1
            assert place.y + 0.5 <= top <= bottom <= place.y + place.height - 0.5


# ------------------------------------------------------------------ cards of every kind


@pytest.mark.parametrize("stock", SHELF.of(Card), ids=lambda stock: stock.name)
def test_each_card_says_its_words_once_with_its_code(stock: Card, tmp_path: Path) -> None:
    batch = made(tmp_path, people(3, occasion="birthday"), card=stock)
    said = " ".join(words_of(batch.folder / "cards.pdf").split())

    for n in (1, 2, 3):
        # Words that stand on their head are read in another order.
        words = f"{n:03}," if stock.fold == "quarter" else f"Dear Person {n:03},"
        assert said.count(words) == 1
        assert f"B7-000{n}" in said
    assert ("envelopes.pdf" in batch.names) != stock.address
    if stock.address:
        assert said.count("12 Linden Street") == 3


@pytest.mark.parametrize("name", ["a6", "5389", "postcard-a6", "a6-fold", "a6-quarter"])
def test_no_ink_but_a_picture_s_comes_near_the_edge_of_the_sheet(name: str, tmp_path: Path) -> None:
    long = "We think of you and of the garden. " * 6
    batch = made(tmp_path, people(4, long), card=SHELF.card(name), picture="none")
    file = batch.folder / "cards.pdf"

    for page in range(len(texts(file))):
        image = picture_of(file, page).point(lambda grey: 255 if grey < 200 else 0)
        left, top, right, bottom = image.getbbox() or (20, 20, 20, 20)
        assert min(left, top, image.width - right, image.height - bottom) >= 4 * MM


def test_a_printer_that_turns_no_paper_gets_a_file_for_each_side(tmp_path: Path) -> None:
    card = SHELF.card("a6-fold")
    batch = made(tmp_path, people(2, occasion="order"), card=card, duplex="off")

    assert batch.names[:2] == ("cards.pdf", "outsides.pdf")
    assert "Dear Person 002" in texts(batch.folder / "cards.pdf")[1]
    assert "Thank you" in texts(batch.folder / "outsides.pdf")[1]
    assert "B7-0002" in texts(batch.folder / "outsides.pdf")[1]


def test_a_print_shop_s_card_has_its_boxes_and_its_picture_beyond_the_trim(tmp_path: Path) -> None:
    batch = made(tmp_path, people(1), card=SHELF.card("5x7-fold"), bleed=3.175, picture="hills")
    with pikepdf.open(batch.folder / "cards.pdf") as document:
        page = document.pages[1]
        media, trim, bleed = ([float(n) for n in box] for box in
                              (page.mediabox, page.trimbox, page.bleedbox))  # fmt: skip

    assert media == bleed == pytest.approx([0, 0, 10.25 * 72, 7.25 * 72], abs=0.1)
    assert trim == pytest.approx([9, 9, 10.25 * 72 - 9, 7.25 * 72 - 9], abs=0.1)
    assert grey_at(picture_of(batch.folder / "cards.pdf", 1), 1, 100) < 250, "to the very edge"


@pytest.mark.parametrize("card", ["a6", "postcard-a6"])
def test_mail_that_goes_abroad_says_from_which_country_it_came(card: str, tmp_path: Path) -> None:
    near, far = people(2)
    batch = made(tmp_path, [near, replace(far, sent_from="GERMANY")], card=SHELF.card(card))
    at_home, abroad = texts(batch.files[1 if card == "a6" else 0])[:: 1 if card == "a6" else 2]

    assert "GERMANY" not in at_home
    assert "10115 Berlin\r\nGERMANY" in abroad


def test_a_postcard_keeps_clear_what_the_post_prints_on(tmp_path: Path) -> None:
    long = "We think of you and of the garden. " * 5
    batch = made(tmp_path, people(1, long), card=SHELF.card("postcard-a6"))
    image = picture_of(batch.folder / "cards.pdf").point(lambda grey: 255 if grey < 200 else 0)

    assert image.getbbox()[3] <= (105 - 15) * MM  # type: ignore[index]
    ((left, top, right, _),) = boxes_of(batch.folder / "cards.pdf", 0, "Person 001")[-1:]
    assert 148 / 2 < left < right <= 148 - 15
    assert top >= 40


def test_an_address_too_long_for_a_label_is_named_and_nothing_is_printed(tmp_path: Path) -> None:
    tall = replace(people(1)[0], address=("Ada", *(f"line {n}" for n in range(9))))

    with pytest.raises(NotPrinted, match=r"Person 001.*too long for a label l7651"):
        made(tmp_path, [tall], envelope=SHELF.labels("l7651"))
    assert list(tmp_path.iterdir()) == []


# ------------------------------------------------------------------ looks


@pytest.mark.parametrize("hand", HANDS)
def test_every_hand_can_be_asked_for(hand: str, tmp_path: Path) -> None:
    batch = made(tmp_path, [replace(people(1)[0], hand=hand)])

    family = hand.replace(" ", "")
    assert any(name.startswith(family) for name in fonts_in(batch.folder / "cards.pdf"))


def test_no_two_cards_look_stamped_and_each_looks_the_same_again(tmp_path: Path) -> None:
    one, two = (picture_of(made(tmp_path / str(n), people(2)).folder / "cards.pdf") for n in (1, 2))
    batch = made(tmp_path / "3", [replace(each, body=people(1)[0].body) for each in people(2)])
    first, second = (picture_of(batch.folder / "cards.pdf", page, 150) for page in (0, 1))
    still = made(
        tmp_path / "4", [replace(each, body=people(1)[0].body) for each in people(2)], varies=False
    )

    def words(image: Image.Image) -> bytes:
        return image.crop((0, 0, image.width, int(image.height * 0.85))).tobytes()

    assert one.tobytes() == two.tobytes()
    assert words(first) != words(second)
    assert words(picture_of(still.folder / "cards.pdf", 0)) == words(
        picture_of(still.folder / "cards.pdf", 1)
    )


def test_type_that_no_pen_wrote_stands_still(tmp_path: Path) -> None:
    same = [replace(each, body=people(1)[0].body) for each in people(2)]
    batch = made(tmp_path / "B7", same, hand="EB Garamond")
    one, two = (picture_of(batch.folder / "cards.pdf", page, 150) for page in (0, 1))

    above_the_code = (0, 0, one.width, int(one.height * 0.85))
    assert one.crop(above_the_code).tobytes() == two.crop(above_the_code).tobytes()


def test_an_apostrophe_is_curled_as_a_pen_does(tmp_path: Path) -> None:
    words = "Rosa's D'Arcy, l'été м'яч צ'ק 5'"
    body = [{"kind": "paragraph", "parts": [{"text": words}]}]
    batch = made(tmp_path / "B7", [replace(people(1)[0], body=body)])

    said = words_of(batch.folder / "cards.pdf")
    curled = "\N{RIGHT SINGLE QUOTATION MARK}"
    assert "Rosa's D'Arcy, l'été м'яч".replace("'", curled) in said
    assert said.count("'") == words.count("'") - 4


@pytest.fixture
def signature(tmp_path: Path) -> Path:
    file = tmp_path / "signature.png"
    image = Image.new("RGBA", (300, 100), (0, 0, 0, 0))
    for x in range(20, 280):
        for y in range(45, 56):
            image.putpixel((x, y), (20, 20, 90, 255))
    image.save(file)
    return file


def test_a_signature_stands_in_for_the_name_it_signs(signature: Path, tmp_path: Path) -> None:
    body = [paragraph("Dear Ada,"), paragraph("hello"), paragraph("Rosa", "Rosa's Bakery")]
    batch = made(tmp_path / "out", [piece(1, "Ada", body=body)], signature=signature, signer="Rosa")
    said = words_of(batch.folder / "cards.pdf")

    assert said.count("Rosa") == 1
    assert "Rosa\N{RIGHT SINGLE QUOTATION MARK}s Bakery" in said
    with pypdfium2.PdfDocument(batch.folder / "cards.pdf") as document:
        kinds = [each.type for each in document[0].get_objects(max_depth=9)]
    assert kinds.count(pypdfium2.raw.FPDF_PAGEOBJ_IMAGE) == 1


@pytest.mark.parametrize(
    ("name", "holds", "wrong"),
    [
        ("gone.png", None, "cannot be read"),
        ("photo.gif", b"GIF89a", "neither a PNG nor an SVG"),
        ("fake.png", b"<svg>", "is not what its name says"),
    ],
)
def test_a_signature_that_cannot_be_printed_is_told(
    name: str, holds: bytes | None, wrong: str, tmp_path: Path
) -> None:
    if holds is not None:
        (tmp_path / name).write_bytes(holds)

    with pytest.raises(NoPicture, match=wrong):
        made(tmp_path / "out", people(1), signature=tmp_path / name)
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("name", "wrong"),
    [
        ("missing.png", "is not in"),
        ("../secret.png", "lies outside of"),
        ("link.png", "lies outside of"),
        ("note.txt", "no picture we can print"),
        ("wreathe", "is not in"),
        ("fake.jpg", "is not what its name says"),
    ],
)
def test_a_picture_that_may_not_be_printed_names_the_customer_and_the_mend(
    name: str, wrong: str, tmp_path: Path
) -> None:
    ours = tmp_path / "templates"
    ours.mkdir()
    Image.new("RGB", (9, 9)).save(tmp_path / "secret.png")
    (ours / "link.png").symlink_to(tmp_path / "secret.png")
    (ours / "note.txt").write_text("hello")
    (ours / "fake.jpg").write_text("hello")
    one = replace(people(1)[0], picture=name)

    with pytest.raises(NoPicture, match=f"Person 001.*{wrong}") as told:
        made(tmp_path / "out", [one], card=SHELF.card("a6-fold"), pictures=ours)
    assert told.value.mend
    assert not (tmp_path / "out").exists()


LINKED = """<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9">
<image href="secret.png" width="5" height="5"/></svg>"""


@pytest.mark.parametrize("name", ["linked.svg", "cut.png"])
@pytest.mark.parametrize("whose", ["the card's", "the owner's", "the signature"])
def test_a_picture_that_cannot_be_drawn_is_named(name: str, whose: str, tmp_path: Path) -> None:
    """Only the card that asked for it is to blame; for the owner's own no card is."""
    (tmp_path / "linked.svg").write_text(LINKED)
    Image.new("RGB", (99, 99)).save(tmp_path / "cut.png")
    (tmp_path / "cut.png").write_bytes((tmp_path / "cut.png").read_bytes()[:60])
    of_card = name if whose == "the card's" else ""
    look: dict[str, Any] = {"pictures": tmp_path}
    if whose == "the owner's":
        look["picture"] = name
    elif whose == "the signature":
        look["signature"] = tmp_path / name
    pieces = [replace(people(2)[0], picture=of_card), people(2)[1]]

    with pytest.raises(NoPicture, match=f"{name}.* cannot be drawn: failed to ") as told:
        made(tmp_path / "out", pieces, card=SHELF.card("a6-fold"), **look)
    assert list(told.value.faults) == ([pieces[0].code] if of_card else [])
    assert "save it anew" in told.value.mend
    assert not (tmp_path / "out").exists()


def test_a_picture_of_the_settings_that_is_missing_fails_no_card(tmp_path: Path) -> None:
    with pytest.raises(NoPicture, match="the picture 'wreathe' is not in") as told:
        made(
            tmp_path / "out", people(2), card=SHELF.card("a6-fold"), picture="wreathe",
            pictures=tmp_path,
        )  # fmt: skip
    assert told.value.faults == {}
    assert told.value.mend.startswith("did you mean 'wreath'? put it there, or take one of ours: ")


def test_the_owner_s_own_picture_is_on_the_front(tmp_path: Path) -> None:
    Image.new("RGB", (60, 40), (10, 120, 10)).save(tmp_path / "garden.jpg")
    one = replace(people(1)[0], picture="garden.jpg")
    batch = made(tmp_path, [one], card=SHELF.card("postcard-a6"), pictures=tmp_path)

    assert 40 < grey_at(picture_of(batch.folder / "cards.pdf", 1), 200, 150) < 110


@pytest.mark.parametrize("name", pictures.designs())
def test_every_design_of_ours_can_be_printed(name: str, tmp_path: Path) -> None:
    batch = made(tmp_path, people(1, picture=name), card=SHELF.card("postcard-a6"))
    colours = picture_of(batch.folder / "cards.pdf", 1).getcolors(256)

    assert colours is not None
    assert len(colours) > 20, "a drawing, not a blank ground"


def test_every_occasion_has_a_design_and_every_language_its_words() -> None:
    for occasion in ("birthday", "order", "referral", "meeting", "quiet"):
        for language in ("en", "de", "fr", "es", "it", "nl", "pt"):
            assert pictures.caption(occasion, language)
    assert pictures.caption("birthday", "en-GB") == "Happy birthday"
    assert pictures.caption("birthday", "fi") == ""


# ------------------------------------------------------------------ scripts

SCRIPTS = {
    "مريم الفاسي": "NotoSansArabic",
    "רחל כהן": "Assistant",
    "आशा शर्मा": "NotoSans",
    "สมชาย ใจดี": "NotoSansThai",
    "Дмитрий Иванов": "NotoSans",
    "Νίκος Παππάς": "NotoSans",
    "Nguyễn Thị Hương": "NotoSans",
}


def test_every_script_finds_its_face_on_cards_envelopes_and_labels(tmp_path: Path) -> None:
    pieces = [piece(n, name) for n, name in enumerate(SCRIPTS, start=1)]
    batch = made(tmp_path, pieces, envelope=SHELF.labels("l7160"))

    for name in ("cards.pdf", "labels.pdf"):
        families = {font.partition("-")[0] for font in fonts_in(batch.folder / name)}
        assert set(SCRIPTS.values()) <= families
    # No box for a missing letter: each line is as long as it is wide in its own face.
    assert all(fonts_in(batch.folder / "cards.pdf").values())


def random_name(chance: Random) -> str:
    parts = [
        "Ada",
        "Zoë",
        "Łukasz",
        "Nguyễn",
        "Дмитрий",
        "Νίκος",
        "Søren",
        "José",
        "Çelik",
        "Ann-Marie",
        "O'Neil",
        "von",
        "de",
        "مريم",
        "רחל",
    ]
    return " ".join(chance.choice(parts) for _ in range(chance.randint(1, 4)))


def test_random_names_and_notes_never_meet_another_s_envelope(tmp_path: Path) -> None:
    """As `make bench-names` does it with ten thousand."""
    chance = Random(7)
    pieces = [
        piece(n, random_name(chance), "We think of you. " * chance.randint(1, 20))
        for n in range(1, 251)
    ]

    batch = made(tmp_path, pieces, 5, card=SHELF.card("a6-4up"), envelope=SHELF.labels("l7160"))
    assert len(texts(batch.folder / "cards.pdf")) == 63


# ------------------------------------------------------------------ printers


@given(
    left=st.floats(8, 32), top=st.floats(8, 32), across=st.floats(96, 104), down=st.floats(96, 104),
    at=st.floats(0, 300),
)  # fmt: skip
def test_what_a_printer_does_is_undone(
    left: float, top: float, across: float, down: float, at: float
) -> None:
    """It puts what stands at 20 mm at ``left``, and makes ``across`` of 100 mm."""
    undone = Measured(left, top, across, down).correction

    def printed(x: float, twenty: float, hundred: float) -> float:
        return twenty + (x - 20) * hundred / 100

    assert printed(undone.right + undone.stretch_x * at, left, across) == pytest.approx(at)
    assert printed(undone.down + undone.stretch_y * at, top, down) == pytest.approx(at)


def test_a_measured_printer_gets_its_pages_moved_front_and_back(tmp_path: Path) -> None:
    card, some = SHELF.card("a6-fold"), people(1, occasion="order")
    manifest = batch_of(some, replace(LOOK, card=card))
    true = print_batch(manifest, tmp_path / "true")
    moved = print_batch(
        manifest,
        tmp_path / "moved",
        measured={"front": Measured(left=21.5, top=19), "back": Measured(across=99)},
    )

    for page, word, dx, dy in ((0, "Dear Person", -1.5, 1.0), (1, "Thank you", None, 0.0)):
        ((x, y, *_),) = boxes_of(true.folder / "cards.pdf", page, word)
        ((x2, y2, *_),) = boxes_of(moved.folder / "cards.pdf", page, word)
        # What lies 20 mm from the left stays there, and all else moves outwards.
        expected = dx if dx is not None else (x - 20) * (100 / 99 - 1)
        assert (x2 - x, y2 - y) == pytest.approx((expected, dy), abs=0.05)


def test_what_was_measured_is_kept_for_each_printer_and_side(tmp_path: Path) -> None:
    file = tmp_path / "calibration.toml"
    calibration.save(file, 'HP "4"', "front", Measured(21, 20, 100, 99.5))
    calibration.save(file, 'HP "4"', "back", Measured(left=19))
    calibration.save(file, "", "front", Measured(top=22))

    assert calibration.measured(file, 'HP "4"') == {
        "front": Measured(21, 20, 100, 99.5),
        "back": Measured(left=19),
    }
    assert calibration.measured(file, "")["front"].top == 22
    assert calibration.measured(file, "another") == {"front": Measured(), "back": Measured()}


@pytest.mark.parametrize("numbers", [(60, 20, 100, 100), (20, 20, 90, 100), (float("nan"),) * 4])
def test_numbers_that_no_printer_has_are_refused(numbers: tuple[float, ...]) -> None:
    with pytest.raises(BadCalibration, match="too far from") as told:
        Measured(*numbers)
    assert "100 %" in told.value.mend


def test_the_rulers_are_where_they_say(tmp_path: Path) -> None:
    stock = SHELF.labels("l7160")
    draw_rulers(tmp_path / "rulers.pdf", stock.grid.paper, stock)
    image = picture_of(tmp_path / "rulers.pdf", 0, 254).point(lambda grey: 255 if grey < 140 else 0)

    # Ten dots a millimetre: the long line down at 20 mm from 20 to 120 mm.
    column = [grey_at(image, 200, y) for y in range(205, 1195)]
    assert sum(value == 255 for value in column) > 900
    assert "Rulers, back" in texts(tmp_path / "rulers.pdf")[1]
    with pytest.raises(AppreciationError, match="too small for rulers"):
        draw_rulers(tmp_path / "x.pdf", SHELF.card("a6").grid.paper)
    assert usual_paper("US").width == 215.9


# ------------------------------------------------------------------ once more, and not at all


def test_a_reprint_is_made_of_what_was_frozen(tmp_path: Path) -> None:
    batch = made(tmp_path, people(9), envelope=SHELF.labels("l7160"))
    again = reprint(batch.folder, 7, 9, start_at=4)

    cards_again = texts(again.folder / "cards.pdf")
    assert again.folder.parent == batch.folder
    assert cards_again == texts(batch.folder / "cards.pdf")[6:]
    ((left, *_),) = boxes_of(again.folder / "labels.pdf", 0, "Person 007")
    assert left > SHELF.labels("l7160").grid.left
    assert reprint(batch.folder, 7, 9).folder.name == "reprint-7-9-2"
    with pytest.raises(AppreciationError, match="no cards from 10 to 12") as told:
        reprint(batch.folder, 10, 12)
    assert told.value.mend == "its numbers are 1 to 9"


def test_a_manifest_that_was_changed_prints_nothing_more(tmp_path: Path) -> None:
    batch = made(tmp_path, people(2))
    file = batch.folder / manifest.FILE
    file.write_text(file.read_text().replace("12 Linden Street", "13 Linden Street", 1))

    with pytest.raises(manifest.BrokenManifest, match="address of B7-0001 is another one"):
        reprint(batch.folder, 1, 2)


def test_a_manifest_read_back_is_the_one_that_was_written(signature: Path, tmp_path: Path) -> None:
    look = replace(LOOK, signature=signature, pictures=tmp_path, envelope=SHELF.labels("5160"))
    one = replace(people(1)[0], facts=("four daughters",), before="last year", enclose="a bag")
    batch = Manifest("Batch B7", DAY, look, (one,), 3)
    manifest.save(batch, tmp_path / manifest.FILE)

    assert manifest.load(tmp_path) == batch
    kept = json.loads((tmp_path / manifest.FILE).read_text())
    assert kept["pieces"][0]["code"] == "B7-0001"


def test_who_writes_by_hand_gets_all_there_is_to_know(tmp_path: Path) -> None:
    one = replace(
        people(1)[0], facts=("four daughters", "likes figs"), before="Dear Ada,\n\nlast year!",
        enclose="a tea bag",
    )  # fmt: skip
    batch = print_batch(replace_by_hand(batch_of([one])), tmp_path / "B7")
    said = words_of(batch.folder / "to-write.pdf")

    assert batch.names == ("to-write.pdf", "envelopes.pdf", "pick-list.pdf")
    for words in ("four daughters", "likes figs", "last year!", "birthday on 3 May", "a tea bag"):
        assert words in said


@pytest.mark.parametrize("name", ["محمد علي", "דוד כהן", "Maximiliane " * 6])
def test_a_sheet_to_write_from_is_read_back_whatever_the_name(name: str, tmp_path: Path) -> None:
    one = replace(people(1)[0], name=name)

    batch = print_batch(replace_by_hand(batch_of([one])), tmp_path / "B7")
    assert (batch.folder / "to-write.pdf").exists()


@pytest.mark.parametrize(("paper", "size"), [("a4", (210, 297)), ("letter", (215.9, 279.4))])
def test_what_the_owner_reads_is_on_the_paper_in_their_printer(
    paper: str, size: tuple[float, float], tmp_path: Path
) -> None:
    batch = batch_of(people(2))
    printed = print_batch(
        replace_by_hand(replace(batch, look=replace(batch.look, lists_on=paper))), tmp_path / "B7"
    )

    for name in ("pick-list.pdf", "to-write.pdf"):
        with pypdfium2.PdfDocument(printed.folder / name) as document:
            assert document[0].get_size() == pytest.approx([mm * 72 / 25.4 for mm in size], abs=0.1)


def replace_by_hand(batch: Manifest) -> Manifest:
    return replace(batch, by_hand=True)


def test_the_pick_list_speaks_the_owner_s_language_and_says_what_to_enclose(tmp_path: Path) -> None:
    pieces = [*people(1), replace(people(2)[1], enclose="einen Teebeutel")]
    batch = made(tmp_path, pieces, language="de")
    said = words_of(batch.folder / "pick-list.pdf")

    for words in ("1. Mai 2027", "2 Briefe", "Anlass", "Beilegen", "einen Teebeutel", "Im Kasten"):
        assert words in said


FULL = """
    import resource, sys
    sys.path.insert(0, sys.argv[2])
    from pathlib import Path
    from tests.test_print_room import batch_of, people, print_batch
    from appreciation.printing.refusals import NotPrinted
    resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[3]), -1))
    try:
        print_batch(batch_of(people(40)), Path(sys.argv[1]))
    except NotPrinted as error:
        print(error, "|", error.mend)
"""


@pytest.mark.skipif(os.name == "nt", reason="there is no such limit")
@pytest.mark.parametrize("limit", [100_000, 3_000_000])
def test_a_full_disk_is_told_and_leaves_nothing(limit: int, tmp_path: Path) -> None:
    home = Path(__file__).parent.parent
    program = textwrap.dedent(FULL)
    told = subprocess.run(
        [sys.executable, "-c", program, str(tmp_path / "B7"), str(home), str(limit)],
        capture_output=True, text=True, check=True,
    )  # fmt: skip

    if limit < 1_000_000:
        assert "could not write" in told.stdout
        assert "free some space" in told.stdout
        assert list(tmp_path.iterdir()) == []
    else:
        assert (tmp_path / "B7" / "cards.pdf").exists()
