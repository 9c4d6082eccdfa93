"""The drawings and the tables of ``docs/architecture.md``. ``python -m tests.infra.architecture`` makes them anew.

They are drawn from the templates of the stage that members use, and a test compares the page with them. The words
around them are written by hand.
"""

import re
import tomllib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from importlib import import_module
from itertools import chain
from pathlib import Path
from typing import NamedTuple

from cli import markdown
from tests.infra import arrows
from tests.infra.arrows import Arrow, called, place_of, routed, used, verbs, without
from tests.infra.deployment import Deployment, for_members

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "architecture.md"

OUTSIDE, SERVICE, QUEUE, STORE, CODE = '(["{}"])', '("{}")', '[["{}"]]', '[("{}")]', '["{}"]'
"""How Mermaid is told the shapes: whoever is outside, a service of AWS, what waits, what is kept, and our own code."""


class Place(NamedTuple):
    """A thing that is drawn, in plain words, and what AWS calls it."""

    shape: str
    words: str
    of_aws: str = ""


PLACES = {
    arrows.BROWSER: Place(OUTSIDE, "Browsers"),
    arrows.MAILBOXES: Place(OUTSIDE, "People's mailboxes"),
    arrows.PEOPLE: Place(OUTSIDE, "Whoever runs it"),
    "Firewall": Place(SERVICE, "Firewall", "WAF"),
    "Pages": Place(SERVICE, "Front", "CloudFront"),
    "ApiHttp": Place(SERVICE, "Gateway", "API Gateway"),
    "GateSecret": Place(STORE, "Origin secret", "Secrets Manager"),
    arrows.CLOCK: Place(SERVICE, "UK clock", "EventBridge Scheduler"),
    arrows.POST: Place(SERVICE, "Mail out", "SES"),
    "InboundRule": Place(SERVICE, "Mail in", "SES"),
    "Mail": Place(SERVICE, "Mail", "SES"),
    "MailSendersReports": Place(QUEUE, "Reports of mail", "SNS"),
    "MailReports": Place(QUEUE, "Reports of mail", "SQS"),
    "MailUrgent": Place(QUEUE, "Mail that somebody waits for", "SQS"),
    "MailBulk": Place(QUEUE, "Mail to many", "SQS"),
    "ResourcesReports": Place(QUEUE, "Files to look at", "SQS"),
    "ResourcesBell": Place(QUEUE, "Bell: the search has to change", "SQS"),
    "WatchBudgetSpent": Place(QUEUE, "The money is spent", "SNS"),
    "Alarms": Place(QUEUE, "Alarms", "SNS"),
    "QuarantineScanner": Place(SERVICE, "Malware scanner", "GuardDuty"),
    arrows.ALARM: Place(SERVICE, "Alarms", "CloudWatch"),
    "WatchBudget": Place(SERVICE, "The month's money", "Budgets"),
    "QuarantineBucket": Place(STORE, "Quarantine", "S3"),
    "InboundBucket": Place(STORE, "Letterbox", "S3"),
    "Table": Place(STORE, "The table", "DynamoDB"),
    "Library": Place(STORE, "Library", "S3"),
    "Seals": Place(STORE, "Safe", "S3"),
    "BackupsVault": Place(STORE, "Vault", "AWS Backup"),
}
"""Everything but functions, by its name in the templates. What is new there needs a line here."""


class Flow(NamedTuple):
    """A drawing of some things and every arrow that the templates have between them."""

    direction: str
    members: set[str]


FRONT = {"Firewall", "Pages", "ApiHttp"}
"""The way of every page. One flow shows it, and the others leave it out."""
FLOWS = {
    "a web request": Flow(
        "LR",
        {
            *(arrows.BROWSER, *FRONT, "gate.admit", "GateSecret", "Table"),
            *("site.web", "membership.web", "sessions.web", "mail.web", "invites.web", "resources.web"),
        },
    ),
    "an invitation": Flow(
        "TB",
        {
            *(arrows.CLOCK, "invites.plan", "Table", "mail.dispatch", "MailBulk", "mail.send", arrows.POST),
            *(arrows.MAILBOXES, "MailSendersReports", "MailReports", "mail.feedback"),
            *("InboundRule", "InboundBucket", "invites.hear"),
        },
    ),
    "a file": Flow(
        "LR",
        {
            *(arrows.BROWSER, "resources.web", "QuarantineBucket", "QuarantineScanner", "ResourcesReports"),
            *("resources.inspect", "Library", "ResourcesBell", "resources.index"),
        },
    ),
    "what is wrong": Flow(
        "LR",
        {
            *(arrows.ALARM, "Alarms", arrows.PEOPLE, "WatchBudget", "WatchBudgetSpent", "resources.close"),
            *("Table", "Library", "BackupsVault"),
        },
    ),
}

ELSEWHERE = {"GateSecret", arrows.PEOPLE, arrows.ALARM, "WatchBudget", "BackupsVault"}
"""What is left to the flows, so that the overview can be read."""
_NARROW = '%%{init: {"flowchart": {"nodeSpacing": 20, "rankSpacing": 40}}}%%'
"""So that it can be read where a page is 900 points wide."""
TOGETHER = {arrows.POST: "Mail", "InboundRule": "Mail"}
"""What is one box in the overview."""
BOXES = {"edge": "Stack edge", "data": "Stack data"}
"""The stacks that have a box. Everything outside them is in the third, which is all the rest."""


def parts(deployment: Deployment) -> dict[str, str]:
    """What stands between the marks of the page, by the name of the mark."""
    found = arrows.found_in(deployment)
    return {
        "overview": overview(deployment, found),
        "domains": domains(deployment),
        "functions": functions(deployment, found),
        **{name: drawing(found, flow) for name, flow in FLOWS.items()},
    }


def overview(deployment: Deployment, found: Iterable[Arrow]) -> str:
    """The whole of it, with a box for each domain and without queues and topics."""
    between = {name for name, place in PLACES.items() if place.shape == QUEUE}
    seen = [each for each in map(_from_afar, without(found, between)) if each.start != each.end]
    merged = _merged(each for each in seen if not {each.start, each.end} & ELSEWHERE)
    names = sorted({name for each in merged for name in (each.start, each.end)})
    boxes = {stack: [name for name in names if name in _resources(deployment, stack)] for stack in BOXES}
    boxes["code"] = [name for name in names if name in _layers()]
    titles = BOXES | {"code": "Our code, a folder for each domain"}
    actions = {domain: "<br/>".join(f".{each}" for each in _actions(deployment, domain)) for domain in boxes["code"]}
    lines = [f"  {_node(name)}" for name in names if not any(name in inside for inside in boxes.values())]
    for box, inside in boxes.items():
        lines += [f'  subgraph {box}["{titles[box]}"]', *(f"    {_node(name, actions)}" for name in inside), "  end"]
    return _mermaid([_NARROW, "flowchart TB", *lines, *_there_and_back(merged)])


def _from_afar(arrow: Arrow) -> Arrow:
    """An arrow between domains. Its words are the part of a domain that it starts. Use of a store needs none."""
    words = arrow.words
    if "." in arrow.start:
        words = ""
    elif "." in arrow.end and not words.endswith("paths"):
        words = arrow.end.partition(".")[2]
    start, end = (TOGETHER.get(name) or name.partition(".")[0] for name in (arrow.start, arrow.end))
    return Arrow(start, end, words)


def _resources(deployment: Deployment, stack: str) -> set[str]:
    return {called(logical_id) for logical_id in deployment.templates[stack]["Resources"]}


def drawing(found: Iterable[Arrow], flow: Flow) -> str:
    """One flow, function by function."""
    seen = without(found, FRONT - flow.members)
    merged = _merged(each for each in seen if {each.start, each.end} <= flow.members)
    nodes = (f"  {_node(name)}" for name in sorted(flow.members))
    return _mermaid([f"flowchart {flow.direction}", *nodes, *(_drawn(each) for each in merged)])


def _merged(found: Iterable[Arrow]) -> list[Arrow]:
    """One arrow from one thing to another, with all that they say."""
    words: dict[tuple[str, str], list[str]] = {}
    for each in sorted(set(found)):
        words.setdefault((each.start, each.end), []).append(each.words)
    return [Arrow(*ends, ", ".join(filter(None, said))) for ends, said in words.items()]


def _there_and_back(found: Iterable[Arrow]) -> Iterator[str]:
    """Draw two arrows between the same things as one with two heads, from whoever is outside to what is kept."""
    left = {(each.start, each.end): each.words for each in found}
    while left:
        (start, end), words = next(iter(left.items()))
        del left[start, end]
        if (end, start) not in left:
            yield _drawn(Arrow(start, end, words))
            continue
        both = ", ".join(filter(None, [words, left.pop((end, start))]))
        start, end = sorted((start, end), key=lambda name: _ORDER.index(_place(name).shape))
        yield _drawn(Arrow(start, end, both), "<-->")


_ORDER = OUTSIDE, SERVICE, CODE, STORE


def _place(name: str) -> Place:
    return PLACES.get(name) or Place(CODE, name)


def _node(name: str, below: Mapping[str, str] | None = None) -> str:
    """A thing with its shape and its words."""
    place = _place(name)
    label = "<br/>".join(filter(None, (place.words, place.of_aws, (below or {}).get(name))))
    return f"{_id(name)}{place.shape.format(label)}"


def _drawn(arrow: Arrow, line: str = "-->") -> str:
    words = f'|"{arrow.words}"|' if arrow.words else ""
    return f"  {_id(arrow.start)} {line}{words} {_id(arrow.end)}"


def _id(name: str) -> str:
    return name.replace(".", "_")


def _mermaid(lines: Iterable[str]) -> str:
    return "\n".join(["```mermaid", *lines, "```"])


def domains(deployment: Deployment) -> str:
    """The domains in their layers, from the one that knows most of the others."""
    rows = [
        (f"`functions/{domain}/`", _sentence(f"functions.{domain}"), ", ".join(_actions(deployment, domain)))
        for domain in _layers()
    ]
    return markdown.table(("folder", "what it is for", "functions"), rows)


def _layers() -> list[str]:
    """The domains as the rules of imports order them."""
    rules = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"]
    (layers,) = (each["layers"] for each in rules["contracts"] if each.get("containers") == ["functions"])
    return [domain for layer in layers for domain in layer.split(" | ")]


def _actions(deployment: Deployment, domain: str) -> list[str]:
    return sorted(name.partition(".")[2] for name in deployment.functions() if name.startswith(f"{domain}."))


def functions(deployment: Deployment, found: Iterable[Arrow]) -> str:
    """Every function: what it does, what starts it, and what it uses."""
    started_by: dict[str, list[str]] = {}
    for each in found:
        if "." in each.end:
            words = PLACES[each.start].words
            started_by.setdefault(each.end, []).append(f"{words}: {each.words}" if each.words else words)
    started_by |= _beginnings(deployment)
    rows = [
        (
            f"`{function}`",
            _does(function),
            ", ".join(started_by[function]),
            *(_uses(used(deployment, function), verb) for verb in ({"reads"}, {"writes", "sends"})),
        )
        for function in sorted(deployment.functions())
    ]
    return markdown.table(("function", "what it does", "what starts it", "reads", "writes or sends to"), rows)


def _does(function: str) -> str:
    domain, action = function.split(".")
    return "Answer people." if action == "web" else _sentence(f"functions.{domain}.jobs", action)


def _beginnings(deployment: Deployment) -> dict[str, list[str]]:
    """How the paths begin that each function answers: with two words where others share the first."""
    answered = routed(deployment)
    first = {function: {path.split("/")[1] for path in paths if "/" in path} for function, paths in answered.items()}
    shared = {word for word, owners in Counter(chain.from_iterable(first.values())).items() if owners > 1}
    return {
        function: list(dict.fromkeys(_beginning(path, shared) for path in paths))
        for function, paths in answered.items()
    }


def _beginning(path: str, shared: set[str]) -> str:
    if path == "$default":
        return "whatever else is asked"
    words = path.split("/")[1:]
    return f"`/{'/'.join(words[: 2 if words[0] in shared else 1])}`"


def _uses(of_it: Mapping[str, list[str]], wanted: set[str]) -> str:
    """The resources that something is done with."""
    found = (_resource(resource) for resource, actions in of_it.items() if wanted & set(verbs(actions)))
    return ", ".join(dict.fromkeys(found))


def _resource(resource: str) -> str:
    """A resource in plain words: "Library `files/`"."""
    if resource == "*":
        return "the quota of mail"
    if resource.startswith("Table/index/"):
        return f"`{resource.rpartition('/')[2]}`"
    words = PLACES[place_of(resource)].words
    inside = "" if resource.startswith("arn:") else resource.partition("/")[2].removesuffix("*")
    return f"{words} `{inside}`" if inside else words


def _sentence(module: str, name: str = "") -> str:
    """The first sentence that a module, or something in it, says of itself."""
    described = import_module(module)
    text = " ".join(((getattr(described, name) if name else described).__doc__ or "").split())
    return re.split(r"(?<=\.) ", text)[0]


def filled(page: str, with_parts: Mapping[str, str]) -> str:
    """The page with the parts between its marks. Raises ``ValueError`` when a part has no place on it."""
    for name, text in with_parts.items():
        begin, end = (f"<!-- {name}: {each} -->" for each in ("begin", "end"))
        before, found, rest = page.partition(begin)
        _, closed, after = rest.partition(end)
        if not found or not closed:
            raise ValueError(f"docs/architecture.md has no place between {begin} and {end}.")
        page = f"{before}{begin}\n\n{text}\n\n{end}{after}"
    return page


def main() -> None:
    """Draw everything anew, from what is deployed to the cloud."""
    PAGE.write_text(filled(PAGE.read_text(encoding="utf-8"), parts(for_members())), encoding="utf-8")


if __name__ == "__main__":
    main()
