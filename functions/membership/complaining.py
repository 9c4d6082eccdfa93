"""Complaining: anybody may, they hear at once that we have it, and a person answers within 30 days.

The law asks a controller to make complaining easy, to acknowledge each complaint within 30 days, to look into it
without undue delay and to tell the outcome (Data Protection Act 2018, section 164A, in force since 19 June 2026). We
acknowledge at once, and hold ourselves to the 30 days for the outcome too.
"""

from datetime import datetime, timedelta

from functions.kernel import audit, tokens
from functions.kernel.errors import Clash, Invalid, TooMany
from functions.mail.store import planned
from functions.membership import emails
from functions.membership.complaints import Complaints
from functions.membership.model import Complaint, Member
from functions.membership.store import Limit, Members, still_coordinates

TELL_AFTER = (timedelta(0), timedelta(days=20), timedelta(days=27))
"""How long after a complaint was made the coordinators are told of it: at once, and again while nobody has answered."""

ENOUGH = (
    "We have had several complaints from your address or your network. Wait a day, or write to us by email. Our "
    "address is on the contact page."
)
ANSWERED_MEANWHILE = "Somebody has answered this complaint while you were writing. Open the page again to see how"

_HOUR, _DAY = timedelta(hours=1), timedelta(days=1)


def limits_on(address_digest: str, client: str) -> list[Limit]:
    """How often one address, one network and everybody together can complain (security requirements 45 and 46).

    A whole hospital can stand behind one network, and few of its people complain in one hour.
    """
    return [
        Limit("complaint", address_digest, _DAY, 3),
        Limit("complaint-client", tokens.digest("client", client), _HOUR, 20),
        Limit("complaint-everybody", "everybody", _HOUR, 200),
    ]


def make(complaint: Complaint, *, complaints: Complaints, client: str, now: datetime) -> None:
    """Take a complaint, and say by mail that we have it. Sending the form twice makes one (security requirement 77).

    Raises ``TooMany`` when the address or the network has complained often enough for now.
    """
    counts = [limit.one_more(now) for limit in limits_on(complaint.address_digest, client)]
    try:
        complaints.add(complaint, [planned(emails.complaint_received(complaint, now)), *counts])
    except Clash as clash:
        if 0 not in clash.failed:
            raise TooMany(ENOUGH) from clash


def answer(complaint: Complaint, outcome: str, *, by: str, complaints: Complaints, now: datetime) -> None:
    """Record what became of a complaint, and send it to whoever made it.

    Raises ``Invalid`` when somebody else has answered meanwhile, or ``by`` is no longer a coordinator.
    """
    answered = complaint.model_copy(update={"outcome": outcome, "answered_at": now})
    line = audit.line(complaint.id, "answered a complaint", by=by, now=now)
    also = [planned(emails.complaint_answered(answered, now)), line, still_coordinates(by)]
    try:
        complaints.save(complaint, answered, also)
    except Clash as clash:
        raise Invalid({"outcome": ANSWERED_MEANWHILE}) from clash


def tell_coordinators(complaints: Complaints, at: datetime) -> int:
    """Tell the coordinators of each complaint whose time for it has come. Gives of how many they were told.

    What has become of several times at once, for example after a day without runs, is told once.
    """
    due = [each for each in complaints.waiting() if times_due(each, at) > each.told]
    if not due:
        return 0
    coordinators = Members(complaints.table).coordinators()
    if not coordinators:
        return 0  # As soon as there is one, they are told.
    return sum(_tell(complaint, coordinators, complaints, at) for complaint in due)


def times_due(complaint: Complaint, at: datetime) -> int:
    """How often the coordinators should have been told of a complaint by now."""
    return sum(1 for after in TELL_AFTER if complaint.made_at + after <= at)


def _tell(complaint: Complaint, coordinators: list[Member], complaints: Complaints, at: datetime) -> bool:
    after = complaint.model_copy(update={"told": times_due(complaint, at)})
    letters = [planned(emails.complaint_waits(after, each, at)) for each in coordinators]
    try:
        complaints.save(complaint, after, letters)
    except Clash:
        return False  # Somebody has answered it in this very moment, or another run was first.
    return True
