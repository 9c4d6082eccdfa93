"""What rings, whom it tells, what they can do about it, and what happens when the money is spent (requirement 91)."""

import json
import re
from collections.abc import Callable
from typing import Any

import pytest

from functions.invites import jobs as invite_jobs
from functions.invites.lookout import Lookout
from functions.kernel.measures import NAMESPACE
from functions.kernel.table import Table
from functions.mail import jobs as mail_jobs
from functions.mail.store import Runs
from functions.resources import jobs as resource_jobs
from functions.resources.upkeep import Upkeep
from infra import stages
from infra.stages import ROOT, CloudStage
from infra.watch import MOST_BOUNCES, MOST_COMPLAINTS
from tests.infra.deployment import Deployment, Properties

RUNBOOKS = ROOT / "docs" / "runbooks"
OURS = {"InvitationsReady", "RunPaused", "FileUnchecked"}
AWS_OWN = {
    # What AWS says each service counts, and by what (the services' pages on CloudWatch metrics).
    ("AWS/ApiGateway", "5xx", ("ApiId",)),
    ("AWS/Lambda", "Errors", ()),
    ("AWS/Lambda", "Throttles", ()),
    ("AWS/SES", "Reputation.BounceRate", ()),
    ("AWS/SES", "Reputation.ComplaintRate", ()),
    ("AWS/SQS", "ApproximateAgeOfOldestMessage", ("QueueName",)),
    ("AWS/SQS", "ApproximateNumberOfMessagesVisible", ("QueueName",)),
}


def alarms(deployment: Deployment) -> dict[str, Properties]:
    """The alarms, by the figure they look at, and by the queue where there are several."""
    found = {}
    for alarm in deployment.of_type("AWS::CloudWatch::Alarm").values():
        queue = [each["Value"]["Fn::GetAtt"][0] for each in alarm.get("Dimensions", []) if each["Name"] == "QueueName"]
        found[" ".join([alarm["MetricName"], *queue])] = alarm
    return found


def named_in(text: str) -> list[str]:
    """The runbooks that a text names."""
    return re.findall(r"docs/runbooks/([a-z-]+)\.md", text)


def test_requirement_91_everything_that_can_go_wrong_rings(deployment: Deployment) -> None:
    queues = deployment.of_type("AWS::SQS::Queue")
    put_aside = {name for name, queue in queues.items() if "RedrivePolicy" not in queue}
    worked_off = queues.keys() - put_aside
    expected = {"5xx", "Errors", "Throttles", "Reputation.BounceRate", "Reputation.ComplaintRate", *OURS}
    expected |= {f"ApproximateNumberOfMessagesVisible {name}" for name in put_aside}
    expected |= {f"ApproximateAgeOfOldestMessage {name}" for name in worked_off}
    assert set(alarms(deployment)) == expected


def test_requirement_91_every_alarm_tells_somebody_when_it_rings_and_when_it_is_over(deployment: Deployment) -> None:
    topic = [{"Ref": deployment.topic("Alarms")}]
    exported = deployment.resources[deployment.topic("Alarms")]["Type"]
    assert exported == "AWS::SNS::Topic"
    for name, alarm in alarms(deployment).items():
        for told in (alarm["AlarmActions"], alarm["OKActions"]):
            (to,) = told
            assert [to] == topic or "Alarms" in to["Fn::ImportValue"], name
        assert alarm.get("ActionsEnabled", True), name


def test_the_stages_person_is_mailed_and_a_stage_without_one_is_complete_too(
    cloud: Deployment, deployments: dict[str, Deployment]
) -> None:
    def mailed(deployment: Deployment) -> list[str]:
        subscriptions = deployment.of_type("AWS::SNS::Subscription").values()
        return [each["Endpoint"] for each in subscriptions if each["Protocol"] == "email"]

    assert cloud.stage.alarms_to
    assert mailed(cloud) == [cloud.stage.alarms_to] * 2
    assert mailed(deployments[stages.LOCAL]) == []


@pytest.mark.parametrize("wrong", [{"alarms_to": "nobody"}, {"monthly_budget": 0}, {"monthly_budget": "a lot"}])
def test_a_setting_that_makes_no_sense_is_refused(wrong: dict[str, Any]) -> None:
    section = {
        "account": "111122223333",
        "region": "eu-west-2",
        "domain": "psmn.example",
        "hosted_zone_id": "Z0",
        "cloudfront": "free",
        "reserve_concurrency": False,
    }
    assert CloudStage.model_validate(section).alarms_to is None
    with pytest.raises(ValueError, match=next(iter(wrong))):
        CloudStage.model_validate(section | wrong)


def test_every_alarm_says_in_plain_english_what_to_do(deployment: Deployment) -> None:
    for alarm in alarms(deployment).values():
        name, description = alarm["AlarmName"], alarm["AlarmDescription"]
        assert name.startswith(deployment.stage.alarms_begin)
        assert len(description) <= 1024
        assert not re.search(r"DLQ|SQS|5xx|Lambda", name + description), name
        (runbook,) = named_in(description)
        assert (RUNBOOKS / f"{runbook}.md").is_file(), name


def test_every_runbook_is_there_for_a_reason(cloud: Deployment) -> None:
    """An alarm names it, or the list of what people ask for or AWS writes does."""
    rung = {name for alarm in alarms(cloud).values() for name in named_in(alarm["AlarmDescription"])}
    rung |= set(named_in(json.dumps(cloud.of_type("AWS::Events::Rule"))))
    listed = set(re.findall(r"\]\(([a-z-]+)\.md\)", (RUNBOOKS / "README.md").read_text()))
    there = {path.stem for path in RUNBOOKS.glob("*.md")} - {"README"}
    assert listed == there
    assert rung <= there
    asked_for = re.findall(r"^\| .*\]\(([a-z-]+)\.md\)", (RUNBOOKS / "README.md").read_text(), re.MULTILINE)
    assert there - rung == set(asked_for)


def test_each_alarm_looks_at_a_figure_that_somebody_writes(deployment: Deployment) -> None:
    for name, alarm in alarms(deployment).items():
        dimensions = tuple(each["Name"] for each in alarm.get("Dimensions", []))
        if alarm["Namespace"] == deployment.stage.prefix:
            assert (alarm["MetricName"] in OURS, dimensions) == (True, ()), name
        else:
            assert (alarm["Namespace"], alarm["MetricName"], dimensions) in AWS_OWN, name


def breaches(alarm: Properties, value: float) -> bool:
    """Whether a figure makes an alarm ring."""
    compare: Callable[[float, float], bool] = {
        "GreaterThanOrEqualToThreshold": float.__ge__,
        "GreaterThanThreshold": float.__gt__,
        "LessThanThreshold": float.__lt__,
    }[alarm["ComparisonOperator"]]
    return compare(float(value), float(alarm["Threshold"]))


@pytest.mark.parametrize(
    ("figure", "rings", "silent"),
    [
        ("5xx", 3, 2),
        ("Errors", 5, 4),
        ("Throttles", 20, 19),
        ("Reputation.BounceRate", 0.021, 0.02),
        ("Reputation.ComplaintRate", 0.00051, 0.0005),
        ("RunPaused", 1, 0),
        ("FileUnchecked", 1, 0),
        ("InvitationsReady", 0, 1),
    ],
)
def test_requirement_91_each_rings_at_its_figure_and_not_before(
    cloud: Deployment, figure: str, rings: float, silent: float
) -> None:
    alarm = alarms(cloud)[figure]
    assert breaches(alarm, rings)
    assert not breaches(alarm, silent)
    assert alarm["EvaluationPeriods"] == 1


def test_requirement_75_one_message_put_aside_rings_within_five_minutes(deployment: Deployment) -> None:
    for name, alarm in alarms(deployment).items():
        if name.startswith("ApproximateNumberOfMessagesVisible"):
            assert breaches(alarm, 1)
            assert not breaches(alarm, 0)
            assert (alarm["Statistic"], alarm["Period"]) == ("Maximum", 300)


def test_requirement_91_mail_that_comes_back_rings_long_before_aws_looks_into_it() -> None:
    assert (MOST_BOUNCES, MOST_COMPLAINTS) == (0.02, 0.0005)


def test_requirement_91_when_nobody_looks_whether_friday_is_ready_that_rings_too(deployment: Deployment) -> None:
    """A dead man's switch. Four looks fall into each hour, so that one which got lost wakes nobody."""
    alarm = alarms(deployment)["InvitationsReady"]
    assert alarm["TreatMissingData"] == "breaching"
    assert (alarm["Statistic"], alarm["Period"]) == ("Minimum", 3600)
    for name, other in alarms(deployment).items():
        assert other["TreatMissingData"] == ("breaching" if name == "InvitationsReady" else "notBreaching"), name


class Enough:
    """What Lambda tells a function about its time."""

    @staticmethod
    def get_remaining_time_in_millis() -> int:
        """A minute."""
        return 60_000


def heard(capsys: pytest.CaptureFixture[str], figure: str) -> tuple[str, float, list[dict[str, str]]]:
    """The namespace, the value and the dimensions of the one figure of this name that was printed."""
    (line,) = (json.loads(each) for each in capsys.readouterr().out.splitlines() if f'"{figure}":' in each)
    (about,) = line["_aws"]["CloudWatchMetrics"]
    (dimensions,) = about["Dimensions"]
    return about["Namespace"], line[figure][0], [{"Name": name, "Value": line[name]} for name in dimensions]


def test_requirement_91_our_own_figures_reach_their_alarms(
    cloud: Deployment, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """What a function prints when it finds something has the name, the place and the value that its alarm rings at."""
    (place,) = {each["Environment"]["Variables"][NAMESPACE] for each in cloud.functions().values()}
    monkeypatch.setenv(NAMESPACE, place)
    at = {"network": "psmn", "at": "2026-11-26T12:00:00Z"}
    table: Any = None
    monkeypatch.setattr(invite_jobs, "table", lambda: table)
    monkeypatch.setattr(Lookout, "not_ready", lambda *_: iter([type("Waiting", (), {"id": "friday"})]))
    invite_jobs.check(at, Enough)
    found = {"InvitationsReady": heard(capsys, "InvitationsReady")}

    monkeypatch.setattr(resource_jobs, "table", lambda: table)
    monkeypatch.setattr(resource_jobs, "shelf", lambda: None)
    monkeypatch.setattr(Upkeep, "give_up", lambda *_: 2)
    monkeypatch.setattr(Upkeep, "delete_discarded", lambda *_: 0)
    monkeypatch.setattr(Upkeep, "ask_owners", lambda *_: 0)
    resource_jobs.sweep(at, Enough)
    found["FileUnchecked"] = heard(capsys, "FileUnchecked")

    going: Any = type("Run", (), {"state": mail_jobs.RunState.GOING, "accepted": {}})
    monkeypatch.setattr(mail_jobs, "ledger", lambda: type("Ledger", (), {"table": Table("psmn", table)}))
    monkeypatch.setattr(mail_jobs, "why_to_pause", lambda *_: "Too many came back.")
    monkeypatch.setattr(Runs, "with_counts", lambda *_: (going, {}))
    monkeypatch.setattr(Runs, "move", lambda *_: True)
    mail_jobs._look_at(["run"])
    found["RunPaused"] = heard(capsys, "RunPaused")

    assert found.keys() == OURS
    for figure, (namespace, value, dimensions) in found.items():
        alarm = alarms(cloud)[figure]
        assert (alarm["Namespace"], alarm.get("Dimensions", [])) == (namespace, dimensions)
        assert breaches(alarm, value), figure


def test_the_page_of_figures_is_in_plain_english_and_begins_with_what_is_normal(deployment: Deployment) -> None:
    (dashboard,) = deployment.of_type("AWS::CloudWatch::Dashboard").values()
    assert dashboard["DashboardName"] == deployment.stage.prefix
    body = "".join(part if isinstance(part, str) else "x" for part in dashboard["DashboardBody"]["Fn::Join"][1])
    first, lights, *graphs = json.loads(body)["widgets"]
    assert "**Normal:**" in first["properties"]["markdown"]
    assert len(lights["properties"]["alarms"]) == len(alarms(deployment))
    for widget in graphs:
        assert not re.search(r"DLQ|SQS|5xx|Lambda|Approximate", widget["properties"]["title"])
        assert all(line[-1]["label"] for line in widget["properties"]["metrics"])


def test_requirement_93_the_budget_warns_before_it_is_spent_and_then_closes_the_library(cloud: Deployment) -> None:
    (budget,) = cloud.of_type("AWS::Budgets::Budget").values()
    assert budget["Budget"]["BudgetLimit"] == {"Amount": cloud.stage.monthly_budget, "Unit": "USD"}
    assert budget["Budget"]["TimeUnit"] == "MONTHLY"
    told = {
        (each["Notification"]["NotificationType"], each["Notification"]["Threshold"]): each["Subscribers"]
        for each in budget["NotificationsWithSubscribers"]
    }
    spent = {"Ref": cloud.topic("WatchBudgetSpent")}
    assert {key for key, (to,) in told.items() if to["Address"] == spent} == {("ACTUAL", 100)}
    assert {key for key, (to,) in told.items() if "Fn::ImportValue" in to["Address"]} == {
        ("ACTUAL", 80),
        ("FORECASTED", 100),
    }
    subscriptions = cloud.of_type("AWS::SNS::Subscription").values()
    (closes,) = (each for each in subscriptions if each["Protocol"] == "lambda")
    assert closes["TopicArn"] == spent
    assert cloud.named(closes["Endpoint"]["Fn::GetAtt"][0]) == "resources.close"
    assert "deadLetterTargetArn" in closes["RedrivePolicy"]
    (may,) = (
        each for each in cloud.of_type("AWS::Lambda::Permission").values() if each["Principal"] == "sns.amazonaws.com"
    )
    assert (may["SourceArn"], may["FunctionName"]) == (spent, closes["Endpoint"])


def test_only_aws_itself_and_for_this_account_alone_may_ring(cloud: Deployment) -> None:
    """Whoever could publish here could close the library, or cry wolf."""
    for part, services in (
        ("Alarms", {"cloudwatch.amazonaws.com", "budgets.amazonaws.com", "events.amazonaws.com"}),
        ("WatchBudgetSpent", {"budgets.amazonaws.com"}),
    ):
        topic = {"Ref": cloud.topic(part)}
        allowed = []
        for policy in cloud.of_type("AWS::SNS::TopicPolicy").values():
            if policy["Topics"] == [topic]:
                statements = policy["PolicyDocument"]["Statement"]
                allowed += [each for each in statements if each["Effect"] == "Allow"]
                (refused,) = (each for each in statements if each["Effect"] == "Deny")
                assert refused["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}
        assert {each["Principal"]["Service"] for each in allowed} == services
        for each in allowed:
            assert each["Action"] == "sns:Publish"
            assert "Condition" in each
