"""Starts ministack, mended where our code or our permissions could tell it from AWS.

Each mend is a few lines around one function of ministack, whose version ``uv.lock`` pins.
``docs/decisions/0002-local-cloud.md`` says why we mend it instead of writing code that knows where it runs.
"""

import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from ministack import app
from ministack.core import iam_actions, iam_evaluator
from ministack.services import eventbridge, lambda_svc, s3, ses

from cli import malware

HEALTH_PATHS = ("/_ministack/health",)
"""Where ministack says how it is itself. It would answer for ``/health`` of every domain too, and that is our page."""
SCHEDULED_TIME = "<aws.scheduler.scheduled-time>"


def write_the_time(invoke: Callable[..., None]) -> Callable[..., None]:
    """EventBridge Scheduler puts the moment a job was due in its payload. ministack leaves the placeholder."""

    def invoke_target(target: dict[str, Any], event: dict[str, Any], *others: Any) -> None:
        payload = target.get("Input", "")
        if event.get("Source") == "aws.scheduler" and SCHEDULED_TIME in payload:
            due = datetime.fromtimestamp(event["Time"], UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
            target = {**target, "Input": payload.replace(SCHEDULED_TIME, due)}
        invoke(target, event, *others)

    return invoke_target


def list_the_cookies(execute: Callable[..., Any]) -> Callable[..., Any]:
    """An HTTP API takes cookies out of the headers and lists them. ministack leaves the header as it came."""

    def execute_function(function: dict[str, Any], event: Any, *others: Any) -> Any:
        if isinstance(event, dict) and event.get("version") == "2.0" and "cookie" in event.get("headers", {}):
            headers = dict(event["headers"])
            cookies = [cookie.strip() for cookie in headers.pop("cookie").split(";")]
            event = {**event, "headers": headers, "cookies": [cookie for cookie in cookies if cookie]}
        return execute(function, event, *others)

    return execute_function


def read_the_stream_from_its_start(load: Callable[[dict[str, Any]], None]) -> Callable[[dict[str, Any]], None]:
    """A stream is gone after a restart. ministack would still skip as many records as each reader had read of it."""

    def load_persisted_state(kept: dict[str, Any]) -> None:
        load({**kept, "dynamodb_stream_positions": {}})

    return load_persisted_state


def name_the_permission(extract: Callable[..., str | None]) -> Callable[..., str | None]:
    """In IAM a batch of messages needs the permission of one. ministack asks for a permission that does not exist."""

    def extract_iam_action(*request: Any) -> str | None:
        action = extract(*request)
        return "sqs:SendMessage" if action == "sqs:SendMessageBatch" else action

    return extract_iam_action


def name_the_identity(extract: Callable[..., str]) -> Callable[..., str]:
    """SES looks for permission on the domain that a mail comes from. ministack looks for permission on everything."""

    def extract_resource_arn(service: str, *request: Any) -> str:
        *_, parameters, region, account = request
        sender = _sender(parameters) if service == "ses" else None
        if sender is None:
            return extract(service, *request)
        return f"arn:aws:ses:{region}:{account}:identity/{sender.partition('@')[2]}"

    return extract_resource_arn


def say_who_sends(give: Callable[..., dict[str, Any]]) -> Callable[..., dict[str, Any]]:
    """A policy may ask for the address in From as ``ses:FromAddress``. ministack does not give it."""

    def request_tag_context(service: str, action: str, body: bytes, parameters: dict[str, Any]) -> dict[str, Any]:
        given = give(service, action, body, parameters)
        sender = _sender(parameters) if action == "ses:SendRawEmail" else None
        return given if sender is None else {**given, "ses:FromAddress": sender}

    return request_tag_context


def name_the_role(resolve: Callable[[str, Any], Any]) -> Callable[[str, Any], Any]:
    """To a policy, whoever has taken on a role is that role (AWS, "aws:PrincipalArn"). ministack names the session."""

    def resolve_condition_key(key: str, context: Any) -> Any:
        found = resolve(key, context)
        if key.lower() != "aws:principalarn" or not isinstance(found, str) or ":assumed-role/" not in found:
            return found
        account, role = found.split(":")[4], found.split("/")[1]
        return f"arn:aws:iam::{account}:role/{role}"

    return resolve_condition_key


LEADING = "dynamodb:LeadingKeys"


class ForOneItem(str):
    """What is asked for one item of a transaction, with the partition in which the item is."""

    __slots__ = ("place",)
    place: str


def say_which_partition(give: Callable[[bytes], dict[str, Any]]) -> Callable[[bytes], dict[str, Any]]:
    """A policy may ask for the partition of an item as ``dynamodb:LeadingKeys``. ministack does not give it."""

    def dynamodb_service_context(body: bytes) -> dict[str, Any]:
        partition = _partition(json.loads(body or b"{}"))
        return give(body) | ({LEADING: [partition]} if partition else {})

    return dynamodb_service_context


def name_each_partition(list_checks: Callable[..., list[tuple[str, str]]]) -> Callable[..., list[tuple[str, str]]]:
    """The same for each item of a transaction, which IAM looks at one by one."""

    def dynamodb_transaction_checks(action: str, body: bytes, *where: str) -> list[tuple[str, str]]:
        checks = list_checks(action, body, *where)
        if not checks:
            return checks
        wanted = [each for item in json.loads(body)["TransactItems"] for each in item.values()]
        named: list[tuple[str, str]] = []
        for (asked, arn), each in zip(checks, wanted, strict=True):
            one = ForOneItem(asked)
            one.place = _partition(each)
            named.append((one, arn))
        return named

    return dynamodb_transaction_checks


def look_at_its_partition(enforce: Callable[..., Any]) -> Callable[..., Any]:
    """The last of three: what is asked for one item of a transaction is judged by its own partition."""

    def enforce_one(
        key: str, action: str, *others: Any, service_context: dict[str, Any] | None = None, **more: Any
    ) -> Any:
        if isinstance(action, ForOneItem) and action.place:
            service_context = {**(service_context or {}), LEADING: [action.place]}
        return enforce(key, action, *others, service_context=service_context, **more)

    return enforce_one


def _partition(asked: Mapping[str, Any]) -> str:
    """The partition of the one item that is asked for, or nothing where there is not one."""
    item = asked.get("Key") or asked.get("Item") or {}
    return str(item.get("pk", {}).get("S", ""))


def allow_what_an_old_account_may(give: Callable[..., tuple[int, dict[str, str], bytes]]) -> Callable[..., Any]:
    """A new account may send 14 messages a second, and an old one hundreds. Nobody has to wait for the first here."""

    def get_send_quota(parameters: dict[str, Any]) -> tuple[int, dict[str, str], bytes]:
        status, headers, body = give(parameters)
        return status, headers, body.replace(b"<MaxSendRate>14.0<", b"<MaxSendRate>500.0<")

    return get_send_quota


def _sender(parameters: dict[str, Any]) -> str | None:
    source = parameters.get("Source")
    return source[0] if isinstance(source, list) else source


MENDS = (
    (eventbridge, "_invoke_target", write_the_time),
    (eventbridge, "_dispatch_event", malware.name_the_version),
    (s3, "_fire_s3_event", malware.tell_what_came),
    (lambda_svc, "_execute_function_with_config_scope", list_the_cookies),
    (lambda_svc, "load_persisted_state", read_the_stream_from_its_start),
    (iam_actions, "extract_iam_action", name_the_permission),
    (iam_actions, "extract_resource_arn", name_the_identity),
    (iam_actions, "request_tag_context", say_who_sends),
    (iam_actions, "dynamodb_service_context", say_which_partition),
    (iam_actions, "dynamodb_transaction_checks", name_each_partition),
    (iam_evaluator, "enforce", look_at_its_partition),
    (iam_evaluator, "_resolve_condition_key", name_the_role),
    (ses, "_get_send_quota", allow_what_an_old_account_may),
)
"""Each function of ministack's that we stand in front of, and what we put there."""


if __name__ == "__main__":
    app._HEALTH_PATHS = HEALTH_PATHS  # noqa: SLF001 - there is no setting for it.
    for module, name, mend in MENDS:
        setattr(module, name, mend(getattr(module, name)))
    app.main()
