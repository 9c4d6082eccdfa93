"""The functions, and what sets each of them going."""

import importlib
import inspect
import json
from pathlib import Path

import pytest

from functions.kernel.measures import NAMESPACE
from infra.bundle import ON_LAMBDA
from infra.function import ZONES_OF_THE_BUNDLE, check_environment, settings_of
from infra.stages import ROOT
from tests.infra.deployment import Deployment

SCHEDULES = {
    "audit.seal": "rate(1 hour)",
    "membership.settle": "rate(1 minute)",
    "membership.retain": "cron(0 7 * * ? *)",
    "mail.sweep": "rate(5 minutes)",
    "invites.plan": "cron(0 9 ? * MON *)",
    "invites.tick": "rate(1 minute)",
    "invites.check": "rate(15 minutes)",
    "resources.index": "rate(1 minute)",
    "resources.sweep": "rate(1 minute)",
    "sessions.programme": "cron(0 3 * * ? *)",
}
ON_NEW = {"mail.dispatch": "mail", "invites.welcome": "member"}
ON_CHANGE_TOO = {"invites.welcome"}
"""A member who has a new address is invited there."""
MINUTE = 60


def test_every_function_is_where_its_name_says(deployment: Deployment) -> None:
    for name, function in deployment.functions().items():
        domain, action = name.split(".")
        expected = f"functions.{domain}.web.handler" if action == "web" else f"functions.{domain}.jobs.{action}"
        assert function["Handler"] == expected
        module, _, handler = expected.rpartition(".")
        assert (ROOT / module.replace(".", "/")).with_suffix(".py").exists()
        assert callable(inspect.getattr_static(importlib.import_module(module), handler))


def test_the_rules_of_time_zones_are_where_functions_look_for_them(code: Path) -> None:
    inside = Path(ZONES_OF_THE_BUNDLE["PYTHONTZPATH"]).relative_to(ON_LAMBDA)
    assert (code / inside / "Europe/London").read_bytes().startswith(b"TZif")


def test_every_function_gets_exactly_the_environment_that_its_domain_reads(deployment: Deployment) -> None:
    """And besides that, where its figures go: the kernel reads it, whichever domain counts."""
    for name, function in deployment.functions().items():
        fields = settings_of(name.partition(".")[0]).model_fields
        assert set(function["Environment"]["Variables"]) == {
            NAMESPACE,
            *ZONES_OF_THE_BUNDLE,
            *(field.upper() for field in fields),
        }


def test_a_forgotten_variable_stops_synthesis_with_a_sentence() -> None:
    with pytest.raises(ValueError, match=r"infra/invites\.py does not supply table_name: make it agree"):
        check_environment("invites", {name: "" for name in settings_of("invites").model_fields if name != "table_name"})


def test_a_variable_that_nothing_reads_stops_synthesis_with_a_sentence() -> None:
    supplied = dict.fromkeys(settings_of("mail").model_fields, "")
    with pytest.raises(ValueError, match=r"infra/mail\.py supplies colour, which nothing reads"):
        check_environment("mail", {**supplied, "colour": "green"})


def test_functions_run_on_arm_in_the_cloud_and_on_the_python_of_the_tests(cloud: Deployment) -> None:
    for function in cloud.functions().values():
        assert function["Architectures"] == ["arm64"]
        assert function["Runtime"] == "python3.13"


def test_requirement_93_every_function_has_a_limit_on_time_and_its_log_on_age(deployment: Deployment) -> None:
    for function in deployment.functions().values():
        assert function["Timeout"] <= 5 * MINUTE
        log = deployment.resources[function["LoggingConfig"]["LogGroup"]["Ref"]]["Properties"]
        assert log["RetentionInDays"] == 30


def test_requirement_93_no_function_can_use_up_the_account(deployments: dict[str, Deployment]) -> None:
    functions = deployments["local"].functions().values()
    assert sum(function["ReservedConcurrentExecutions"] for function in functions) <= 200


def test_a_web_function_answers_before_the_gateway_gives_up(deployment: Deployment) -> None:
    for name, function in deployment.functions().items():
        if name.endswith(".web"):
            assert function["Timeout"] < 30


def test_jobs_run_on_the_clock_of_the_united_kingdom_and_are_told_the_moment(deployment: Deployment) -> None:
    schedules = deployment.of_type("AWS::Scheduler::Schedule").values()
    found = {deployment.named(each["Target"]["Arn"]["Fn::GetAtt"][0]): each for each in schedules}
    assert {name: each["ScheduleExpression"] for name, each in found.items()} == SCHEDULES
    for schedule in schedules:
        assert schedule["ScheduleExpressionTimezone"] == "Europe/London"
        assert json.loads(schedule["Target"]["Input"]) == {"network": "psmn", "at": "<aws.scheduler.scheduled-time>"}
        assert schedule["FlexibleTimeWindow"] == {"Mode": "OFF"}
        assert "DeadLetterConfig" in schedule["Target"]


def test_new_items_reach_the_functions_that_wait_for_their_kind(deployment: Deployment) -> None:
    kinds = {}
    for mapping in deployment.of_type("AWS::Lambda::EventSourceMapping").values():
        if "FilterCriteria" in mapping:
            (each,) = mapping["FilterCriteria"]["Filters"]
            pattern = json.loads(each["Pattern"])
            name = deployment.named(mapping["FunctionName"]["Fn::GetAtt"][0])
            assert pattern["eventName"] == ["INSERT", *(["MODIFY"] if name in ON_CHANGE_TOO else [])]
            (kind,) = pattern["dynamodb"]["NewImage"]["kind"]["S"]
            kinds[name] = kind
            assert "OnFailure" in mapping["DestinationConfig"]
    assert kinds == ON_NEW


def test_requirement_74_one_bad_record_never_repeats_its_neighbours(deployment: Deployment) -> None:
    mappings = deployment.of_type("AWS::Lambda::EventSourceMapping").values()
    assert len(mappings) == len(ON_NEW) + 5
    assert all(mapping["FunctionResponseTypes"] == ["ReportBatchItemFailures"] for mapping in mappings)


def test_an_event_that_no_function_takes_is_kept(deployment: Deployment) -> None:
    for name in (*SCHEDULES, "invites.hear", "resources.close"):
        assert "TargetArn" in deployment.functions()[name]["DeadLetterConfig"], name
