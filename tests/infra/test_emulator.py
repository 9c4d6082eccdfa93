"""Where ministack is mended, so that what runs on this machine is what runs in AWS."""

from typing import Any

import pytest

from cli import emulator

ACCOUNT = "000000000000"
JO = "account@account.psmn.test"


def test_the_page_that_says_how_things_are_is_ours() -> None:
    assert "/health" in emulator.app._HEALTH_PATHS, "ministack no longer takes it, so the mend can go."
    assert "/health" not in emulator.HEALTH_PATHS


class Recorder:
    """Stands where ministack's own function would, and keeps what it was given."""

    def __init__(self, answer: Any = None) -> None:
        self.answer = answer
        self.given: tuple[Any, ...] = ()

    def __call__(self, *given: Any) -> Any:
        self.given = given
        return self.answer


def test_each_mend_is_in_front_of_a_function_that_is_still_there() -> None:
    for module, name, _ in emulator.MENDS:
        assert callable(getattr(module, name))


def test_a_job_is_told_the_moment_it_was_due() -> None:
    invoke = Recorder()
    event = {"Source": "aws.scheduler", "Time": 1_795_424_400.7}
    emulator.write_the_time(invoke)({"Input": '{"at": "<aws.scheduler.scheduled-time>"}'}, event, {})
    assert invoke.given[0] == {"Input": '{"at": "2026-11-23T09:00:00Z"}'}


def test_cookies_come_as_a_list_and_not_as_a_header() -> None:
    execute = Recorder()
    event = {"version": "2.0", "headers": {"cookie": "a=1; b=2", "host": "psmn.localhost"}}
    emulator.list_the_cookies(execute)({}, event)
    assert execute.given[1] == {"version": "2.0", "headers": {"host": "psmn.localhost"}, "cookies": ["a=1", "b=2"]}


@pytest.mark.parametrize("event", [{"Records": []}, {"version": "2.0", "headers": {}}, [], None])
def test_any_other_event_passes_as_it_is(event: Any) -> None:
    execute = Recorder()
    emulator.list_the_cookies(execute)({}, event)
    assert execute.given[1] is event


def test_after_a_restart_a_stream_is_read_from_its_start() -> None:
    load = Recorder()
    emulator.read_the_stream_from_its_start(load)({"functions": 1, "dynamodb_stream_positions": {"reader": 40}})
    assert load.given == ({"functions": 1, "dynamodb_stream_positions": {}},)


@pytest.mark.parametrize(
    ("asked", "needed"), [("sqs:SendMessageBatch", "sqs:SendMessage"), ("dynamodb:GetItem", "dynamodb:GetItem")]
)
def test_a_batch_of_messages_needs_the_permission_of_one(asked: str, needed: str) -> None:
    assert emulator.name_the_permission(Recorder(asked))("sqs") == needed


def test_mail_needs_permission_on_the_domain_it_comes_from() -> None:
    request = ("POST", "/", {}, b"", {"Action": ["SendRawEmail"], "Source": [JO]}, "eu-west-2", ACCOUNT)
    arn = emulator.name_the_identity(Recorder("*"))("ses", *request)
    assert arn == f"arn:aws:ses:eu-west-2:{ACCOUNT}:identity/account.psmn.test"


def test_a_policy_can_ask_who_sends() -> None:
    context = emulator.say_who_sends(Recorder({"kept": "yes"}))("ses", "ses:SendRawEmail", b"", {"Source": [JO]})
    assert context == {"kept": "yes", "ses:FromAddress": JO}


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        (b'{"Key": {"pk": {"S": "a"}, "sk": {"S": "b"}}}', {"dynamodb:LeadingKeys": ["a"]}),
        (b'{"Item": {"pk": {"S": "a"}, "more": {"N": "1"}}}', {"dynamodb:LeadingKeys": ["a"]}),
        (b'{"KeyConditionExpression": "pk = :a"}', {}),
        (b"", {}),
    ],
)
def test_a_policy_can_ask_which_partition_an_item_is_in(asked: bytes, told: dict[str, Any]) -> None:
    assert emulator.say_which_partition(Recorder({"kept": "yes"}))(asked) == {"kept": "yes", **told}


def test_each_item_of_a_transaction_is_judged_by_its_own_partition() -> None:
    body = b'{"TransactItems": [{"Put": {"Item": {"pk": {"S": "a"}}}}, {"Delete": {"Key": {"pk": {"S": "b"}}}}]}'
    checks = Recorder([("dynamodb:PutItem", "arn"), ("dynamodb:DeleteItem", "arn")])
    judged: list[Any] = []
    for action, arn in emulator.name_each_partition(checks)("dynamodb:TransactWriteItems", body, "here", ACCOUNT):
        assert arn == "arn"
        emulator.look_at_its_partition(lambda *given, **more: judged.append((given, more)))(
            "key", action, "dynamodb", service_context={"kept": "yes"}
        )
    assert judged == [
        (("key", "dynamodb:PutItem", "dynamodb"), {"service_context": {"kept": "yes", "dynamodb:LeadingKeys": ["a"]}}),
        (
            ("key", "dynamodb:DeleteItem", "dynamodb"),
            {"service_context": {"kept": "yes", "dynamodb:LeadingKeys": ["b"]}},
        ),
    ]


def test_what_is_no_transaction_is_judged_as_it_was() -> None:
    assert emulator.name_each_partition(Recorder([]))("dynamodb:GetItem", b"{}", "here", ACCOUNT) == []
    judged: list[Any] = []
    emulator.look_at_its_partition(lambda *given, **more: judged.append((given, more)))("key", "s3:GetObject", "s3")
    assert judged == [(("key", "s3:GetObject", "s3"), {"service_context": None})]


def test_the_local_account_may_send_as_fast_as_an_old_one() -> None:
    answer = (200, {}, b"<MaxSendRate>14.0</MaxSendRate><SentLast24Hours>7.0</SentLast24Hours>")
    allowed = emulator.allow_what_an_old_account_may(Recorder(answer))({})
    assert allowed[2] == b"<MaxSendRate>500.0</MaxSendRate><SentLast24Hours>7.0</SentLast24Hours>"


@pytest.mark.parametrize(
    ("key", "found", "told"),
    [
        (
            "aws:PrincipalArn",
            "arn:aws:sts::000000000000:assumed-role/psmn/session",
            "arn:aws:iam::000000000000:role/psmn",
        ),
        ("aws:PrincipalArn", "arn:aws:iam::000000000000:root", "arn:aws:iam::000000000000:root"),
        ("aws:PrincipalArn", None, None),
        ("aws:userid", "a:assumed-role/b", "a:assumed-role/b"),
    ],
)
def test_a_policy_is_asked_about_the_role_and_not_about_the_session(
    key: str, found: str | None, told: str | None
) -> None:
    assert emulator.name_the_role(Recorder(found))(key, object()) == told
