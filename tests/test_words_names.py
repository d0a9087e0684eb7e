"""What a customer is called, and what is asked about before anybody is greeted."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appreciation.words.greetings import called, customary_formality, greeting
from appreciation.words.names import call_name, doubts, envelope_name, formal_name, suspicious

SHOP = "Rosa's Bakery"
REAL_SHORT_NAMES = [
    "J.R.",
    "Mr. T",
    "Cher",
    "O'Neil",
    "X Æ A-12",
    "Bo Li",
    "Ng",
    "李",
    "DJ",
    "J.R.R.T.",
]
kinds = st.sampled_from(["person", "household", "company"])


@pytest.mark.parametrize(
    ("name", "called"),
    [
        ("Ada Byron", "Ada"),
        ("Cher", "Cher"),
        ("Smith, John", "John"),
        ("Smith, John A. (work)", "John"),
        ("John A. Smith", "John"),
        ("Ludwig van Beethoven", "Ludwig"),
        ("Maria de la Cruz", "Maria"),
        ("Anne-Marie Fox", "Anne-Marie"),
        ("Conan O'Neil", "Conan"),
        ("José García", "José"),
        ("John Smith Jr.", "John"),
        ("Ada Byron, PhD", "Ada"),
        ("Christopher Null", "Christopher"),
        ("ANNA MEIER", "ANNA"),
        ("anna meier", "anna"),
        ("MACHADO", "MACHADO"),
    ],
)
def test_a_person_is_called_by_a_given_name_that_is_beyond_doubt(name: str, called: str) -> None:
    assert call_name(name, "person") == called


@pytest.mark.parametrize(
    "name",
    [
        "Dr. Ada Byron",
        "Mr. T",
        "Dr. Byron",
        "Sister Agnes",
        "Bob & Mary Smith",
        "Bob and Mary Smith",
        "De La Cruz",
        "van Beethoven",
        "J. R. Tolkien",
        "J.R. Tolkien",
        "X Æ A-12",
        "Nguyễn Văn An",
        "Nguyen An",
        "Kim Min-jun",
        "Nagy Péter",
        "山田 太郎",
        "김민준",
        "Иван Петров",
        "María García López",
        "Mary Ann Smith",
        "Acme Dental LLC",
        "Smith & Sons",
        "The Johnsons",
    ],
)
def test_in_doubt_a_person_is_called_by_the_whole_name(name: str) -> None:
    assert call_name(name, "person") == name


@pytest.mark.parametrize(
    "name", ["", "  ", "-", "n/a", "N/A", "None", "unknown", "test", "ada@example.org", "Smith, J."]
)
def test_what_is_no_name_is_not_called(name: str) -> None:
    assert call_name(name, "person") is None
    assert greeting(name, "person", None, SHOP) == "Hello from Rosa's Bakery,"


def test_a_household_is_called_as_it_was_given_and_a_company_not_at_all() -> None:
    assert call_name("Smith Family", "household") == "Smith Family"
    assert call_name("Bob & Mary Smith", "household") == "Bob & Mary Smith"
    assert call_name("Acme Ltd", "company") is None


@given(name=st.text(max_size=40), kind=kinds)
def test_a_name_is_cut_but_never_respelt(name: str, kind: str) -> None:
    called = call_name(name, kind)

    assert called is None or called in name


@pytest.mark.parametrize(
    ("name", "kind", "told", "opening"),
    [
        ("Ada Byron", "person", None, "Dear Ada,"),
        ("Augusta Ada Byron", "person", "Ada", "Dear Ada,"),
        ("Smith", "household", None, "Dear Smith family,"),
        ("Smith Family", "household", None, "Dear Smith family,"),
        ("Familie Brandt", "household", None, "Dear Brandt family,"),
        ("Familie von Brandt", "household", None, "Dear von Brandt family,"),
        ("Familie Anna und Bert Brandt", "household", None, "Dear Anna und Bert Brandt,"),
        ("The Family", "household", None, "Hello from Rosa's Bakery,"),
        ("The Johnsons", "household", None, "Dear Johnsons,"),
        ("Bob & Mary Smith", "household", None, "Dear Bob & Mary Smith,"),
        ("Bob & Mary Smith", "household", "Bob and Mary", "Dear Bob and Mary,"),
        ("Acme Ltd", "company", None, "Dear all at Acme Ltd,"),
        ("Acme Ltd", "company", "Ada", "Dear Ada,"),
        ("", "company", None, "Hello from Rosa's Bakery,"),
        ("Ada Byron", "person", "n/a", "Dear Ada,"),
        ("n/a", "person", "  ", "Hello from Rosa's Bakery,"),
    ],
)
def test_the_opening_sentence_is_chosen(
    name: str, kind: str, told: str | None, opening: str
) -> None:
    assert greeting(name, kind, told, SHOP) == opening


@pytest.mark.parametrize(
    ("language", "opening"),
    [
        ("de", "Hallo Ada,"),
        ("de-AT", "Hallo Ada,"),
        ("fr", "Bonjour Ada,"),
        ("nl", "Beste Ada,"),
        ("es", "Hola, Ada:"),
        ("pl", "Ada,"),
    ],
)
def test_an_opening_guesses_no_gender_in_any_language(language: str, opening: str) -> None:
    assert greeting("Ada Byron", "person", None, SHOP, language) == opening


@given(
    name=st.text(max_size=30),
    kind=kinds,
    told=st.none() | st.text(max_size=20),
    shop=st.sampled_from(["", " ", ",", "Rosa's Bakery", "2 Cups"]),
    language=st.sampled_from(["en", "de", "es", "fr", "nl", "xx"]),
)
def test_no_opening_has_a_hole(
    name: str, kind: str, told: str | None, shop: str, language: str
) -> None:
    opening = greeting(name, kind, told, shop, language)

    assert any(map(str.isalnum, opening))
    assert opening.rstrip(",:").strip() not in {"Dear", "Dear all at", "Hello from", "Hallo", ""}


@pytest.mark.parametrize(
    ("name", "flag"),
    [
        ("ANNA MEIER", "is written in capitals only"),
        ("anna meier", "is written in small letters only"),
        ("ANNA ST. JAMES", "is written in capitals only"),
        ("john42", "holds digits"),
        ("Ada 1815", "holds digits"),
        ("Test Customer", "looks like a test"),
        ("n/a", "stands for no name"),
        ("None", "stands for no name"),
        ("---", "stands for no name"),
        ("", "is empty"),
        ("ada@example.org", "is an email address"),
        ("Win a prize http://x.example", "holds characters that no name has"),
        ("{{first_name}}", "holds characters that no name has"),
        ("<b>Ada</b>", "holds characters that no name has"),
        ("A. B.", "is initials only"),
        ("A", "is one letter"),
        ("A.", "is one letter"),
        ("Bob & Mary Smith", "names two people"),
        ("Bob and Mary", "names two people"),
        ("Acme Dental", "looks like a company"),
        ("Acme LLC", "looks like a company"),
        ("Acme, Inc.", "looks like a company"),
        ("Müller GmbH", "looks like a company"),
        ("Smith & Sons", "looks like a company"),
        ("Volvo AB", "looks like a company"),
        ("Kim's Hair Salon", "looks like a company"),
        ("Smith Family", "looks like a household"),
        ("Familie Müller", "looks like a household"),
        ("The Johnsons", "looks like a household"),
        ("Ada Ada", "has the same first and last name"),
        ("Ada 🎂", "holds an emoji or a symbol"),
    ],
)
def test_a_name_to_look_at_says_why(name: str, flag: str) -> None:
    assert flag in suspicious(name)


@pytest.mark.parametrize(
    "name",
    [
        *REAL_SHORT_NAMES,
        "Ada Byron",
        "José María Aznar López",
        "Jean-Luc Picard",
        "山田 太郎",
        "Boutros Boutros-Ghali",
        "Charlotte Church",
        "John Smith 3rd",
        "Christopher Null",
        "J. R. R. Tolkien",
        "Ada Price",
    ],
)
def test_a_real_name_passes(name: str) -> None:
    assert suspicious(name) == []


@given(name=st.text(max_size=60), kind=kinds)
def test_nothing_that_people_type_breaks_the_asking(name: str, kind: str) -> None:
    assert all(suspicious(name)) or suspicious(name) == []
    assert greeting(name, kind, None, SHOP)


# Unicode CLDR, common/testData/personNameTest: how each of these is addressed, by language.
@pytest.mark.parametrize(
    ("language", "name", "formal"),
    [
        ("en", "Zendaya", "Zendaya"),
        ("en", "Mr. Bertram Wooster Jr", "Mr. Wooster"),
        ("en", "Prof. Dr. Ada Cornelia César Martín von Brühl Jr", "Prof. Dr. von Brühl"),
        ("de", "Lena", "Lena"),
        ("de", "Dr. Paul Vinzent von Fischer jr. MdB", "Dr. von Fischer"),
        ("fr", "Adèle", "Adèle"),
        ("fr", "Prof. Dr. María Florencia Martina von Brühl Jr.", "Prof. Dr. von Brühl"),
        ("fr", "M. Jean-Nicolas Louis Marcel de Bouchart fils", "M. de Bouchart"),
        ("fr", "M. de Bouchart", "M. de Bouchart"),
        ("es", "Lola", "Lola"),
        ("es", "Prof. Dr. Mary Sue Marie von Miller II", "Prof. Dr. von Miller"),
        ("it", "Mina", "Mina"),
        ("it", "Sig. Fabio Martini II", "Sig. Martini"),
        ("pt", "Maria", "Maria"),
        ("pt", "Sr. José da Silva", "Sr. José da Silva"),
        ("pt", "Maria Silva", "Maria Silva"),
        ("nl", "Fatima", "Fatima"),
        ("nl", "dhr. Bertus Wevers Harry Robert de Jong jr.", "dhr. de Jong"),
        ("nl", "mevrouw Ada Cornelia César Martín von Brühl jr.", "mevrouw von Brühl"),
    ],
)
def test_whoever_has_a_title_is_addressed_as_the_cldr_expects(
    language: str, name: str, formal: str
) -> None:
    assert formal_name(name, language) == formal
    assert formal in greeting(name, "person", None, SHOP, language, "formal")


@pytest.mark.parametrize(
    ("name", "called"),
    [
        ("Irene Adler", "Irene"),
        ("Iris Falke", "Iris"),
        ("Adélaïde Lemaître", "Adélaïde"),
        ("Louise Péricourt", "Louise"),
        ("Marie-Agnès Gilot", "Marie-Agnès"),
        ("Hermione Granger", "Hermione"),
        ("Lucía Pérez", "Lucía"),
        ("Irene Fabbri", "Irene"),
        ("Julia Roberts", "Julia"),
        ("Maria Silva", "Maria"),
        ("Irene Bakker", "Irene"),
        ("Käthe Müller", "Käthe"),
    ],
)
def test_an_informal_letter_is_to_the_given_name_as_the_cldr_expects(
    name: str, called: str
) -> None:
    assert call_name(name, "person") == called


@pytest.mark.parametrize(
    ("name", "expected_by_cldr"),
    [("Mary Sue Watson", "Mary Sue"), ("Gian Carlo Conti", "Gian Carlo"), ("M. de Bouchart", "")],
)
def test_where_the_cldr_is_told_the_parts_we_are_not_sure_and_say_all(
    name: str, expected_by_cldr: str
) -> None:
    """It knows which words are the given name; a bare "Mary Sue Watson" does not say."""
    assert call_name(name, "person") == name
    assert name.startswith(expected_by_cldr)


@pytest.mark.parametrize(
    ("name", "expected_by_cldr", "ours"),
    [
        ("Iris Falke", "Falke", "Iris Falke"),
        ("Max Ben Mustermann", "Mustermann", "Max Ben Mustermann"),
        ("Adélaïde Lemaître", "Lemaître", "Adélaïde Lemaître"),
        ("Lucía Pérez", "Pérez", "Lucía Pérez"),
        ("Rosa María Ruiz", "Ruiz", "Rosa María Ruiz"),
    ],
)
def test_without_a_title_a_formal_letter_is_to_the_whole_name(
    name: str, expected_by_cldr: str, ours: str
) -> None:
    """CLDR leaves the title to its caller; a bare family name would need one that we make up."""
    assert formal_name(name) == ours
    assert ours.endswith(expected_by_cldr)


@pytest.mark.parametrize(
    ("name", "formal"),
    [
        ("Frau Meier", "Frau Meier"),
        ("Mr. T", "Mr. T"),
        ("Byron, Ada", "Ada Byron"),
        ("Dr. María García López", "Dr. María García López"),
        ("n/a", None),
        ("Smith, J.", None),
    ],
)
def test_no_title_is_made_up_and_no_family_name_guessed(name: str, formal: str | None) -> None:
    assert formal_name(name) == formal


@pytest.mark.parametrize(
    ("name", "kind", "above_the_address"),
    [
        ("Byron, Ada", "person", "Ada Byron"),
        ("Dr. Byron, Ada", "person", "Dr. Ada Byron"),
        ("Ada Byron, PhD", "person", "Ada Byron, PhD"),
        ("The Johnsons", "household", "The Johnsons"),
        ("Smith, Jones & Co", "company", "Smith, Jones & Co"),
    ],
)
def test_an_envelope_has_the_name_in_reading_order(
    name: str, kind: str, above_the_address: str
) -> None:
    assert envelope_name(name, kind) == above_the_address


@pytest.mark.parametrize(
    ("language", "kind", "name", "opening"),
    [
        ("de", "person", "Dr. Paul von Fischer", "Guten Tag Dr. von Fischer,"),
        ("de", "household", "Brandt", "Guten Tag Familie Brandt,"),
        ("fr", "person", "Ada Byron", "Bonjour Ada Byron,"),
        ("es", "person", "Ada Byron", "Buenos días, Ada Byron:"),
        ("it", "person", "Ada Byron", "Buongiorno Ada Byron,"),
        ("pt", "company", "Acme", "Olá a todos em Acme,"),
        ("en", "person", "n/a", "Hello from Rosa's Bakery,"),
    ],
)
def test_a_formal_letter_opens_formally(language: str, kind: str, name: str, opening: str) -> None:
    assert greeting(name, kind, None, SHOP, language, "formal") == opening


def test_what_the_owner_told_us_wins_over_a_formal_name() -> None:
    assert greeting("Ada Byron", "person", "Frau Dr. Byron", SHOP, "de", "formal") == (
        "Guten Tag Frau Dr. Byron,"
    )


def test_formal_is_the_custom_where_a_language_has_two_forms() -> None:
    assert customary_formality("de-AT") == "formal"
    assert customary_formality("en-GB") == "informal"


def test_an_initial_m_is_no_monsieur_outside_of_french() -> None:
    assert formal_name("M. Night Shyamalan", "en") == "M. Night Shyamalan"


def test_a_noble_name_is_one_persons() -> None:
    assert suspicious("Prof. Dr. von und zu Fischer") == []
    assert formal_name("Prof. Dr. von und zu Fischer", "de") == "Prof. Dr. von und zu Fischer"


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", "Brandt family"),
        ("de", "Familie Brandt"),
        ("fr", "famille Brandt"),
        ("es", "familia Brandt"),
        ("it", "famiglia Brandt"),
        ("pt", "família Brandt"),
        ("nl", "familie Brandt"),
        ("sv", "Brandt"),
    ],
)
def test_a_family_is_called_so_in_the_language_of_the_note(language: str, said: str) -> None:
    for name in ("Familie Brandt", "Brandt Family", "Brandt"):
        assert called(name, "household", None, language) == said
        assert said in greeting(name, "household", None, SHOP, language, "formal")


@pytest.mark.parametrize(
    ("name", "kind", "told", "doubted"),
    [
        ("ANN BYRON", "person", None, ["is written in capitals only"]),
        ("ANN BYRON", "person", "Ann", []),
        ("Familie Brandt", "person", None, ["looks like a household"]),
        ("Familie Brandt", "household", None, []),
        ("Bob & Mary Smith", "household", None, []),
        ("A1 GARAGE LLC", "company", None, []),
        ("acme@example.org", "company", None, ["is an email address"]),
        ("Ada Byron", "person", None, []),
    ],
)
def test_a_doubt_ends_where_the_owner_has_answered_it(
    name: str, kind: str, told: str | None, doubted: list[str]
) -> None:
    assert doubts(name, kind, told) == doubted
