"""Stocks, addresses and faces: what needs no typesetter."""

import struct
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appreciation.delivery.base import Letter, Sender
from appreciation.delivery.letters import Letters
from appreciation.printing.addresses import address_lines, lack_of, sent_from
from appreciation.printing.coverage import code_points
from appreciation.printing.faces import UnknownFace, faces_for, missing, remedy
from appreciation.printing.pieces import Look, Piece, UnknownInk
from appreciation.printing.print_tree import blocks_to_set, is_right_to_left, long_words
from appreciation.printing.stocks import UnknownStock, shelf

SHELF = shelf()
ADA = "12 St James's Square\nLondon SW1Y 4JH"


def test_an_unknown_card_is_told_with_the_nearest_and_all_names() -> None:
    with pytest.raises(UnknownStock) as told:
        SHELF.card("a66")

    assert str(told.value) == "no card is called 'a66'"
    assert told.value.mend.startswith("did you mean 'a6'? write one of: a6, a5, 4x6, 5x7, ")


def test_an_unknown_envelope_is_told_with_all_names() -> None:
    with pytest.raises(UnknownStock, match="no envelope is called 'window'") as told:
        SHELF.envelope("window")

    assert told.value.mend == "write one of: dl, c6, c6-5, c6/5, c5, 10, a2, a6, a7"


def test_stocks_are_found_as_people_write_them() -> None:
    assert SHELF.card("A6").name == "a6"
    assert SHELF.envelope("#10").name == "10"
    assert SHELF.envelope(" DL ").name == "dl"
    assert SHELF.labels("Avery L7160") == SHELF.labels("j8160")


def test_the_name_stands_first_and_the_country_last_in_capitals() -> None:
    assert address_lines("Ada Lovelace", ADA, "GB", "DE") == (
        "Ada Lovelace",
        "12 St James's Square",
        "London",
        "SW1Y 4JH",
        "UNITED KINGDOM",
    )


def test_domestic_mail_names_no_country() -> None:
    assert address_lines("Ada", "London", "gb", "GB") == ("Ada", "London")
    assert address_lines("Ada", "London", None, "GB") == ("Ada", "London")


def test_a_country_is_named_in_the_language_asked_for() -> None:
    assert address_lines("Ada", "London", "GB", "DE", "de-AT")[-1] == "VEREINIGTES KÖNIGREICH"
    assert address_lines("Ada", "London", "GB", "DE", "xx")[-1] == "UNITED KINGDOM"


def test_the_sender_s_country_is_told_only_abroad() -> None:
    assert sent_from("GB", "DE", "10115 Berlin", "en") == "GERMANY"
    assert sent_from("GB", "DE", "Deutschland", "en") == "", "it says so already"
    for country, home in (("de", "DE"), (None, "DE"), ("GB", None)):
        assert sent_from(country, home, "10115 Berlin", "en") == ""


def test_what_the_address_says_already_is_not_said_twice() -> None:
    said = "ada lovelace\n\nLondon\nUnited Kingdom\n"

    assert address_lines("Ada Lovelace", said, "GB", "DE", "de") == (
        "ada lovelace",
        "London",
        "United Kingdom",
    )


def test_a_country_babel_does_not_know_keeps_its_code() -> None:
    assert address_lines("Ada", "Somewhere", "QQ", "DE")[-1] == "QQ"


@pytest.mark.parametrize(
    ("home", "address", "lines"),
    [
        ("DE", "Am Tor 3\n10115 Berlin\nDeutschland", ("Am Tor 3", "10115 Berlin")),
        ("DE", "Am Tor 3\n10115 Berlin\nGERMANY", ("Am Tor 3", "10115 Berlin")),
        ("US", "1 Main St\nAustin, TX 78701\nUSA", ("1 Main St", "Austin, TX 78701")),
        # A town that is called like its country, and what may be a town.
        ("MC", "1 rue Basse\n98000\nMonaco", ("1 rue Basse", "98000", "Monaco")),
        ("DE", "Am Tor 3\nDeutschland", ("Am Tor 3", "Deutschland")),
    ],
)
def test_at_home_an_address_says_no_country_though_it_was_written(
    home: str, address: str, lines: tuple[str, ...]
) -> None:
    assert address_lines("Ada", address, None, home, "en")[1:] == lines
    assert address_lines("Ada", address, home, home, "en")[1:] == lines


@pytest.mark.parametrize(
    ("country", "address", "lines"),
    [
        ("DE", "Am Tor 3, 10115 Berlin", ("Am Tor 3", "10115 Berlin")),
        ("DE", "Am Tor 3, D-10115 Berlin, Deutschland", ("Am Tor 3", "D-10115 Berlin")),
        ("DE", "c/o Otto, Am Tor 3, 10115 Berlin", ("c/o Otto", "Am Tor 3", "10115 Berlin")),
        ("FR", "12 rue A, 75006 Paris", ("12 rue A", "75006 Paris")),
        ("FR", "12, rue A, 75006 Paris", ("12, rue A", "75006 Paris")),
        ("ES", "Calle Mayor, 5, 3º B, 28013 Madrid", ("Calle Mayor, 5, 3º B", "28013 Madrid")),
        ("US", "1 Main St, Austin, TX 78701", ("1 Main St", "Austin, TX 78701")),
        ("US", "1 Main St, Apt 4, Austin TX 78701", ("1 Main St, Apt 4", "Austin TX 78701")),
        ("US", "1 Main, Concord, New Hampshire 03301", ("1 Main", "Concord, New Hampshire 03301")),
        ("GB", "10 Downing Street, London SW1A 2AA", ("10 Downing Street", "London", "SW1A 2AA")),
        ("GB", "1 High St, Leeds, LS1 4AP", ("1 High St", "Leeds", "LS1 4AP")),
        # In doubt it stays as it was written.
        ("DE", "Am Tor 3, Berlin", ("Am Tor 3, Berlin",)),
        ("DE", "10115 Berlin, Am Tor 3", ("10115 Berlin, Am Tor 3",)),
        ("DE", "Platz 12345, 10115 Berlin", ("Platz 12345, 10115 Berlin",)),
        ("US", "Austin, TX 78701", ("Austin, TX 78701",)),
        ("AE", "Marina Walk 5, Dubai", ("Marina Walk 5, Dubai",)),
    ],
)
def test_an_address_of_one_line_is_parted_where_its_country_s_custom_leaves_no_doubt(
    country: str, address: str, lines: tuple[str, ...]
) -> None:
    assert address_lines("Ada", address, country, country)[1:] == lines
    if len(lines) > 1:
        assert address_lines("Ada", address, country, "CH")[1:-1] == lines


@given(
    name=st.text(max_size=30),
    address=st.text(max_size=120),
    country=st.sampled_from([None, "DE", "GB", "US"]),
    home=st.sampled_from([None, "DE", "US"]),
)
def test_address_lines_are_never_blank_and_lose_no_word(
    name: str, address: str, country: str | None, home: str | None
) -> None:
    lines = address_lines(name, address, country, home)

    assert all(line == line.strip() != "" for line in lines)
    said = [word.strip(",") for line in lines for word in line.split()]
    assert all(word.strip(",") in said for word in address.split())
    assert address_lines(name, "\n".join(lines), country, home) == lines


@pytest.mark.parametrize(
    ("country", "address", "lines"),
    [
        ("DE", "Am Tor 3\n10115\nBerlin", ("Ada", "Am Tor 3", "10115 Berlin")),
        ("FR", "1 rue A\n33380 Mios", ("Ada", "1 rue A", "33380 Mios")),
        ("US", "1 Main\nAustin, TX 78701", ("Ada", "1 Main", "Austin, TX 78701")),
        ("GB", "Flat 2\nLeeds LS1 4AP", ("Ada", "Flat 2", "Leeds", "LS1 4AP")),
        ("JP", "〒154-0023\n東京都世田谷区", ("〒154-0023", "東京都世田谷区", "Ada")),
        ("JP", "1-2-3 Wakabayashi\nTokyo 154-0023", ("Ada", "1-2-3 Wakabayashi", "Tokyo 154-0023")),
        ("HU", "Kossuth tér 1\n1055 Budapest", ("Ada", "Kossuth tér 1", "1055 Budapest")),
    ],
)
def test_lines_stand_as_the_country_s_post_wants_them(
    country: str, address: str, lines: tuple[str, ...]
) -> None:
    assert address_lines("Ada", address, country, country) == lines


@pytest.mark.parametrize(
    ("country", "address", "lacks"),
    [
        ("DE", "Am Tor 3\n10115 Berlin", None),
        ("DE", "Am Tor 3, D-10115 Berlin", None),
        ("DE", "Am Tor 3\nBerlin", "a postal code like 26133"),
        ("DE", "Am Tor 3", "a town"),
        ("GB", "12 St James's Square\nLondon", "a postal code like EC1Y 8SY"),
        ("GB", "12 St James's Square\nLondon sw1y 4jh", None),
        ("US", "12 Oak St\nSpringfield, IL 62701", None),
        ("US", "1 Main\nConcord, New Hampshire 03301-1234", None),
        ("US", "12 Oak St\nSpringfield 62701", "a state"),
        ("SE", "Storgatan 1\n114 55 Stockholm", None),
        ("IT", "Via Roma 1\n20090 Segrate", None),
        ("AE", "Marina Walk 5\nDubai", None),
        (None, "Main Street 1\nSpringfield", None),
        (None, "Main Street 1", "a town"),
    ],
)
def test_what_an_address_lacks_is_told(
    country: str | None, address: str, lacks: str | None
) -> None:
    assert lack_of(address, country) == lacks


def test_a_letter_made_of_a_base_and_its_marks_is_not_missing() -> None:
    assert missing("Nguyễn Zoe\u0308 \u200d\ufe0f", faces_for("", ["Caveat"]).all) == []
    assert missing("a\ue123b\ue123", faces_for("", ["Caveat"]).all) == ["\ue123"]


def test_the_mend_for_a_letter_names_a_package() -> None:
    assert "fonts-noto-cjk" in remedy("山")
    assert "fonts-noto-color-emoji" in remedy("🎂")
    assert "fonts-noto-core" in remedy("ก")
    assert remedy("\ue123") == ""


def test_a_gap_inside_a_font_s_segment_is_a_missing_letter(tmp_path: Path) -> None:
    segments = struct.pack(">HHHHHHH", 4, 0, 0, 4, 0, 0, 0)
    segments += struct.pack(">HHH", ord("C"), 0xFFFF, 0)
    segments += struct.pack(">HHHHHH", ord("A"), 0xFFFF, 0, 1, 4, 0)
    segments += struct.pack(">HHH", 7, 0, 8)
    groups = struct.pack(">HHIIIIII", 12, 0, 0, 0, 1, 0x1F382, 0x1F383, 9)
    header = struct.pack(">HHHHIHHI", 0, 2, 3, 1, 20, 3, 10, 20 + len(segments))
    font = struct.pack(">IHHHH4sIII", 0x10000, 1, 0, 0, 0, b"cmap", 0, 28, 0)
    (tmp_path / "small.ttf").write_bytes(font + header + segments + groups)

    found = code_points(tmp_path / "small.ttf")

    assert {chr(point) for point in found} == {"A", "C", "\U0001f382", "\U0001f383"}


def test_an_unknown_hand_is_told_with_the_nearest() -> None:
    with pytest.raises(UnknownFace, match="'Dancing'") as told:
        faces_for("", ["Dancing"])

    assert "did you mean 'Dancing Script'?" in told.value.mend


def test_an_ink_must_be_a_colour() -> None:
    with pytest.raises(UnknownInk, match="'sky'"):
        Look(SHELF.card("a6"), SHELF.envelope("c6"), (), ink="sky")


@pytest.mark.parametrize("code", ["", "b7", "B7 1", "B7-0001\n", "B" * 15])
def test_a_code_is_short_and_plain(code: str) -> None:
    with pytest.raises(ValueError, match="is no code"):
        Piece(code, "Ada", ("Ada",), [], "why")


def test_direction_is_that_of_the_first_letter() -> None:
    assert is_right_to_left("12 مريم Ada")
    assert not is_right_to_left("Ada مريم")
    assert not is_right_to_left("12")


def test_scripts_without_spaces_have_no_long_words() -> None:
    assert long_words("山" * 40) == []
    assert long_words("Roggenbrötchen-und-Kuchen") == ["Roggenbrötchen"]


def test_a_short_last_paragraph_is_the_signature_unless_it_is_alone() -> None:
    rosa = {"kind": "paragraph", "parts": [{"text": "Rosa"}]}

    assert [block["kind"] for block in blocks_to_set([rosa, rosa])] == ["paragraph", "signature"]
    assert [block["kind"] for block in blocks_to_set([rosa])] == ["paragraph"]


def test_a_lone_last_word_is_tied_to_the_one_before() -> None:
    text = "We hope the day is full of cake"
    block = blocks_to_set([{"kind": "paragraph", "parts": [{"text": text}]}])[0]

    assert block["parts"][0]["text"] == "We hope the day is full of\N{NO-BREAK SPACE}cake"


def test_the_typesetter_s_own_files_come_with_the_package() -> None:
    import appreciation.printing

    here = Path(appreciation.printing.__file__).parent
    assert {file.name for file in here.glob("*.typ")} == {
        "address.typ",
        "card.typ",
        "charts.typ",
        "envelope.typ",
        "impose.typ",
        "pick_list.typ",
        "picture.typ",
        "rulers.typ",
        "to_write.typ",
    }


def test_a_letter_that_goes_abroad_is_sent_from_the_sender_s_country(tmp_path: Path) -> None:
    sender = Sender("Rosa's Bakery", "Rosa", "rosa@example.org", "Hauptstr. 1", "DE", "en")
    letter = Letter(
        1, "Ada", "12 St James's Square\nLondon SW1Y 4JH", "GB", "Hello", "Dear Ada", "en", "",
        "birthday", datetime(2026, 11, 21, tzinfo=UTC),
    )  # fmt: skip

    assert Letters(sender, folder=tmp_path).piece(letter).sent_from == "GERMANY"
    at_home = replace(letter, country="")
    assert Letters(sender, folder=tmp_path).piece(at_home).sent_from == ""


@pytest.mark.parametrize(("country", "paper"), [("DE", "a4"), ("US", "letter"), ("", "a4")])
def test_an_owner_s_lists_are_on_the_paper_of_their_country(
    country: str, paper: str, tmp_path: Path
) -> None:
    sender = Sender("Rosa's Bakery", "Rosa", "rosa@example.org", "Hauptstr. 1", country, "en")

    assert Letters(sender, folder=tmp_path).look.lists_on == paper
