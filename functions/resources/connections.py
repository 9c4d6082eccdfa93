"""What the pages and the jobs of the library are connected to, each made once and when first asked for."""

from functools import cache

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
