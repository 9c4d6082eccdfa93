"""The edge: a request comes in, a rule says who may make it, a route answers, and every answer leaves with its headers.

Powertools finds the route. Around it stand, in this order: the body's size and encoding, the origin of a form,
the access rule, the route itself, the one place that turns an error into a page, and the security headers.
"""

import gzip
import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cached_property
from importlib import import_module
from typing import Any
from urllib.parse import quote, urlencode

from aws_lambda_powertools import Logger
from aws_lambda_powertools.event_handler.api_gateway import APIGatewayHttpResolver, Response

from functions.kernel import auth, clock, forms
from functions.kernel.auth import Access, Visitor
from functions.kernel.client import address_of
from functions.kernel.errors import (
    BadRequest,
    Forbidden,
    Invalid,
    MethodNotAllowed,
    NotFound,
    Refusal,
    TooLarge,
    TooMany,
    Unavailable,
    WrongMediaType,
    fault_of,
)
from functions.kernel.forms import Fields
from functions.kernel.headers import ASKED_AGAIN, FOR_STRANGERS, SECURITY_HEADERS
from functions.kernel.pages import render
from functions.kernel.settings import WebSettings
from functions.kernel.table import Table

type Event = dict[str, Any]
type Handler = Callable[["Request"], "Answer"]

HTML = "text/html; charset=utf-8"
JSON = "application/json"
FORM = "application/x-www-form-urlencoded"

STATUS_OF: dict[type[Refusal], tuple[int, str]] = {
    BadRequest: (400, "Sorry, something in that request was not right"),
    Forbidden: (403, "Sorry, we did not accept that"),
    NotFound: (404, "Page not found"),
    MethodNotAllowed: (405, "Sorry, this page does not work that way"),
    TooLarge: (413, "Sorry, that is too long"),
    WrongMediaType: (415, "Sorry, we cannot read that"),
    Invalid: (422, "There is a problem"),
    TooMany: (429, "Sorry, too many tries"),
    Unavailable: (503, "Sorry, this is taking too long"),
}
"""The status and the heading of each refusal. Its sentence is its own."""

_FAULT = "Sorry, there is a problem with this page"
_FAULT_SENTENCE = "It is our fault, not yours. Try again later. If it goes on, contact us and give the reference below."

_MAX_PARAMETER = 200
_WORTH_SQUEEZING = 1_000


@dataclass(frozen=True, slots=True)
class Answer:
    """What goes back: a status, a body, headers and cookies."""

    body: str | bytes = ""
    status: int = 200
    content_type: str = HTML
    headers: Mapping[str, str] = field(default_factory=dict)
    cookies: tuple[str, ...] = ()


@dataclass(frozen=True)
class Request:
    """What came in, and what the routes of one domain need to answer it."""

    method: str
    path: str
    parameters: Mapping[str, str]
    query: Fields
    headers: Mapping[str, str]
    cookies: Mapping[str, str]
    client: str
    """The address the request came from, as ``functions.kernel.client`` knows it, and not as a visitor claims."""
    body: str
    now: datetime
    table: Table

    @cached_property
    def fields(self) -> Fields:
        """The fields of the form that was sent."""
        return forms.decode(self.body)

    @cached_property
    def json(self) -> Any:
        """The value of the JSON body."""
        return forms.read_json(self.body)

    @cached_property
    def visitor(self) -> Visitor | None:
        """Who is signed in, read from the table once and only if somebody asks."""
        return auth.who_is(self.cookies, self.table, self.now)

    @property
    def is_one_click(self) -> bool:
        """Whether a mail provider sent this, by pressing "stop" for its user."""
        return forms.is_one_click(self.headers.get("content-type", ""), self.body)

    @property
    def member(self) -> Visitor:
        """The signed-in member of a route whose access rule demands one."""
        if self.visitor is None:
            raise NotFound
        return self.visitor

    def page(
        self,
        template: str,
        *,
        status: int = 200,
        cookies: tuple[str, ...] = (),
        policy: str | None = None,
        **context: Any,
    ) -> Answer:
        """A page in our own shell. A form with errors on it goes out as 422.

        ``policy`` comes from ``headers.content_policy``, for a page that needs more than others.
        """
        shown = context.get("form")
        if shown is not None and shown.errors:
            status = 422
        text = render(template, visitor=self.visitor, path=self.path, **context)
        headers = {"content-security-policy": policy} if policy else {}
        return Answer(text, status, headers=headers, cookies=cookies)


def see_other(location: str, *, cookies: tuple[str, ...] = ()) -> Answer:
    """Send the browser on with a GET, as every accepted form does (RFC 9110 section 15.4.4)."""
    return Answer(status=303, headers={"location": location}, cookies=cookies)


def json_answer(value: Any, status: int = 200) -> Answer:
    """A JSON document."""
    return Answer(json.dumps(value, ensure_ascii=False), status, JSON)


def own_path(wanted: str, otherwise: str) -> str:
    """Where to go next, as long as it is a path of ours (security requirement 43)."""
    plain = wanted.startswith("/") and not wanted.startswith("//") and wanted.isprintable() and "\\" not in wanted
    return quote(wanted, safe="/?&=%-._~,:+") if plain and wanted.isascii() else otherwise


@dataclass(frozen=True, slots=True)
class Route:
    """One method on one path."""

    access: Access
    answer: Handler


class Routes:
    """The routes of one domain, and the Lambda handler that serves them."""

    def __init__(
        self,
        domain: str,
        settings: Callable[[], WebSettings],
        table: Callable[[], Table],
        modules: Mapping[str, str] | None = None,
    ) -> None:
        """Nothing is read, connected or imported until the first request asks for it.

        :param modules: the module that has the page of each path, in a domain of several such modules.
        """
        self.domain = domain
        self._by_path: dict[str, dict[str, Route]] = {}
        self._modules = modules or {}
        self._settings = settings
        self._table = table
        self._log = Logger(service=domain)
        self._app = APIGatewayHttpResolver(enable_validation=False)
        self._app.not_found(self._nothing_here)
        self._unprepared = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "CONNECT"}
        self.fallback(_nothing)

    @property
    def by_path(self) -> dict[str, dict[str, Route]]:
        """The routes of every path, for whoever looks at them all."""
        return {path: self._of(path) for path in (*self._modules, *self._by_path)}

    def _of(self, path: str) -> dict[str, Route]:
        """The routes of one path, which are there once the module with its page is imported."""
        if path not in self._by_path:
            import_module(f"functions.{self.domain}.{self._modules[path]}")
        return self._by_path[path]

    def prepare(self, method: str) -> None:
        """Let Powertools find every path by a method. All nine at once would be a fiftieth of a start."""
        if method not in self._unprepared:
            return
        self._unprepared.remove(method)
        for path in sorted({*self._modules, *self._by_path} - {"$default"}):
            self._app.route(path.replace("{", "<").replace("}", ">"), method=method)(self._answering(path))

    def _answering(self, path: str) -> Callable[..., Response[Any]]:
        return lambda **parameters: self._respond(path, parameters)

    def get(self, path: str, access: Access) -> Callable[[Handler], Handler]:
        """Answer GET and HEAD. The handler must change nothing (security requirement 2)."""
        return self._on("GET", path, access)

    def post(self, path: str, access: Access) -> Callable[[Handler], Handler]:
        """Answer POST."""
        return self._on("POST", path, access)

    def fallback(self, handler: Handler) -> Handler:
        """Answer every path that no route knows."""
        self._by_path["$default"] = {"GET": Route(Access.ANYONE, handler)}
        return handler

    def _on(self, method: str, path: str, access: Access) -> Callable[[Handler], Handler]:
        def register(handler: Handler) -> Handler:
            self._by_path.setdefault(path, {})[method] = Route(access, handler)
            return handler

        return register

    def handler(self, event: Event, context: Any) -> Event:
        """Serve one request of an HTTP API (payload format 2.0)."""
        self.prepare(event["requestContext"]["http"]["method"])
        return self._app.resolve({"headers": {}} | event, context)

    def _respond(self, path: str, parameters: Mapping[str, str]) -> Response[Any]:
        # Errors become pages in here, because Powertools' own exception handlers would leave the headers off.
        event = self._app.current_event.raw_event
        try:
            answer = self._serve(path, parameters, event)
        except Exception as error:  # noqa: BLE001 - the one catch at the edge.
            answer = self._refuse(event, error)
        return _finished(event, answer)

    def _nothing_here(self, error: Exception) -> Response[Any]:
        del error  # Powertools passes its own not-found error, which says nothing more than that.
        return self._respond("$default", {})

    def _serve(self, path: str, parameters: Mapping[str, str], event: Event) -> Answer:
        methods = self._of(path)
        method = event["requestContext"]["http"]["method"]
        allowed = (*(("GET", "HEAD") if "GET" in methods else ()), *(("POST",) if "POST" in methods else ()))
        if path != "$default" and method not in allowed:
            raise MethodNotAllowed(allowed)
        route = methods["POST" if method == "POST" and "POST" in methods else "GET"]
        if any(len(value) > _MAX_PARAMETER for value in parameters.values()):
            raise NotFound
        request = self._read(event, method, parameters)
        if method == "POST" and path != "$default":
            self._check_post(request, route.access)
        elsewhere = _turned_away(request, route.access)
        if elsewhere is not None:
            return elsewhere
        answer = route.answer(request)
        # A form's sender waits for the form's own write. The page that it leads to keeps the sign-in up.
        if method != "POST" and "visitor" in vars(request) and request.visitor is not None:
            auth.touch(request.visitor, request.table, request.now)
        if method != "POST" and route.access is Access.ANYONE and not request.cookies:
            answer = replace(answer, headers={**FOR_STRANGERS, **answer.headers})
        return answer

    def _read(self, event: Event, method: str, parameters: Mapping[str, str]) -> Request:
        return Request(
            method=method,
            path=event["rawPath"],
            parameters=parameters,
            query=forms.decode(event.get("rawQueryString", "")),
            headers=event["headers"],
            cookies=auth.cookies_of(event),
            client=address_of(event),
            body=forms.body_of(event),
            now=clock.now(),
            table=self._table(),
        )

    def _check_post(self, request: Request, access: Access) -> None:
        if access is Access.HOLDER and request.is_one_click:
            # A mail provider presses without a browser; the secret in the address is its authority
            # (RFC 8058 section 3.2).
            return
        content_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
        if access is Access.PROGRAM:
            if content_type != JSON:
                raise WrongMediaType
            return
        if content_type != FORM:
            raise WrongMediaType
        auth.must_come_from_us(request.headers, self._settings().site_origin)

    def _refuse(self, event: Event, error: Exception) -> Answer:
        path, request_id = event["rawPath"], event["requestContext"]["requestId"]
        headers: dict[str, str] = {}
        if isinstance(error, Refusal):
            (status, heading), sentence = STATUS_OF[type(error)], str(error)
            self._log.info("refused", status=status, reason=type(error).__name__, request_id=request_id)
        else:
            status, heading, sentence = 500, _FAULT, _FAULT_SENTENCE
            # The message of a foreign error may quote what a person typed, so only its kind and place are kept.
            self._log.error("failed", fault=fault_of(error), request_id=request_id)
        if isinstance(error, MethodNotAllowed):
            headers["allow"] = ", ".join(error.allowed)
        if isinstance(error, Unavailable):
            headers["retry-after"] = "60"
        if path.startswith("/api/"):
            fields = {"fields": error.fields} if isinstance(error, Invalid) else {}
            body = {"error": {"status": status, "message": sentence, "reference": request_id, **fields}}
            return replace(json_answer(body, status), headers=headers)
        reference = request_id if status >= 500 else None  # noqa: PLR2004 - the class of faults that are ours.
        text = render(
            "kernel/pages/error.jinja",
            visitor=None,
            path=path,
            status=status,
            heading=heading,
            sentence=sentence,
            reference=reference,
        )
        return Answer(text, status, headers=headers)


def _nothing(_request: "Request") -> Answer:
    raise NotFound


def _turned_away(request: Request, access: Access) -> Answer | None:
    """Where somebody goes who may not see this. ``None`` when they may."""
    if access not in auth.SIGNED_IN:
        return None
    query = f"?{urlencode(request.query, doseq=True)}" if request.query else ""
    here = request.path + query
    if request.visitor is None:
        return _and_back(auth.SIGN_IN, "/home" if request.method == "POST" else here)
    if access is Access.MEMBER:
        return None
    if not request.visitor.is_coordinator:
        raise NotFound
    proves_at = auth.lacks(request.visitor, access, request.now)
    if proves_at is None:
        return None
    # A press on a button is made again after the proof, on the page that it was on.
    on_the_way = "/coordinate" if access is Access.COORDINATOR else auth.SET_UP
    return _and_back(proves_at, on_the_way if request.method == "POST" else here)


def _and_back(page: str, wanted: str) -> Answer:
    """To a page where people prove who they are, which leads on to where they wanted to go."""
    return see_other(f"{page}?" + urlencode({"next": wanted}))


def _finished(event: Event, answer: Answer) -> Response[Any]:
    """The answer with the headers that every answer carries, squeezed where that is worth it."""
    body = answer.body.encode() if isinstance(answer.body, str) else answer.body
    headers = {
        "content-type": answer.content_type,
        "cache-control": "no-store",
        **SECURITY_HEADERS,
        **answer.headers,
    }
    status = answer.status
    if headers["cache-control"] == ASKED_AGAIN:
        # "Weak", because the same page may come squeezed or not (RFC 9110 section 8.8.1).
        headers["etag"] = f'W/"{hashlib.sha256(body).hexdigest()}"'
        if event["headers"].get("if-none-match") == headers["etag"]:
            status, body = 304, b""
    takes_gzip = "gzip" in event["headers"].get("accept-encoding", "")
    if len(body) > _WORTH_SQUEEZING and takes_gzip and "content-encoding" not in headers:
        body = gzip.compress(body, compresslevel=6, mtime=0)
        headers |= {"content-encoding": "gzip", "vary": "accept-encoding"}
    if event["requestContext"]["http"]["method"] == "HEAD":
        body = b""
    as_text = "content-encoding" not in headers and answer.content_type.startswith(("text/", JSON))
    return Response(
        status,
        None,  # Powertools would make JSON of a body whose type it knows to be JSON, squeezed ones too.
        body.decode() if as_text else body,
        headers=headers,
        cookies=list(answer.cookies),  # type: ignore[arg-type] # It sends each as its text, which ours is already.
    )
