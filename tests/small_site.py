"""A site of a few pages, on which the edge is tried without a table or a domain."""

from typing import Annotated, ClassVar

from pydantic import Field

from functions.kernel.auth import Access
from functions.kernel.errors import Clash, Forbidden, Invalid, NotFound, TooMany, Unavailable
from functions.kernel.forms import FormModel, read_form
from functions.kernel.http import FORM, Answer, Request, Routes, json_answer, see_other
from functions.kernel.settings import WebSettings
from functions.kernel.table import Table
from tests.web import ORIGIN, Browser, Page

NO_TABLE = Table("none", None)  # type: ignore[arg-type] # Nothing reads it.
FROM_US = {"content-type": FORM, "sec-fetch-site": "same-origin"}
FAULTS = {
    "bug": RuntimeError("psmn-production-table MEMBER#1 ann@nhs.net 3812 0457"),
    "clash": Clash(0),
    "slow": Unavailable(),
    "often": TooMany(),
    "gone": NotFound(),
    "foreign": Forbidden(),
    "wrong": Invalid({"name": "Enter your name"}),
}


class NameForm(FormModel):
    """A name, short."""

    name: Annotated[str, Field(max_length=20)]

    sentences: ClassVar = {"name": "Enter your name"}


def no_routes() -> Routes:
    """The routes of a site that has no page yet, and will never have a table."""
    return Routes("small", lambda: WebSettings(table_name="none", site_origin=ORIGIN), lambda: NO_TABLE)


def small_site() -> Browser:  # noqa: C901 - it has a page of each kind.
    routes = no_routes()

    @routes.get("/page", Access.ANYONE)
    def page(request: Request) -> Answer:
        return request.page("kernel/pages/error.jinja", heading="Hello", sentence="Hello " * 500, reference=None)

    @routes.post("/page", Access.ANYONE)
    def send(request: Request) -> Answer:
        form = read_form(NameForm, request.fields)
        return see_other("/page") if form.value else json_answer(dict(form.errors), 422)

    @routes.get("/thing/{id}", Access.ANYONE)
    def thing(request: Request) -> Answer:
        return Answer(request.parameters["id"], content_type="text/plain; charset=utf-8")

    @routes.post("/held/{secret}", Access.HOLDER)
    def held(request: Request) -> Answer:
        return Answer(request.parameters["secret"], content_type="text/plain; charset=utf-8")

    @routes.get("/members", Access.MEMBER)
    def members(request: Request) -> Answer:
        return Answer(request.member.name)

    @routes.post("/members", Access.MEMBER)
    def members_send(request: Request) -> Answer:
        return Answer(request.member.name)

    @routes.get("/fault/{kind}", Access.ANYONE)
    def fault(request: Request) -> Answer:
        raise FAULTS[request.parameters["kind"]]

    @routes.get("/api/fault/{kind}", Access.PROGRAM)
    def api_fault(request: Request) -> Answer:
        raise FAULTS[request.parameters["kind"]]

    @routes.post("/api/made", Access.PROGRAM)
    def api(request: Request) -> Answer:
        return json_answer({"got": request.json})

    @routes.get("/bytes", Access.ANYONE)
    def some_bytes(request: Request) -> Answer:
        return Answer(b"\x00\xff", content_type="image/x-icon", headers={"cache-control": "public"})

    return Browser(routes.handler)


SITE = small_site()


def post(path: str, body: str, **headers: str) -> Page:
    """Send a form from one of our pages, with other headers where they are given."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return SITE.send("POST", path, body=body, headers={**FROM_US, **named})
