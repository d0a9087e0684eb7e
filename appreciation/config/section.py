"""What every table of the settings file is made of."""

from pydantic import BaseModel, ConfigDict


class Section(BaseModel):
    """A table of the settings file; a key it does not know is an error."""

    model_config = ConfigDict(extra="forbid", frozen=True)
