"""What can go wrong, in sentences that a member could read.

Code below the edge raises these; ``kernel/http.py`` alone knows which status each becomes.
"""


class Refusal(Exception):
    """A request that we understand well enough to refuse with a reason."""

    sentence = "We could not do that."

    def __init__(self, sentence: str | None = None) -> None:
        """Use ``sentence`` instead of the class's own where there is more to say."""
        super().__init__(sentence or self.sentence)


class BadRequest(Refusal):
    """The request itself is broken: its encoding, its JSON, its form."""

    sentence = "We could not read what your browser sent. Go back, and try again."


class Forbidden(Refusal):
    """The request came from another site, or may not be made by this person."""

    sentence = "This did not come from a page of ours. Open the page again, and try again."


class NotFound(Refusal):
    """There is no such thing, or none that this person may know of."""

    sentence = "If you typed the address, check it is correct. If you followed a link, it may be out of date."


class MethodNotAllowed(Refusal):
    """The page exists and cannot be used in this way."""

    sentence = "This page cannot be used in that way. Go back, and try again."

    def __init__(self, allowed: tuple[str, ...]) -> None:
        """Keep the methods that are allowed, for the ``Allow`` header (RFC 9110 section 10.2.1)."""
        super().__init__()
        self.allowed = allowed


class TooLarge(Refusal):
    """The body is larger than any form of ours."""

    sentence = "That is more than we can take in one go. Shorten what you wrote, and try again."


class WrongMediaType(Refusal):
    """The body is of another kind than the address takes."""

    sentence = "We cannot read what was sent, because it is not in the form this page takes."


class Invalid(Refusal):
    """A value is understood and not acceptable. ``fields`` holds a sentence for each field at fault."""

    sentence = "Check what you entered, and try again."

    def __init__(self, fields: dict[str, str]) -> None:
        """Keep the sentence of each field."""
        super().__init__()
        self.fields = fields


class TooMany(Refusal):
    """A limit on how often somebody may ask has been reached."""

    sentence = "There have been too many tries from your network. Wait an hour, and try again."


class Unavailable(Refusal):
    """A service that we rely on did not answer in time. Nothing was changed."""

    sentence = "Nothing was lost. Wait a minute, and try again."


class Clash(Exception):
    """A conditional write found another state than it needed.

    ``failed`` holds the positions, from 0, of the writes whose conditions did not hold.
    """

    def __init__(self, *failed: int) -> None:
        """Keep which writes failed."""
        super().__init__(f"condition not met by write {failed}")
        self.failed = failed


def fault_of(error: BaseException) -> str:
    """What went wrong and where, without a word of what the person sent."""
    place = error.__traceback__
    while place is not None and place.tb_next is not None:
        place = place.tb_next
    where = f" at {place.tb_frame.f_code.co_name}:{place.tb_lineno}" if place is not None else ""
    return f"{type(error).__name__}{where}"
