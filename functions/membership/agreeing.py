"""A second person: what the administrator may not do alone, a coordinator agrees to first.

Exporting everything and writing to very many people cannot be taken back. The administrator asks with a command, every
coordinator is told why, and one of them says yes or no on a page, with a fresh proof that it is them.
"""

from datetime import datetime

from functions.kernel import audit, tokens
from functions.kernel.errors import Clash, Invalid, NotFound
from functions.mail.store import planned
from functions.membership import emails
from functions.membership.agreements import Agreements
from functions.membership.model import Agreement
from functions.membership.store import Members, still_coordinates

MANY = 200
"""To more people than this the administrator does not have mail sent alone."""

ANSWERED_MEANWHILE = "Somebody else has answered while you were reading. Open the page again to see how"
NOBODY_TO_ASK = (
    "A coordinator has to agree to this, and there is none. Make somebody a coordinator first: "
    "psmn coordinators add EMAIL."
)


def ask(what: str, reason: str, *, agreements: Agreements, now: datetime) -> Agreement:
    """What was said to this, or the question that waits. The first time, every coordinator is asked by email.

    ``what`` follows "The administrator wants to". Raises ``NotFound`` when there is no coordinator.
    """
    agreement_id = tokens.digest("agreement", what)[:32]
    found = agreements.get(agreement_id)
    if found is not None:
        return found
    coordinators = Members(agreements.table).coordinators()
    if not coordinators:
        raise NotFound(NOBODY_TO_ASK)
    agreement = Agreement(id=agreement_id, what=what, reason=reason, asked_at=now)
    agreements.add(agreement, [planned(emails.agreement_asked(agreement, each, now)) for each in coordinators])
    return agreement


def answer(agreement: Agreement, *, agreed: bool, by: str, agreements: Agreements, now: datetime) -> None:
    """Record what a coordinator said.

    Raises ``Invalid`` when somebody else has answered meanwhile, or ``by`` is no longer a coordinator.
    """
    answered = agreement.model_copy(update={"answered_at": now, "agreed": agreed, "by": by})
    said = "agreed to what the administrator asked for" if agreed else "refused what the administrator asked for"
    line = audit.line(audit.EVERYBODY, said, by=by, now=now, wanted=agreement.what, reason=agreement.reason)
    try:
        agreements.save(answered, [line, still_coordinates(by)])
    except Clash as clash:
        raise Invalid({"answer": ANSWERED_MEANWHILE}) from clash
