"""The environment that the sealing of the audit log needs."""

from functions.kernel.settings import Settings


class AuditSettings(Settings):
    """For the one job."""

    table_name: str
    seals_bucket: str
    """Where the copies of the seals are, which nobody can change."""
