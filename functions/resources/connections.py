"""What the pages and the jobs of the library are connected to, each made once and when first asked for."""

from functools import cache
from pathlib import Path

from functions.kernel.table import Table
from functions.resources.settings import ResourcesSettings
from functions.resources.shelf import Shelf


@cache
def settings() -> ResourcesSettings:
    """The environment, read once."""
    return ResourcesSettings.from_environment()


@cache
def table() -> Table:
    """The table, connected once."""
    return Table.connect(settings().table_name)


@cache
def shelf() -> Shelf:
    """The buckets, connected once."""
    return Shelf.connect(quarantine=settings().quarantine_bucket, library=settings().library_bucket)


@cache
def folder() -> Path:
    """The only folder that a function may write to. In AWS each has its own, and on one machine each cloud has."""
    # Of all that the library does, only its search writes files.
    from tempfile import gettempdir  # noqa: PLC0415 - see above.

    return Path(gettempdir())
