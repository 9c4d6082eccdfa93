"""A record of the domain, as a stack puts it out and as a person adds it."""

from typing import Literal

from pydantic import BaseModel, ConfigDict

OUTPUT = "Records"
"""How the names of the outputs begin that ask for a record."""


class Record(BaseModel):
    """A record, as an administrator types it where the domain's records are kept."""

    model_config = ConfigDict(frozen=True)

    name: str
    type: Literal["ALIAS", "CNAME", "MX", "TXT"]
    """``ALIAS`` follows another name's addresses. Some who keep records call it ANAME, or do it for any CNAME.

    Where the name is not the top of the domain, a CNAME does the same.
    """
    value: str
