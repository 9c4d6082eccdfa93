"""Who gets in at the gateway (security requirements 55 and 60)."""

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from botocore.exceptions import ClientError
from moto import mock_aws

from cli.origin import new_value
from functions.gate import jobs, secret
from functions.kernel import clock
from functions.kernel.client import THROUGH_CLOUDFRONT
from tests.gateway import NAME, put_in_secrets_manager, secrets
from tests.network import ENVIRONMENT, Clock

FIRST = "the first value"
SAMPLE = Path(__file__).parents[3] / "events/gate/admit.through_cloudfront.json"


@pytest.fixture
def hands(monkeypatch: pytest.MonkeyPatch) -> Iterator[Clock]:
    """A clock, and a secret as CloudFormation has just made it."""
    for name, value in ENVIRONMENT.items():
        monkeypatch.setenv(name, value)
    moved = Clock()
    monkeypatch.setattr(clock, "now", moved.now)
    with mock_aws():
        jobs.secret.cache_clear()
        put_in_secrets_manager(FIRST)
        yield moved
    jobs.secret.cache_clear()


def admitted(value: str) -> bool:
    """Whether a request with this value gets in."""
    event = json.loads(SAMPLE.read_text()) | {"identitySource": [value]}
    answer = jobs.admit(event, None)
    assert answer == ({"isAuthorized": True, "context": THROUGH_CLOUDFRONT} if answer["isAuthorized"] else answer)
    return bool(answer["isAuthorized"])


def in_use() -> str:
    """The value that CloudFront has for good."""
    return str(secrets().get_secret_value(SecretId=NAME, VersionStage="AWSCURRENT")["SecretString"])


def test_requirement_60_cloudfront_gets_in_and_nobody_else(hands: Clock) -> None:
    assert admitted(FIRST)
    for wrong in ("", "guessed", FIRST[:-1], f"{FIRST} ", FIRST.upper(), f"{FIRST},{FIRST}", "ŵ"):
        assert not admitted(wrong), wrong


def test_requirement_55_while_it_is_renewed_old_and_new_get_in_and_then_the_new_alone(hands: Clock) -> None:
    with new_value(secrets(), NAME) as version:
        coming = secrets().get_secret_value(SecretId=NAME, VersionId=version)["SecretString"]
        hands.move(seconds=5)
        assert coming != FIRST
        assert in_use() == FIRST
        assert admitted(FIRST)
        assert admitted(coming)
    assert in_use() == coming
    hands.move(seconds=5)
    assert admitted(coming)
    assert not admitted(FIRST)


def test_a_renewal_that_was_cut_off_goes_on_with_the_value_that_cloudfront_may_have(hands: Clock) -> None:
    def cut_off() -> None:
        with new_value(secrets(), NAME) as version:
            seen.append(version)
            raise ConnectionError

    seen: list[str] = []
    for _ in range(2):
        with pytest.raises(ConnectionError):
            cut_off()
        hands.move(seconds=5)
        half_way = secrets().get_secret_value(SecretId=NAME, VersionId=seen[0])["SecretString"]
        assert admitted(FIRST)
        assert admitted(half_way)
    with new_value(secrets(), NAME) as version:
        assert {*seen, version} == {version}
    assert in_use() == half_way


def test_it_can_be_renewed_again_and_again(hands: Clock) -> None:
    values = {FIRST}
    for _ in range(3):
        with new_value(secrets(), NAME):
            pass
        values.add(in_use())
        hands.move(seconds=5)
        assert admitted(in_use())
    assert len(values) == 4


def test_requirement_93_a_flood_of_wrong_values_asks_secrets_manager_twice_in_five_seconds(
    hands: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = []
    client = jobs.secret().client
    get = client.get_secret_value
    monkeypatch.setattr(client, "get_secret_value", lambda **what: asked.append(what["VersionStage"]) or get(**what))
    for number in range(100):
        assert not admitted(f"guess {number}")
    assert asked == ["AWSCURRENT", "AWSPENDING"]
    hands.move(seconds=secret.GOOD_FOR.total_seconds())
    assert admitted(FIRST)
    assert len(asked) == 4


def test_when_secrets_manager_does_not_answer_nobody_is_let_in_and_the_next_one_is_asked_about_again(
    hands: Clock,
) -> None:
    secrets().delete_secret(SecretId=NAME)
    with pytest.raises(ClientError):
        admitted(FIRST)
    secrets().restore_secret(SecretId=NAME)
    assert admitted(FIRST)


def test_requirement_61_a_wrong_value_is_not_written_down(hands: Clock, capfd: pytest.CaptureFixture[str]) -> None:
    assert not admitted("canary-5f0c")
    assert admitted(FIRST)
    said = "".join(capfd.readouterr())
    assert "canary-5f0c" not in said
    assert FIRST not in said


def test_a_value_is_remembered_for_less_time_than_a_deployment_takes() -> None:
    """Otherwise a new value could come before it is known, and the gateway would refuse it for an hour."""
    assert timedelta(seconds=10) > secret.GOOD_FOR
