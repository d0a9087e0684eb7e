"""The templates as a whole: what is wrong with them, and how one reads to a made-up customer."""

from pathlib import Path

from appreciation.app import Appreciation
from appreciation.errors import AppreciationError
from appreciation.occasions import declared
from appreciation.printing.pieces import fault_of
from appreciation.words import authoring
from appreciation.words.samples import SAMPLES, sample_words
from appreciation.words.wordings import BrokenWording, Fault, Wording


def faults(app: Appreciation, within: Path | None = None) -> list[Fault]:
    """Return everything that is wrong with the templates, and what none is there for.

    Only what lies ``within`` a folder is proofread, or that one file, where one is given.
    """
    occasions = {finder.name: finder.occasion for finder in app.finders}
    found = app.wordings.check(declared(occasions), within=within)
    found += [
        Fault(wording.path, 1, wrong)
        for wording in app.wordings.all()
        if isinstance(wording, Wording)
        and (within is None or wording.path.is_relative_to(within))
        and (wrong := fault_of(wording.look))
    ]
    return found + app.wordings.untranslated(
        {name: each.variants for name, each in occasions.items()}
    )


def written_for_sample(app: Appreciation, wording: str, sample: str) -> tuple[str, str, str]:
    """Return subject, body and language of a ``wording`` written for a made-up customer.

    Raises:
        NotUnderstood: no wording is called so.
        AppreciationError: it is broken, lacks a word, or never goes to such a customer.
    """
    found = authoring.meant(app.wordings, wording)
    if isinstance(found, BrokenWording):
        raise AppreciationError(str(found), mend="appreciation template check")
    known = declared({finder.name: finder.occasion for finder in app.finders})
    customer, business = SAMPLES[sample], app.config.business
    words = sample_words(
        customer,
        known.get(found.occasion, {}),
        found,
        signer=business.signer,
        business=business.name,
    )
    if not customer.suits(found):
        raise AppreciationError(
            f"{found.name} is not for customers like the sample {sample!r}",
            mend="appreciation template list, and choose another one",
        )
    return *app.wordings.render(found, words), found.language
