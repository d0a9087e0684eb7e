"""One body, three shapes: text, HTML and the tree for print."""

from html.parser import HTMLParser

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from appreciation.words.markdown import parsed_tree, passages, shapes, to_html, to_text, to_tree

BODY = """\
Dear *Ada*,

one line
and **one *more***

- a scarf
- two cups

> as you said

---

Rosa\\
Rosa's Bakery
"""

OUR_TAGS = {
    *(
        "html",
        "head",
        "meta",
        "title",
        "style",
        "body",
        "div",
        "p",
        "br",
        "hr",
        "blockquote",
        "em",
        "strong",
    ),
    *("h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "li"),
}


class Reader(HTMLParser):
    """Collects what a person sees, and every tag and attribute."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: dict[str, str | None] = {}
        self.seen = ""
        self.inside_title = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes.update(attrs)
        self.inside_title = tag == "title"

    def handle_endtag(self, tag: str) -> None:
        self.inside_title = False

    def handle_data(self, data: str) -> None:
        self.seen += "" if self.inside_title else data


def read(page: str) -> Reader:
    reader = Reader()
    reader.feed(page)
    return reader


def test_the_text_has_unwrapped_paragraphs_and_kept_hard_breaks() -> None:
    assert to_text(BODY) == (
        "Dear Ada,\n\none line and one more\n\n- a scarf\n- two cups\n\n> as you said\n\n"
        "* * *\n\nRosa\nRosa's Bakery"
    )


def test_the_tree_tells_what_is_bold_and_what_is_italic() -> None:
    assert to_tree(BODY)[:2] == [
        {
            "kind": "paragraph",
            "parts": [
                {"text": "Dear ", "bold": False, "italic": False},
                {"text": "Ada", "bold": False, "italic": True},
                {"text": ",", "bold": False, "italic": False},
            ],
        },
        {
            "kind": "paragraph",
            "parts": [
                {"text": "one line and ", "bold": False, "italic": False},
                {"text": "one ", "bold": True, "italic": False},
                {"text": "more", "bold": True, "italic": True},
            ],
        },
    ]
    assert [block["kind"] for block in to_tree(BODY)[2:]] == ["list", "quote", "rule", "paragraph"]


def test_a_signature_keeps_its_lines() -> None:
    signature = to_tree(BODY)[-1]

    assert signature["kind"] == "paragraph"
    assert signature["parts"][1] == {"break": True}


def test_a_list_keeps_the_number_it_was_given() -> None:
    """ "12. April" at the start of a line is a list to Markdown; it must not become the 1st."""
    tree = to_tree("12. April is near.")

    assert tree[0]["kind"] == "list"
    assert tree[0]["start"] == 12
    assert to_text("12. April is near.") == "12. April is near."
    assert '<ol start="12">' in to_html("12. April is near.", language="en", title="")


def test_the_page_is_whole_and_fetches_nothing() -> None:
    page = to_html(BODY, language="en-GB", title='For "Ada" & <you>')
    reader = read(page)

    assert page.startswith("<!doctype html>")
    assert (reader.attributes["lang"], reader.attributes["dir"]) == ("en-GB", "ltr")
    assert "<title>For &quot;Ada&quot; &amp; &lt;you&gt;</title>" in page
    assert "<strong>one </strong><strong><em>more</em></strong>" in page
    assert not {"img", "a", "link", "script", "iframe"} & set(reader.tags)
    assert not {"url(", "@import"} & {each for each in ("url(", "@import") if each in page}
    assert "http" not in page


@pytest.mark.parametrize("language", ["ar", "he-IL", "fa", "ur"])
def test_a_language_written_from_the_right_says_so(language: str) -> None:
    assert read(to_html("x", language=language, title="")).attributes["dir"] == "rtl"


@pytest.mark.parametrize(
    "typed",
    [
        "<b>bold</b>",
        "<script>alert(1)</script>",
        "[cheap](http://x.example)",
        "![seen](http://x.example/pixel.png)",
        "<http://x.example>",
        "`code`",
        "&amp; &lt;",
        "a ~~b~~",
        "    four blanks",
        "| a | b |",
    ],
)
def test_what_a_letter_does_not_need_comes_out_as_typed(typed: str) -> None:
    reader = read(to_html(typed, language="en", title=""))

    assert to_text(typed) == typed.strip()
    assert typed.strip() in reader.seen
    assert not {"b", "script", "a", "img", "code", "s", "pre", "table"} & set(reader.tags)


def test_every_passage_knows_its_line() -> None:
    assert list(passages(BODY))[:4] == [
        (1, "Dear Ada,"),
        (3, "one line\nand one more"),
        (6, "a scarf"),
        (7, "two cups"),
    ]


@given(st.text(alphabet=st.characters(codec="utf-8"), max_size=200))
def test_no_text_breaks_a_shape(body: str) -> None:
    to_text(body)
    list(passages(body))
    page = to_html(body, language="en", title=body)

    assert set(read(page).tags) <= OUR_TAGS
    assert shapes(body, language="en", title=body) == (to_text(body), page)


# Texts without marks, with marks, and with what nearly is one.
snippets = st.sampled_from(
    [
        *(
            "a",
            "Rosa",
            "é",
            "🎂",
            " ",
            "  ",
            "   ",
            "\n",
            "\n",
            "\n\n",
            "\\",
            "\\\n",
            "\\ \n",
            "  \n",
        ),
        *("*", "_", "#", "# a", ">", "-", "--", "+ a", "1", "1. a", "1)", "=", "===", "`", "<b>"),
        *(
            "\t",
            "\r",
            "\0",
            "\v",
            "\f",
            "\x1c",
            "\x85",
            "\xa0",
            "\u2028",
            "\u3000",
            "\ufeff",
            "\u200d",
        ),
    ]
)


@settings(max_examples=1000, deadline=None)
@given(st.lists(snippets, max_size=12).map("".join))
def test_a_body_without_marks_reads_as_the_parser_reads_it(body: str) -> None:
    assert to_tree(body) == parsed_tree(body)


@settings(max_examples=1000, deadline=None)
@given(st.text(alphabet=[*"ab", " ", "\n", "\\"], max_size=20))
def test_breaks_and_blank_lines_read_as_the_parser_reads_them(body: str) -> None:
    assert to_tree(body) == parsed_tree(body)
