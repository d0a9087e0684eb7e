"""An order out of the cells of a row: when, how much, by whom, and whether it counts."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from appreciation.sources import amounts, people, values
from appreciation.sources.base import NotTaken, Person, Sale, Unreadable
from appreciation.sources.days import Days, NoDay

Cells = Mapping[str, str]

# Fields of days and of money, each read as its column is.
DAYS = ("on",)
MONEY = ("total", "refunded")
_LONGEST_ITEMS = 200


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a row is an order: ``taken``, ``void`` since it was undone, or neither, and why."""

    taken: bool = True
    void: bool = False
    quiet: bool = False
    refund: bool = False
    reason: str = ""


ORDER = Verdict()
Judge = Callable[[Cells], Verdict]


def every_row(_: Cells) -> Verdict:
    """Take every row for an order."""
    return ORDER


def by_status(**verdicts: str) -> Judge:
    """Return a judge by the cell ``status``: words that are taken, void, quiet, or still open.

    A word that nobody knows is taken: shops invent their own.
    """
    known: dict[str, Verdict] = {}
    for kind, words in verdicts.items():
        for word in words.split():
            plain = word.replace("_", " ")
            known[plain.replace(" ", "")] = {
                "taken": ORDER,
                "void": Verdict(taken=False, void=True, reason=plain),
                "quiet": Verdict(quiet=True, reason=plain),
                "open": Verdict(taken=False, reason=f"not paid: {plain}"),
            }[kind]

    def judge(cells: Cells) -> Verdict:
        if "status" not in cells:
            return ORDER
        status = cells["status"].casefold()
        return known.get("".join(filter(str.isalpha, status)), ORDER)

    return judge


@dataclass(frozen=True, slots=True)
class Reader:
    """Reads orders; money is in ``currency`` where a row names none."""

    people: people.Reader
    days: Days
    decimals: Mapping[str, str | None]
    currency: str
    judge: Judge = every_row

    def sale(self, line: int, cells: Cells) -> Sale | Unreadable | NotTaken:
        """Return the order of a row, or why it is none."""
        verdict = self.judge(cells)
        if not verdict.taken and not verdict.void:
            return NotTaken(line, verdict.reason)
        try:
            return self._sale(line, cells, verdict)
        except (NoDay, amounts.NoAmount, values.NoValue) as error:
            return Unreadable(line, str(error))

    def _sale(self, line: int, cells: Cells, verdict: Verdict) -> Sale | Unreadable:
        on = self.days.day(cells.get("on", ""))
        if on > self.days.today:
            return Unreadable(line, f"the day {on} is yet to come")
        currency = self._currency(cells.get("currency", ""))
        cents, currency = self._money("total", cells.get("total", ""), currency)
        back = 0
        if cells.get("refunded"):
            back, _ = self._money("refunded", cells["refunded"], currency)
        buyer = self.people.buyer(line, cells)
        refund = verdict.refund or cents < 0
        return Sale(
            line=line,
            buyer=buyer,
            on=on,
            cents=-abs(cents) if refund else cents - abs(back),
            currency=currency,
            number=values.one_line(cells.get("number", "")) or None,
            items=values.one_line(cells.get("items", ""))[:_LONGEST_ITEMS] or None,
            refunds=(cells.get("refunds") or None) if refund else None,
            quiet=(verdict.reason if verdict.quiet else None)
            or ("partly refunded" if back and not refund else None),
            void=(verdict.reason if verdict.void else None)
            or ("refunded" if back and not refund and abs(back) >= cents else None),
            seen=values.yes_or_no(cells.get("seen", "")) is True,
            row=cells.get("row"),
            refund_of=cells.get("refund_of"),
        )

    def _currency(self, text: str) -> str:
        return text.strip().upper() or self.currency

    def _money(self, column: str, text: str, currency: str) -> tuple[int, str]:
        return amounts.read(text.strip(), currency, self.decimals.get(column))


def is_somebody(buyer: Person) -> bool:
    """Return whether anything tells who the buyer is."""
    return bool(buyer.key or buyer.email or buyer.phone or any(map(str.isalpha, buyer.name)))
