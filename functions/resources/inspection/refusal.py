"""How the look into a file ends early."""

from functions.resources.inspected import Reason


class Refused(Exception):
    """The file is not taken. ``reason`` says why."""

    def __init__(self, reason: Reason) -> None:
        """Keep the reason."""
        super().__init__(reason.value)
        self.reason = reason
