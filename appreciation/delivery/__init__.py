"""How a note leaves. Each file is one way; a new one costs a file and a line here."""

from collections.abc import Mapping

from appreciation.delivery.base import Backend
from appreciation.delivery.letters import Letters
from appreciation.delivery.outbox import Outbox
from appreciation.delivery.smtp import Smtp

BUILT_IN: Mapping[str, type[Backend]] = {"outbox": Outbox, "smtp": Smtp, "print": Letters}
