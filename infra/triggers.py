"""What sets a function going besides a person: the clock, and a new item in the table."""

import json

from aws_cdk import Duration, Stack
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_scheduler as scheduler
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from infra.function import Function
from infra.stages import Stage

STREAM_ACTIONS = (
    "dynamodb:DescribeStream",
    "dynamodb:GetRecords",
    "dynamodb:GetShardIterator",
    "dynamodb:ListStreams",
)


class OnSchedule(Construct):
    """Runs a job on the clock of the United Kingdom.

    The job is told the moment it was due, never asked to look at the clock: a late or repeated run does the same work.
    """

    def __init__(
        self, scope: Construct, construct_id: str, *, stage: Stage, run: Function, when: str, undelivered: sqs.IQueue
    ) -> None:
        """Run the job ``run`` at ``when``, a ``rate()`` or ``cron()`` in UK local time."""
        super().__init__(scope, construct_id)
        role = iam.Role(
            self,
            "Role",
            assumed_by=iam.ServicePrincipal(
                "scheduler.amazonaws.com",
                conditions={"StringEquals": {"aws:SourceAccount": Stack.of(self).account}},
            ),
        )
        for action, resource in (
            ("lambda:InvokeFunction", run.function.function_arn),
            ("sqs:SendMessage", undelivered.queue_arn),
        ):
            role.add_to_policy(iam.PolicyStatement(actions=[action], resources=[resource]))
        scheduler.CfnSchedule(
            self,
            "Schedule",
            name=run.function.function_name,
            schedule_expression=when,
            schedule_expression_timezone="Europe/London",
            flexible_time_window=scheduler.CfnSchedule.FlexibleTimeWindowProperty(mode="OFF"),
            target=scheduler.CfnSchedule.TargetProperty(
                arn=run.function.function_arn,
                role_arn=role.role_arn,
                input=json.dumps({"network": stage.network, "at": "<aws.scheduler.scheduled-time>"}),
                dead_letter_config=scheduler.CfnSchedule.DeadLetterConfigProperty(arn=undelivered.queue_arn),
                retry_policy=scheduler.CfnSchedule.RetryPolicyProperty(
                    maximum_event_age_in_seconds=3600, maximum_retry_attempts=10
                ),
            ),
        ).node.add_dependency(role)


class OnNewItem(Construct):
    """Runs a function for each new item of one kind, a second or so after the transaction that wrote it.

    It may also ask for the items that change, and for those alone that have one status.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        run: Function,
        kind: str,
        stream_arn: str,
        undelivered: sqs.IQueue,
        changed_too: bool = False,
        status: str | None = None,
    ) -> None:
        """Run ``run`` for every insert of an item whose attribute ``kind`` is ``kind``."""
        super().__init__(scope, construct_id)
        run.may(*STREAM_ACTIONS, on=[stream_arn])
        run.may("sqs:SendMessage", on=[undelivered.queue_arn])
        image = {"kind": {"S": [kind]}} | ({"status": {"S": [status]}} if status else {})
        new_of_kind = {
            "eventName": ["INSERT", *(["MODIFY"] if changed_too else [])],
            "dynamodb": {"NewImage": image},
        }
        lambda_.CfnEventSourceMapping(
            self,
            "Stream",
            function_name=run.function.function_arn,
            event_source_arn=stream_arn,
            starting_position="TRIM_HORIZON",
            batch_size=100,
            filter_criteria=lambda_.CfnEventSourceMapping.FilterCriteriaProperty(
                filters=[lambda_.CfnEventSourceMapping.FilterProperty(pattern=json.dumps(new_of_kind))]
            ),
            function_response_types=["ReportBatchItemFailures"],
            # One record that always fails may hold the rest up for this long; then it is put aside.
            bisect_batch_on_function_error=True,
            maximum_retry_attempts=5,
            maximum_record_age_in_seconds=int(Duration.hours(1).to_seconds()),
            destination_config=lambda_.CfnEventSourceMapping.DestinationConfigProperty(
                on_failure=lambda_.CfnEventSourceMapping.OnFailureProperty(destination=undelivered.queue_arn)
            ),
        ).node.add_dependency(run.function)
