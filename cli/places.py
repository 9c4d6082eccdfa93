"""Where one local cloud lives on this machine: its ports and its folder. Several can run at once, each with its own."""

import os
from pathlib import Path
from typing import Annotated, Self

import click
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from infra.stages import ROOT


class Places(BaseModel):
    """The ports and the folder, as the environment names them."""

    model_config = ConfigDict(frozen=True)

    port: int = Field(4566, alias="PSMN_PORT", ge=1, le=65535)
    """The pages, and every AWS service that the local cloud stands in for."""
    mail_port: int = Field(1080, alias="PSMN_MAIL_PORT", ge=1, le=65535)
    """The mailbox that shows every mail the system sends."""
    smtp_port: int = Field(1025, alias="PSMN_SMTP_PORT", ge=1, le=65535)
    """Where the local cloud hands mail to the mailbox."""
    folder: Annotated[Path, AfterValidator(Path.absolute)] = Field(ROOT / ".local", alias="PSMN_STATE_DIR")
    """Everything the local cloud keeps between two starts."""

    @classmethod
    def from_environment(cls) -> Self:
        """Read the variables. Fails with a sentence when one of them is no port."""
        known = {field.alias for field in cls.model_fields.values()}
        try:
            return cls.model_validate({name: value for name, value in os.environ.items() if name in known})
        except ValidationError as error:
            wrong = error.errors()[0]
            raise click.ClickException(f"{wrong['loc'][0]} must be a port, a number from 1 to 65535.") from error

    @property
    def endpoint_url(self) -> str:
        """Where every AWS service answers."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def mailbox_url(self) -> str:
        """Where a person reads the mail."""
        return f"http://127.0.0.1:{self.mail_port}"

    @property
    def stack_file(self) -> Path:
        """What ``psmn up`` tells other programs about the deployment (see ``stack.py``)."""
        return self.folder / "stack.json"

    @property
    def log_folder(self) -> Path:
        """What the programs behind the local cloud print."""
        return self.folder / "log"
