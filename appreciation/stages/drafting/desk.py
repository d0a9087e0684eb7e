"""What a writer needs to know of the shop."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from appreciation.config.occasions import OccasionSettings
from appreciation.config.sections import Tact
from appreciation.occasions.base import Occasion
from appreciation.words.greetings import customary_formality
from appreciation.words.wordings import Wordings


@dataclass(frozen=True, slots=True)
class Desk:
    """What lies on the writing desk: who signs, in which words, by whose rules."""

    business: str
    signer: str
    email: str
    language: str
    wordings: Wordings
    occasions: Mapping[str, Occasion]
    settings: Mapping[str, OccasionSettings]
    # The name of the backend that carries each channel.
    carriers: Mapping[str, str]
    address: str = ""
    country: str = ""
    # informal, formal, or customary: as is the custom of the note's language.
    formality: str = "customary"
    # Notes never name what was done or bought.
    health: bool = False
    timezone: str = "UTC"
    tact: Tact = field(default_factory=Tact)

    def formality_for(self, wished: str | None, language: str) -> str:
        """Return how a reader who ``wished`` so is addressed: informal or formal."""
        if wished or self.formality != "customary":
            return wished or self.formality
        return customary_formality(language)

    @property
    def either_way(self) -> list[str]:
        """The occasions whose notes go as an email or as a card, whichever can be."""
        return [name for name, each in self.settings.items() if len(each.channels) > 1]
