"""Who is measured: every function of ours at the work it mostly does, and those that it is compared with."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from bench import folders
from bench.people import EVENTS, TABLE, World, event
from bench.runtime import Contestant
from infra.bundle import ON_LAMBDA, Contents

ENVIRONMENT = {
    "TABLE_NAME": TABLE,
    "SITE_ORIGIN": "https://psmn.test",
    "VERSION": "test",
    "ACCOUNT_SENDER": "account@account.psmn.test",
    "EVENTS_SENDER": "events@events.psmn.test",
    "REPLY_TO": "hello@psmn.test",
    "DEPLOYMENT": "psmn-test",
    "WARM_UP": "false",
    "MAIL_QUEUE_URL": "https://sqs.eu-west-2.amazonaws.com/000000000000/mail",
    "BULK_QUEUE_URL": "https://sqs.eu-west-2.amazonaws.com/000000000000/bulk",
    "INDEX_QUEUE_URL": "https://sqs.eu-west-2.amazonaws.com/000000000000/index",
    "INBOUND_BUCKET": "inbound",
    "QUARANTINE_BUCKET": "quarantine",
    "LIBRARY_BUCKET": "library",
    "ORIGIN_SECRET_ARN": "arn:aws:secretsmanager:eu-west-2:000000000000:secret:psmn-origin-AbCdEf",
    "SEALS_BUCKET": "seals",
    "POWERTOOLS_METRICS_NAMESPACE": "psmn-test",
    "PYTHONTZPATH": f"{ON_LAMBDA}/tzdata/zoneinfo",
}

BARE = "bare"
NOTHING = "nothing"
FASTAPI = "FastAPI + Mangum"
AS_DEPLOYED = f"{FASTAPI}, no bytecode"
NOTHING_KEPT = "nothing kept"


@dataclass(frozen=True, slots=True)
class Entry:
    """A contestant, and what its budget is found by."""

    kind: str
    """``form``, ``one-press``, ``job``, ``planning`` or ``page``, or ``theirs``."""
    contestant: Contestant

    @property
    def name(self) -> str:
        """The contestant's."""
        return self.contestant.name


def _signed_in(sample: str, world: World, path: str | None = None) -> dict[str, Any]:
    value = event(sample) | {"cookies": [world.cookie]}
    return value if path is None else _at(value, path)


def _at(value: dict[str, Any], path: str) -> dict[str, Any]:
    context = value["requestContext"]
    there = context | {"http": context["http"] | {"path": path}}
    return value | {"rawPath": path, "requestContext": there}


def _now(name: str) -> dict[str, Any]:
    """What the schedule says at this moment. At another, most jobs would find nothing in its time."""
    return event(name) | {"at": datetime.now(UTC).isoformat()}


_USUAL: list[tuple[str, str, str]] = [
    ("form", "membership.web", "membership/web.join_post"),
    ("form", "membership.web", "membership/web.sign_in_post"),
    ("form", "membership.web", "membership/web.api_eligibility"),
    ("form", "sessions.web", "sessions/web.api_sessions"),
    ("page", "site.web", "site/web.home"),
    ("page", "site.web", "site/web.words"),
    ("page", "membership.web", "membership/web.join"),
    ("page", "sessions.web", "sessions/web.programme"),
    ("job", "mail.dispatch", "mail/dispatch.planned"),
    ("job", "mail.send", "mail/send.planned"),
    ("job", "mail.feedback", "mail/feedback.delivered"),
    ("job", "invites.welcome", "invites/welcome.new_member"),
    ("job", "invites.hear", "invites/hear.accepted"),
    ("one-press", "gate.admit", "gate/admit.through_cloudfront"),
]
_CLOCKWORK = [
    ("audit.seal", "audit/seal.hourly"),
    ("mail.sweep", "mail/sweep.five_past"),
    ("invites.tick", "invites/tick.minute"),
    ("invites.check", "invites/check.thursday"),
    ("membership.settle", "membership/settle.due"),
    ("sessions.programme", "sessions/programme.nightly"),
    ("resources.index", "resources/index.minute"),
    ("resources.sweep", "resources/sweep.minute"),
]


def samples(domain: str, world: World) -> list[tuple[str, dict[str, Any]]]:
    """Every sample of a domain that a function takes, with its handler, signed in and signed out."""
    found = []
    for path in sorted((EVENTS / domain).glob("*.json")):
        action, case, _ = path.name.split(".")
        if case in {"malformed", "without_zone"}:
            continue
        handler = f"functions.{domain}.web.handler" if action == "web" else f"functions.{domain}.jobs.{action}"
        value = event(f"{domain}/{path.stem}")
        found.append((handler, value))
        if action == "web":
            found.append((handler, value | {"cookies": [world.cookie]}))
    return found


def ours(world: World) -> list[Entry]:
    """Every function of ours, by each kind of work it does."""
    code = folders.ours()

    def entry(kind: str, function: str, what: str, value: Mapping[str, Any]) -> Entry:
        domain, action = function.split(".")
        handler = f"functions.{domain}.web.handler" if action == "web" else f"functions.{domain}.jobs.{action}"
        inspects = function == "resources.inspect"
        folder = folders.ours(Contents.INSPECTION) if inspects else code
        return Entry(kind, Contestant(f"{function} {what}".strip(), folder, handler, value, ENVIRONMENT))

    reply = _at(event("sessions/web.reply_unknown_post"), f"/reply/{world.link}")
    stop = _at(event("mail/web.one_click_unknown"), f"/unsubscribe/{world.link}")
    return [
        *(
            entry(kind, function, _asked(value) if function.endswith(".web") else "", value)
            for kind, function, name in _USUAL
            for value in [event(name)]
        ),
        entry("one-press", "sessions.web", "POST /reply", reply),
        entry("one-press", "mail.web", "POST /unsubscribe", stop),
        entry("page", "mail.web", "GET /account/emails", _signed_in("mail/web.emails_signed_out", world)),
        entry("page", "invites.web", "GET /coordinate/emails", _signed_in("invites/web.sends_signed_out", world)),
        entry("page", "resources.web", "GET /library", _signed_in("resources/web.library_signed_out", world)),
        *(entry("job", function, "", _now(name)) for function, name in _CLOCKWORK),
        entry("planning", "invites.plan", "", _now("invites/plan.monday")),
        entry("job", "resources.inspect", "", event("resources/inspect.arrived")),
    ]


def _asked(value: Mapping[str, Any]) -> str:
    return f"{value['requestContext']['http']['method']} {value['rawPath']}"


def theirs() -> list[Entry]:
    """Those that ours are compared with. Each reads a form, checks it, keeps one item and answers in JSON."""
    fast = ("boto3", "fastapi", "mangum", "python-multipart")
    nothing = folders.theirs("nothing", bytecode=True)
    rivals = [
        (BARE, folders.theirs("bare", "boto3", bytecode=True), "bare.handler"),
        (FASTAPI, folders.theirs("fast", *fast, bytecode=True), "fast.handler"),
        (AS_DEPLOYED, folders.theirs("fast", *fast, bytecode=False), "fast.handler"),
    ]
    form = _at(event("membership/web.join_post"), "/people") | {
        "body": "name=Ann+Example&email=ann.example%40nhs.net&role=psm",
        "isBase64Encoded": False,
    }
    unkept = form | {"body": f"{form['body']}&kept=no"}
    return [
        Entry("theirs", Contestant(NOTHING, nothing, "nothing.handler", form, ENVIRONMENT)),
        *(Entry("theirs", Contestant(name, code, handler, form, ENVIRONMENT)) for name, code, handler in rivals),
        *(
            Entry("theirs", Contestant(f"{name}, {NOTHING_KEPT}", code, handler, unkept, ENVIRONMENT))
            for name, code, handler in rivals[:2]
        ),
    ]
