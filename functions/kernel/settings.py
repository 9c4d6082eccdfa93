"""Settings come from the environment alone, are typed, and are read once."""

import os
from typing import Self

from pydantic import BaseModel, ConfigDict


class Settings(BaseModel):
    """The environment that the functions of one domain need.

    A field ``table_name`` is the variable ``TABLE_NAME``. To add one, add the field to the domain's
    ``settings.py``: synthesis fails until ``infra/<domain>.py`` supplies it.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    @classmethod
    def from_environment(cls) -> Self:
        """Read the variables.

        Raises pydantic's ``ValidationError``, naming the variable, when one is missing.
        """
        return cls.model_validate(
            {name: os.environ[name.upper()] for name in cls.model_fields if name.upper() in os.environ}
        )


class WebSettings(Settings):
    """What every web function needs."""

    table_name: str
    site_origin: str
    """Scheme and host of the site, as browsers see it, without a slash at the end."""
