"""What rings when something is wrong, whom it tells, and what happens by itself when the money is spent.

Each alarm says in plain English what it means and which page of ``docs/runbooks/`` says what to do. Failures of
functions, the mail service's figures and the bill are an account's, so they speak for every stage that is in it
(``docs/decisions/0020-watched-backed-up-affordable.md``).
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from aws_cdk import Duration
from aws_cdk import aws_budgets as budgets
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_cloudwatch_actions as actions
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_sns as sns
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from infra.alarms import AlarmTopic
from infra.dashboard import Dashboard
from infra.function import Function
from infra.queues import WorkQueue
from infra.stages import Stage

MOST_BOUNCES, MOST_COMPLAINTS = 0.02, 0.0005
"""Shares of all mail. AWS looks into a sender from 5 % and 0.1 % on ("Reputation metrics"), so this is well before."""
NEARLY, SPENT = 80, 100
"""Percent of the budget."""


@dataclass(frozen=True, slots=True)
class Watched:
    """A queue, what is in it, and how long its oldest message may have waited."""

    queue: WorkQueue
    words: str
    """What waits in it: "mail that somebody waits for"."""
    at_most: Duration


@dataclass(frozen=True, slots=True)
class Ring:
    """One alarm, before it is made."""

    name: str
    """What is wrong, as the subject of the mail that it sends."""
    meaning: str
    runbook: str
    """The name of the page of ``docs/runbooks/``."""
    metric: cloudwatch.Metric
    threshold: float = 1
    compare: cloudwatch.ComparisonOperator = cloudwatch.ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD
    silence: cloudwatch.TreatMissingData = cloudwatch.TreatMissingData.NOT_BREACHING
    """What it means when there is no figure. For most, that nothing happened."""

    @property
    def description(self) -> str:
        """What the mail says."""
        return f"{self.meaning} What to do: docs/runbooks/{self.runbook}.md"


@dataclass(frozen=True, slots=True)
class Metrics:
    """The figures that the alarms and the dashboard go by."""

    namespace: str
    """Where our own are, of this deployment and no other."""
    api_id: str
    watched: tuple[Watched, ...]
    put_aside: Mapping[str, sqs.IQueue] = field(default_factory=dict)
    """The dead letters of each queue, and of everything else, by what they are."""

    def faults(self) -> cloudwatch.Metric:
        """Pages that failed."""
        return _sum("AWS/ApiGateway", "5xx", Duration.minutes(5), ApiId=self.api_id)

    def requests(self) -> cloudwatch.Metric:
        """Pages that were asked for."""
        return _sum("AWS/ApiGateway", "Count", Duration.minutes(5), ApiId=self.api_id)

    @staticmethod
    def of_functions(name: str) -> cloudwatch.Metric:
        """``Errors`` or ``Throttles`` of all functions of the account together, in a quarter of an hour."""
        return _sum("AWS/Lambda", name, Duration.minutes(15))

    @staticmethod
    def of_mail(name: str) -> cloudwatch.Metric:
        """``BounceRate`` or ``ComplaintRate`` of the account, as AWS judges it."""
        return cloudwatch.Metric(
            namespace="AWS/SES", metric_name=f"Reputation.{name}", statistic="Maximum", period=Duration.hours(1)
        )

    def ready(self) -> cloudwatch.Metric:
        """1 while the invitations are ready, as the lookout last said, four times an hour."""
        return self.ours("InvitationsReady", Duration.hours(1), "Minimum")

    def ours(self, name: str, period: Duration, statistic: str = "Sum", **dimensions: str) -> cloudwatch.Metric:
        """A figure that our functions count (``functions/kernel/measures.py``)."""
        return cloudwatch.Metric(
            namespace=self.namespace, metric_name=name, statistic=statistic, period=period, dimensions_map=dimensions
        )


def _sum(namespace: str, name: str, period: Duration, **dimensions: str) -> cloudwatch.Metric:
    return cloudwatch.Metric(
        namespace=namespace, metric_name=name, statistic="Sum", period=period, dimensions_map=dimensions
    )


class Watch(Construct):
    """The alarms, the dashboard and the budget."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        stage: Stage,
        alarms: AlarmTopic,
        api_id: str,
        watched: tuple[Watched, ...],
        undelivered: sqs.IQueue,
        close: Function,
    ) -> None:
        """Watch a deployment and tell the subscribers of ``alarms``. ``close`` runs once the budget is spent."""
        super().__init__(scope, construct_id)
        put_aside: dict[str, sqs.IQueue] = {"what no function took": undelivered}
        for each in watched:
            letters = each.queue.dead_letter_queue
            assert letters, "A work queue has one."
            put_aside[each.words] = letters.queue
        metrics = Metrics(stage.prefix, api_id, watched, put_aside)
        tell = actions.SnsAction(alarms)
        made = []
        for ring in rings(metrics):
            alarm = ring.metric.create_alarm(
                self,
                ring.name,
                alarm_name=f"{stage.alarms_begin}{ring.name}",
                alarm_description=ring.description,
                threshold=ring.threshold,
                comparison_operator=ring.compare,
                evaluation_periods=1,
                treat_missing_data=ring.silence,
            )
            alarm.add_alarm_action(tell)
            # That it is over is worth a mail as well: somebody is sitting in front of it.
            alarm.add_ok_action(tell)
            made.append(alarm)
        Dashboard(self, "Dashboard", stage=stage, metrics=metrics, alarms=made)
        # The local cloud has no bills.
        if stage.encrypted:
            _budget(self, stage, alarms, close, undelivered)


def rings(metrics: Metrics) -> Iterator[Ring]:
    """Every alarm there is."""
    yield Ring(
        "Pages fail",
        "At least 3 pages failed within 5 minutes. People see a page that says sorry.",
        "pages-fail",
        metrics.faults(),
        threshold=3,
    )
    yield Ring(
        "Functions fail again and again",
        "Functions crashed or ran out of time at least 5 times in 15 minutes. Each is tried again, so little is lost "
        "yet.",
        "functions-fail",
        metrics.of_functions("Errors"),
        threshold=5,
    )
    yield Ring(
        "Functions have to wait",
        "AWS held back at least 20 starts of functions in 15 minutes, because too many ran at once. Pages may fail.",
        "functions-wait",
        metrics.of_functions("Throttles"),
        threshold=20,
    )
    yield from _of_queues(metrics)
    yield Ring(
        "Invitations are not ready",
        "It is past midday on the day before a session, and not everybody has been invited. Or nobody has looked for "
        "an hour, so we do not know.",
        "invitations-not-ready",
        metrics.ready(),
        compare=cloudwatch.ComparisonOperator.LESS_THAN_THRESHOLD,
        silence=cloudwatch.TreatMissingData.BREACHING,
    )
    yield Ring(
        "A send is paused",
        "Too much went wrong with a send to many, so it stopped by itself. It waits for a coordinator.",
        "send-paused",
        metrics.ours("RunPaused", Duration.minutes(5)),
    )
    yield Ring(
        "Files are not being scanned",
        "A shared file got no verdict from the malware scanner in time. Nobody but a coordinator can open it.",
        "files-not-scanned",
        metrics.ours("FileUnchecked", Duration.hours(1)),
    )
    yield Ring(
        "Too much mail comes back",
        f"More than {MOST_BOUNCES:.0%} of our mail comes back. If it goes on, AWS stops all mail from this account.",
        "mail-comes-back",
        metrics.of_mail("BounceRate"),
        threshold=MOST_BOUNCES,
        compare=cloudwatch.ComparisonOperator.GREATER_THAN_THRESHOLD,
    )
    yield Ring(
        "Too much mail is called spam",
        f"More than {MOST_COMPLAINTS:.2%} of our mail is called spam by its readers. If it goes on, AWS stops all mail "
        "from this account.",
        "mail-is-called-spam",
        metrics.of_mail("ComplaintRate"),
        threshold=MOST_COMPLAINTS,
        compare=cloudwatch.ComparisonOperator.GREATER_THAN_THRESHOLD,
    )


def _of_queues(metrics: Metrics) -> Iterator[Ring]:
    for words, letters in metrics.put_aside.items():
        yield Ring(
            f"Put aside: {words}",
            f"Something failed 5 times and was put aside: {words}. It is kept for 14 days, and the rest goes on.",
            "dead-letters",
            letters.metric_approximate_number_of_messages_visible(period=Duration.minutes(5), statistic="Maximum"),
        )
    for each in metrics.watched:
        yield Ring(
            f"Too slow: {each.words}",
            f"The oldest has waited for more than {each.at_most.to_minutes():.0f} minutes: {each.words}.",
            "queue-too-slow",
            each.queue.metric_approximate_age_of_oldest_message(period=Duration.minutes(5), statistic="Maximum"),
            threshold=each.at_most.to_seconds(),
        )


def _budget(scope: Construct, stage: Stage, alarms: AlarmTopic, close: Function, undelivered: sqs.IQueue) -> None:
    """Say when the money is nearly spent, and close the library to new files once it is."""
    spent = AlarmTopic(scope, "BudgetSpent", stage=stage)
    sns.Subscription(
        spent,
        "Close",
        topic=spent,
        protocol=sns.SubscriptionProtocol.LAMBDA,
        endpoint=close.function.function_arn,
        dead_letter_queue=undelivered,
    )
    lambda_.CfnPermission(
        scope,
        "MayClose",
        action="lambda:InvokeFunction",
        function_name=close.function.function_arn,
        principal="sns.amazonaws.com",
        source_arn=spent.topic_arn,
    )
    for topic in (spent, alarms):
        topic.takes_from("budgets.amazonaws.com")
    budgets.CfnBudget(
        scope,
        "Budget",
        budget=budgets.CfnBudget.BudgetDataProperty(
            budget_name=stage.prefix,
            budget_type="COST",
            time_unit="MONTHLY",
            budget_limit=budgets.CfnBudget.SpendProperty(amount=stage.monthly_budget, unit="USD"),
        ),
        notifications_with_subscribers=[
            budgets.CfnBudget.NotificationWithSubscribersProperty(
                notification=budgets.CfnBudget.NotificationProperty(
                    comparison_operator="GREATER_THAN",
                    notification_type=kind,
                    threshold=percent,
                    threshold_type="PERCENTAGE",
                ),
                subscribers=[budgets.CfnBudget.SubscriberProperty(subscription_type="SNS", address=topic.topic_arn)],
            )
            for kind, percent, topic in (
                ("ACTUAL", NEARLY, alarms),
                ("FORECASTED", SPENT, alarms),
                ("ACTUAL", SPENT, spent),
            )
        ],
    )
