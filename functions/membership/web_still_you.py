"""The page behind the question whether a member is still there."""

from functions.kernel.auth import Access
from functions.kernel.http import Answer, Request, see_other
from functions.membership import retention
from functions.membership.clocks import Clocks
from functions.membership.routes import routes


@routes.get("/still-you/{token}", Access.HOLDER)
def show_still_you(request: Request) -> Answer:
    """The question and one button. Opening the link answers nothing: mail scanners open links."""
    asked = retention.of_token(request.parameters["token"], Clocks(request.table))
    return request.page("membership/pages/still_you.jinja", answered=asked.answered_at is not None)


@routes.post("/still-you/{token}", Access.HOLDER)
def stay(request: Request) -> Answer:
    """Stay a member."""
    clocks = Clocks(request.table)
    asked = retention.of_token(request.parameters["token"], clocks)
    retention.stay(asked, clocks=clocks, now=request.now)
    return see_other(request.path)
