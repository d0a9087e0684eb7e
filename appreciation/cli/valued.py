"""What customers are worth, found once for one command and shown in the way it asks for."""

import sys
from pathlib import Path

from appreciation.app import Appreciation
from appreciation.cli import value_page, value_plot, value_shapes, value_table
from appreciation.cli.door import plural, say, show_json
from appreciation.dates import parse_day
from appreciation.errors import NotUnderstood
from appreciation.store import valuing
from appreciation.store.customers import customer_meant, names_of_all
from appreciation.value.fitting import Prior
from appreciation.value.model import Kind


class Valued:
    """The shop, or the customer that ``who`` means, as of the day that a person wrote.

    Raises:
        NotUnderstood: the day is none, or yet to come.
        AppreciationError: no customer is meant, or several.
    """

    def __init__(
        self, app: Appreciation, who: str | None, as_of: str | None, kind: Kind, prior: Prior
    ) -> None:
        self.app, self.asked = app, as_of is not None
        self.currency = app.config.business.currency
        day = parse_day(as_of, app.today()) if as_of is not None else app.last_complete_day()
        if day > app.today():
            raise NotUnderstood(f"{day} is yet to come", mend="name a day up to today")
        with app.store.reading() as session:
            customer = customer_meant(session, who) if who is not None else None
            self.names = dict(names_of_all(session))
            self.guests = valuing.guests(session, day)
            self.later = valuing.later_orders(session, day)
            self.events = valuing.life_events(session, customer) if customer else []
        self.customer = customer
        self.shop = app.worth(day, kind, prior)
        self.rows = list(self.shop.rows())

    def draw(self, file: Path) -> None:
        """Draw the shop into ``file``."""
        value_plot.draw(self.shop, self.rows, self.names, self.app, file)

    def show_model(self, *, as_json: bool) -> None:
        """Print the fits."""
        shape = value_shapes.model_shape(self.shop, self.currency)
        show_json(shape) if as_json else print(value_table.model(shape))

    def show_customer(self, *, as_json: bool) -> None:
        """Print the customer's page."""
        assert self.customer
        theirs = [row for row in self.rows if row.customer_id == self.customer.id]
        if as_json:
            show_json(value_page.shape(theirs, self.names, self.events, self.shop))
        else:
            print(value_page.page(theirs, self.names, self.events, self.shop, self.app))

    def show_csv(self, by: str) -> None:
        """Print everybody for a spreadsheet, ranked."""
        sys.stdout.write(value_shapes.as_csv(self._shapes(by)))

    def show_json(self, by: str) -> None:
        """Print everybody as JSON, ranked."""
        show_json(self._shapes(by))

    def show_tables(self, by: str | None, top: int) -> None:
        """Print the shop's tables."""
        value_table.show(self.shop, self.rows, self.names, self.guests, self.app, by=by, top=top)

    def tell(self) -> None:
        """Tell what was left out, and what the figures cannot say."""
        as_of = self.shop.asked.as_of
        if not self.asked and as_of < self.app.today():
            say(
                f"no order is recorded after {as_of}, so this is as of that day;"
                f" if there truly was none: --as-of {self.app.today()}"
            )
        if self.later:
            say(f"left out: {plural(self.later, 'order')} of days after {as_of}")
        if len({part.currency for part in self.shop.parts}) > 1:
            say("amounts of two currencies are never added up: each stands by itself")
        if self.customer is None:
            self._tell_refused()

    def _tell_refused(self) -> None:
        refused = {each for found in self.shop.referrals.values() for each in found.refused}
        for each in sorted(refused):
            referrer = self.names.get(each.referrer, each.referrer)
            say(f"not counted: {referrer} sent {self.names.get(each.referred)}; {each.why}")

    def _shapes(self, by: str) -> list[dict[str, object]]:
        ordered = value_shapes.ranked(self.rows, by, self.currency)
        return [value_shapes.row_shape(row, self.names[row.customer_id]) for row in ordered]
