"""One reading of a note's Markdown: as plain text, as HTML, as a tree for print.

A letter needs paragraphs, emphasis, lists, headings, quotes and rules. All
else (HTML, links, images, code, entities) is switched off and comes out as it
was typed, so nothing that a customer calls themselves can become markup.
"""

import re
from collections.abc import Iterator
from html import escape
from typing import Literal, TypedDict, final

from markdown_it import MarkdownIt
from markdown_it.tree import SyntaxTreeNode

RIGHT_TO_LEFT = frozenset({"ar", "ckb", "dv", "fa", "he", "ps", "sd", "ug", "ur", "yi"})

_LETTER = "max-width:36em;margin:0 auto;padding:1.5em 1em;"
_FACE = "font-family:Georgia,'Times New Roman',serif;font-size:17px;line-height:1.55;color:#2b2622;"
# Said once more for the dark: a mail program that turns colours round by itself may leave
# brown ink on black. Where this is taken out, the colours beside the words still hold.
_BY_NIGHT = (
    "<style>:root{color-scheme:light dark}@media(prefers-color-scheme:dark)"
    "{body{background:#1c1917!important}.letter{color:#ece7df!important}}</style>"
)
_QUOTE = "margin:1em 0;padding:0 1em;font-style:italic;"
_RULE = "border:0;border-top:1px solid #d8cfc4;margin:2em 0;"


@final
class Words(TypedDict):
    """Some text in one style."""

    text: str
    bold: bool
    italic: bool


# The functional form, since ``break`` is no name in Python.
Break = TypedDict("Break", {"break": Literal[True]})
Part = Words | Break


class Paragraph(TypedDict):
    """Lines that belong together."""

    kind: Literal["paragraph"]
    parts: list[Part]


class Heading(TypedDict):
    """A title; ``level`` is 1 to 6."""

    kind: Literal["heading"]
    level: int
    parts: list[Part]


class Listing(TypedDict):
    """A list; ``start`` is the first number of an ordered one, else 1."""

    kind: Literal["list"]
    ordered: bool
    start: int
    items: list[list["Block"]]


class Rule(TypedDict):
    """A line across the page."""

    kind: Literal["rule"]


class Quote(TypedDict):
    """Somebody else's words."""

    kind: Literal["quote"]
    blocks: list["Block"]


Block = Paragraph | Heading | Listing | Rule | Quote

_ALLOWED = ["blockquote", "emphasis", "escape", "heading", "hr", "list", "newline"]
_parser = MarkdownIt("zero").enable([*_ALLOWED, "balance_pairs", "fragments_join"])

# What may mean more than paragraphs and breaks: a sign of emphasis, a backslash that ends no
# line, a line that begins as a heading, a quote, a list or a rule does. Searched fast, since
# each alternative begins with another sign.
_MARK = re.compile(r"\*|_|\\(?!\n *[^ \n])|\n *[-+#>0-9]")
_BLANK_LINES = re.compile(r"\n *\n[ \n]*")


def to_tree(body: str) -> list[Block]:
    """Return ``body`` as blocks of styled parts, for whoever sets it in type."""
    # All white space but a blank is unprintable; some of it means something.
    if body.replace("\n", "").isprintable() and not _MARK.search(f"\n{body}"):
        return _plain_tree(body)
    return parsed_tree(body)


def parsed_tree(body: str) -> list[Block]:
    """Return what :func:`to_tree` does, by the parser whatever ``body`` is."""
    return [_block(node) for node in SyntaxTreeNode(_parser.parse(body)).children]


def to_text(body: str) -> str:
    """Return ``body`` as plain text: unwrapped paragraphs, a blank line between them."""
    return _text(to_tree(body))


def to_html(body: str, *, language: str, title: str) -> str:
    """Return ``body`` as a whole small page that fetches nothing from anywhere."""
    return _page(to_tree(body), language, title)


def shapes(body: str, *, language: str, title: str) -> tuple[str, str]:
    """Return what :func:`to_text` and :func:`to_html` return, for one reading of ``body``."""
    tree = to_tree(body)
    return _text(tree), _page(tree, language, title)


def _page(tree: list[Block], language: str, title: str) -> str:
    direction = "rtl" if language.partition("-")[0].lower() in RIGHT_TO_LEFT else "ltr"
    return (
        f'<!doctype html>\n<html lang="{escape(language)}" dir="{direction}">\n<head>\n'
        '<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta name="color-scheme" content="light dark">\n'
        f"<title>{escape(title)}</title>\n{_BY_NIGHT}\n</head>\n"
        '<body style="margin:0;background:#ffffff;">\n'
        f'<div class="letter" role="main" style="{_LETTER}{_FACE}">\n'
        f"{_html(tree)}\n</div>\n</body>\n</html>\n"
    )


def passages(body: str) -> Iterator[tuple[int, str]]:
    """Yield the words of each paragraph with the line on which it begins, from 1.

    Line breaks inside a paragraph stay, so a place in it can be told by line.
    """
    for token in _parser.parse(body):
        if token.type == "inline" and token.map:
            broken = {"softbreak": "\n", "hardbreak": "\n"}
            words = (broken.get(part.type, part.content) for part in token.children or [])
            yield token.map[0] + 1, "".join(words)


def _plain_tree(body: str) -> list[Block]:
    """Return what the parser makes of a ``body`` without marks, as most are.

    It takes 100 microseconds for a short one, twice the rest of a mail.
    """
    paragraphs = _BLANK_LINES.split(body.strip(" \n"))
    return [
        {"kind": "paragraph", "parts": _plain_parts(text.rstrip(" "))}
        for text in paragraphs
        if text
    ]


def _plain_parts(paragraph: str) -> list[Part]:
    words = paragraph.replace("\n", " ")
    if "  " not in words and "\\" not in words:
        return [*_plain_run([words])]
    parts: list[Part] = []
    run: list[str] = []
    *lines, last = (line.lstrip(" ") for line in paragraph.split("\n"))
    for line in lines:
        if line.endswith(("\\", "  ")):
            run.append(line[:-1] if line.endswith("\\") else line.rstrip(" "))
            parts += [*_plain_run(run), {"break": True}]
            run = []
        else:
            run.append(f"{line.removesuffix(' ')} ")
    return [*parts, *_plain_run([*run, last])]


def _plain_run(words: list[str]) -> list[Words]:
    text = "".join(words)
    return [{"text": text, "bold": False, "italic": False}] if text else []


def _block(node: SyntaxTreeNode) -> Block:
    match node.type:
        case "heading":
            return {"kind": "heading", "level": int(node.tag[1:]), "parts": _parts(node)}
        case "bullet_list" | "ordered_list":
            items = [[_block(child) for child in item.children] for item in node.children]
            ordered = node.type == "ordered_list"
            start = int(node.attrs.get("start", 1))
            return {"kind": "list", "ordered": ordered, "start": start, "items": items}
        case "blockquote":
            return {"kind": "quote", "blocks": [_block(child) for child in node.children]}
        case "hr":
            return {"kind": "rule"}
        case _:
            return {"kind": "paragraph", "parts": _parts(node)}


def _parts(node: SyntaxTreeNode) -> list[Part]:
    """Return the styled runs of a paragraph; neighbours of one style are one run."""
    parts: list[Part] = []
    for part in (part for inline in node.children for part in _runs(inline)):
        last = parts[-1] if parts else part
        if parts and "break" not in last and "break" not in part and _style(last) == _style(part):
            last["text"] += part["text"]
        else:
            parts.append(part)
    return parts


def _runs(node: SyntaxTreeNode, *, bold: bool = False, italic: bool = False) -> Iterator[Part]:
    for child in node.children:
        if child.type == "hardbreak":
            yield {"break": True}
        elif child.type == "strong":
            yield from _runs(child, bold=True, italic=italic)
        elif child.type == "em":
            yield from _runs(child, bold=bold, italic=True)
        elif text := " " if child.type == "softbreak" else child.content:
            yield {"text": text, "bold": bold, "italic": italic}


def _style(words: Words) -> tuple[bool, bool]:
    return words["bold"], words["italic"]


def _text(blocks: list[Block], between: str = "\n\n") -> str:
    return between.join([_block_text(block) for block in blocks])


def _block_text(block: Block) -> str:
    if block["kind"] == "list":
        items = enumerate(block["items"], block["start"])
        marked = ((f"{n}. " if block["ordered"] else "- ", _text(item, "\n")) for n, item in items)
        return "\n".join(mark + text.replace("\n", f"\n{' ' * len(mark)}") for mark, text in marked)
    if block["kind"] == "rule":
        return "* * *"
    if block["kind"] == "quote":
        return "\n".join(f"> {line}".rstrip() for line in _text(block["blocks"]).split("\n"))
    return "".join(["\n" if "break" in part else part["text"] for part in block["parts"]])


def _html(blocks: list[Block]) -> str:
    return "\n".join([_block_html(block) for block in blocks])


def _block_html(block: Block) -> str:
    if block["kind"] == "list":
        tag = "ol" if block["ordered"] else "ul"
        start = f' start="{block["start"]}"' if block["start"] != 1 else ""
        items = "".join(f"<li>{_html(item)}</li>" for item in block["items"])
        return f"<{tag}{start}>{items}</{tag}>"
    if block["kind"] == "rule":
        return f'<hr style="{_RULE}">'
    if block["kind"] == "quote":
        return f'<blockquote style="{_QUOTE}">{_html(block["blocks"])}</blockquote>'
    tag, size = "p", ""
    if block["kind"] == "heading":
        tag, size = f"h{block['level']}", "font-size:1.25em;line-height:1.3;"
    words = "".join([_part_html(part) for part in block["parts"]])
    return f'<{tag} style="margin:0 0 1em 0;{size}">{words}</{tag}>'


def _part_html(part: Part) -> str:
    if "break" in part:
        return "<br>\n"
    words = escape(part["text"], quote=False)
    words = f"<em>{words}</em>" if part["italic"] else words
    return f"<strong>{words}</strong>" if part["bold"] else words
