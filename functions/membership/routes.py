"""The one set of routes that every page of membership registers on."""

from functools import cache

from functions.kernel.http import Routes
from functions.kernel.table import Table
from functions.membership import PATHS
from functions.membership.settings import MembershipSettings


@cache
def settings() -> MembershipSettings:
    """The environment, read once."""
    return MembershipSettings.from_environment()


@cache
def table() -> Table:
    """The table, connected once."""
    return Table.connect(settings().table_name)


routes = Routes("membership", settings, table, PATHS)
