"""Where the parts meet, and the only place that says what our code may do.

What AWS itself needs to bring an event to a function (a stream read, a schedule's role) stands with the trigger, in
``triggers.py``. Everything a function does of its own accord is granted here, action by action, resource by resource.
"""

from typing import Any

from aws_cdk import Acknowledgment, CfnOutput, Duration, Stack, Validations
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_s3 as s3
from constructs import Construct

import functions.invites
import functions.mail
import functions.membership
import functions.resources
import functions.sessions
import functions.site
from functions.invites.letterbox import PREFIX
from functions.kernel import keys
from functions.membership.erasure_list import ERASURES
from functions.resources.model import FILES, TEXTS
from functions.resources.shelf import INDEX
from infra.alarms import AlarmTopic
from infra.api import Api
from infra.audit import Audit
from infra.function import Function
from infra.gate import Gate
from infra.inbound import Inbound
from infra.invites import Invites
from infra.mail import Mail
from infra.membership import Membership
from infra.quarantine import Quarantine
from infra.queues import DeadLetters
from infra.records import Records
from infra.resources import Resources
from infra.sessions import Sessions
from infra.site import Site
from infra.stages import Stage as Deployment
from infra.watch import Watch, Watched

LOOK_UP = ("dynamodb:GetItem", "dynamodb:BatchGetItem")
WRITE = ("dynamodb:PutItem", "dynamodb:UpdateItem", "dynamodb:DeleteItem", "dynamodb:ConditionCheckItem")
"""``TransactWriteItems`` has no permission of its own: a transaction needs that of each thing it does."""
LEADING = "dynamodb:LeadingKeys"
"""The partitions that a call asks for, one item of a transaction at a time (AWS, "Using IAM policy conditions for
fine-grained access control")."""


class ServiceStack(Stack):
    """Everything that can be thrown away and deployed again: it holds no data but messages on their way."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        stage: Deployment,
        code: lambda_.Code,
        version: str,
        inspection_code: lambda_.Code,
        table: dynamodb.Table,
        library: s3.Bucket,
        alarms: AlarmTopic,
        seals: s3.Bucket,
        **kwargs: Any,
    ) -> None:
        super().__init__(scope, construct_id, **kwargs)
        undelivered = DeadLetters(self, "Undelivered", stage=stage)
        stream_arn = table.table_stream_arn
        assert stream_arn, "The data stack gives the table a stream."
        records = Records(self, stage=stage)
        common: dict[str, Any] = {"stage": stage, "code": code, "table_name": table.table_name}
        site = Site(self, "Site", version=version, **common)
        membership = Membership(
            self, "Membership", library_bucket=library.bucket_name, undelivered=undelivered, **common
        )
        sessions = Sessions(self, "Sessions", undelivered=undelivered, **common)
        mail = Mail(self, "Mail", stream_arn=stream_arn, undelivered=undelivered, records=records, **common)
        inbound = Inbound(self, "Inbound", stage=stage)
        invites = Invites(
            self,
            "Invites",
            inbound_bucket=inbound.bucket.bucket_name,
            stream_arn=stream_arn,
            undelivered=undelivered,
            **common,
        )
        inbound.tell(invites.hear, records)
        quarantine = Quarantine(self, "Quarantine", stage=stage)
        resources = Resources(
            self,
            "Resources",
            inspection_code=inspection_code,
            quarantine_bucket=quarantine.bucket.bucket_name,
            library_bucket=library.bucket_name,
            undelivered=undelivered,
            **common,
        )
        quarantine.report_to(resources.reports, undelivered)
        quarantine.give_to(resources.inspect)
        audit = Audit(self, "Audit", seals_bucket=seals.bucket_name, undelivered=undelivered, **common)
        gate = Gate(self, "Gate", stage=stage, code=code) if stage.cloudfront else None
        api = Api(
            self,
            "Api",
            stage=stage,
            routes={
                site.web: functions.site.PATHS,
                membership.web: functions.membership.PATHS,
                sessions.web: functions.sessions.PATHS,
                mail.web: functions.mail.PATHS,
                invites.web: functions.invites.PATHS,
                resources.web: functions.resources.PATHS,
            },
            otherwise=site.web,
            gate=gate,
            records=records,
        )
        Watch(
            self,
            "Watch",
            stage=stage,
            alarms=alarms,
            api_id=api.api_id,
            watched=(
                Watched(mail.urgent, "mail that somebody waits for", Duration.minutes(5)),
                Watched(mail.bulk, "mail to many", Duration.hours(3)),
                Watched(mail.reports, "word of what became of mail", Duration.hours(1)),
                Watched(resources.reports, "files to look at", Duration.hours(1)),
                Watched(resources.bell, "changes for the search", Duration.hours(1)),
            ),
            undelivered=undelivered,
            close=resources.close,
        )

        on_the_table: dict[Function, tuple[str, ...]] = {
            # Every page keeps the sign-in of whoever reads it alive.
            site.web: (*LOOK_UP, "dynamodb:UpdateItem"),
            membership.web: (*LOOK_UP, *WRITE),
            membership.settle: (*LOOK_UP, "dynamodb:PutItem", "dynamodb:UpdateItem", "dynamodb:DeleteItem"),
            membership.retain: ("dynamodb:BatchGetItem", *WRITE),
            sessions.web: (*LOOK_UP, *WRITE),
            sessions.programme: ("dynamodb:BatchGetItem", "dynamodb:PutItem"),
            mail.web: (*LOOK_UP, *WRITE),
            mail.send: (*LOOK_UP, "dynamodb:UpdateItem", "dynamodb:ConditionCheckItem"),
            mail.feedback: (*LOOK_UP, "dynamodb:PutItem", "dynamodb:UpdateItem", "dynamodb:ConditionCheckItem"),
            mail.sweep: ("dynamodb:BatchGetItem", "dynamodb:UpdateItem"),
            invites.web: (*LOOK_UP, "dynamodb:PutItem", "dynamodb:UpdateItem"),
            invites.plan: (*LOOK_UP, "dynamodb:PutItem", "dynamodb:UpdateItem"),
            invites.tick: (*LOOK_UP, "dynamodb:PutItem", "dynamodb:UpdateItem"),
            invites.check: ("dynamodb:GetItem",),
            invites.welcome: (*LOOK_UP, "dynamodb:PutItem"),
            invites.hear: (*LOOK_UP, "dynamodb:PutItem", "dynamodb:UpdateItem", "dynamodb:ConditionCheckItem"),
            resources.web: (*LOOK_UP, "dynamodb:PutItem", "dynamodb:UpdateItem", "dynamodb:ConditionCheckItem"),
            resources.inspect: (*LOOK_UP, "dynamodb:PutItem"),
            resources.sweep: ("dynamodb:GetItem", "dynamodb:PutItem"),
            resources.close: ("dynamodb:PutItem",),
        }
        for function, actions in on_the_table.items():
            function.may(*actions, on=[table.table_arn])
        # What belongs to one thing, what is on a list, and what waits for somebody.
        own = table.table_arn
        lists, waiting = (f"{own}/index/{name}" for name in (keys.LISTS, keys.WAITING))
        for function, places in {
            site.web: (lists, waiting),
            membership.web: (own, lists, waiting),
            membership.settle: (own, lists, waiting),
            membership.retain: (own, lists),
            sessions.web: (lists,),
            sessions.programme: (lists,),
            mail.web: (lists,),
            mail.sweep: (waiting,),
            invites.web: (own, lists, waiting),
            invites.plan: (own, lists),
            invites.tick: (own, lists, waiting),
            invites.check: (own, lists),
            invites.welcome: (lists,),
            resources.web: (own, waiting),
            resources.index: (lists,),
            resources.sweep: (waiting,),
            audit.seal: (lists,),
        }.items():
            function.may("dynamodb:Query", on=places)
        writes_lines = (
            *(membership.web, membership.settle, membership.retain, sessions.web, invites.web, resources.web),
        )
        for function, actions in on_the_table.items():
            if set(actions) & set(WRITE):
                _protect_the_audit_log(table, function, writes_lines=function in writes_lines)
        self._grant_sealing(audit.seal, table, seals)

        to_send = [mail.urgent.queue_arn, mail.bulk.queue_arn]
        for function in (mail.dispatch, mail.send, mail.sweep):
            function.may("sqs:SendMessage", on=to_send)
        mail.sweep.may("sqs:GetQueueAttributes", on=[mail.bulk.queue_arn])
        mail.send.may(
            "ses:SendRawEmail",
            on=mail.senders.arns,
            only_if={"StringEquals": {"ses:FromAddress": [stage.account_sender, stage.events_sender]}},
        )
        # The account's quota belongs to no resource (AWS, "Actions, resources, and condition keys for Amazon SES").
        mail.send.may("ses:GetSendQuota", on=["*"])
        Validations.of(mail.send.role).acknowledge(
            Acknowledgment(
                id="AwsSolutions::AwsSolutions-IAM5[Resource::*]",
                reason="How much mail the account may send is one number for all of it, and only this function asks.",
            )
        )

        invites.hear.may("s3:GetObject", on=[inbound.each_mail])
        bucket = self.get_logical_id(inbound.bucket.node.default_child)  # type: ignore[arg-type] # A bucket has one.
        Validations.of(invites.hear.role).acknowledge(
            Acknowledgment(
                id=f"AwsSolutions::AwsSolutions-IAM5[Resource::<{bucket}.Arn>/{PREFIX}*]",
                reason="It reads any mail that came in, and it is the mail service that names them.",
            )
        )

        self._grant_files(resources, quarantine, library)
        self._grant_erasures(membership, library)

        every = [*on_the_table, mail.dispatch, resources.index, audit.seal]
        if gate:
            gate.admit.may("secretsmanager:GetSecretValue", on=[gate.secret.secret_arn])
            every.append(gate.admit)
        CfnOutput(
            self,
            "Contents",
            description="What the psmn command needs to know about this deployment, as JSON.",
            value=self.to_json_string(
                {
                    "url": stage.site_origin,
                    "table": table.table_name,
                    "functions": {function.name: function.function.function_name for function in every},
                    "queues": {
                        "mail": mail.urgent.queue_url,
                        "bulk": mail.bulk.queue_url,
                        "feedback": mail.reports.queue_url,
                        "undelivered": undelivered.queue_url,
                        "reports": resources.reports.queue_url,
                        "bell": resources.bell.queue_url,
                    },
                    "buckets": {
                        "inbound": inbound.bucket.bucket_name,
                        "quarantine": quarantine.bucket.bucket_name,
                        "library": library.bucket_name,
                        "seals": seals.bucket_name,
                    },
                }
            ),
        )

    def _grant_erasures(self, membership: Membership, library: s3.Bucket) -> None:
        """Let the job write the list of who was erased. No function reads it."""
        membership.settle.may("s3:PutObject", on=[library.arn_for_objects(f"{ERASURES}*")])
        data = Stack.of(library)
        exported = data.resolve(data.export_value(library.bucket_arn))["Fn::ImportValue"]
        Validations.of(membership.settle.role).acknowledge(
            Acknowledgment(
                id=f"AwsSolutions::AwsSolutions-IAM5[Resource::{exported}/{ERASURES}*]",
                reason="Each erasure is an object with a name of its own.",
            )
        )

    def _grant_sealing(self, seal: Function, table: dynamodb.Table, seals: s3.Bucket) -> None:
        """Let one function put a seal beside the others and its copy into the safe, and write nothing else."""
        # To put an item is to say where, so "all values" are never none here.
        seal.may(
            "dynamodb:PutItem",
            on=[table.table_arn],
            only_if={"ForAllValues:StringLike": {LEADING: [keys.seal("*").pk]}},
        )
        seal.may("s3:PutObject", on=[seals.arn_for_objects("*")])
        data = Stack.of(seals)
        exported = data.resolve(data.export_value(seals.bucket_arn))["Fn::ImportValue"]
        _may_name_anything(seal, f"{exported}/*", "Each copy is named after the digest of its seal.")

    def _grant_files(self, resources: Resources, quarantine: Quarantine, library: s3.Bucket) -> None:
        """Say who may do what with files. The policies of the buckets say besides what nobody may."""
        sent, files, texts = (
            quarantine.each_file,
            library.arn_for_objects(f"{FILES}*"),
            library.arn_for_objects(f"{TEXTS}*"),
        )
        index = library.arn_for_objects(INDEX)
        web, inspect, indexer, sweep = resources.web, resources.inspect, resources.index, resources.sweep
        # What a web function signs, a browser may do: send one file there, get one from here.
        web.may("s3:PutObject", on=[sent])
        web.may("s3:GetObject", on=[files, index])
        web.may("sqs:SendMessage", on=[resources.bell.queue_arn])
        inspect.may("s3:GetObjectVersion", on=[sent])
        inspect.may("s3:PutObject", on=[files, texts])
        inspect.may("s3:PutObjectTagging", on=[files])
        # It takes back its own copy when the item has gone on meanwhile.
        inspect.may("s3:DeleteObject", on=[files, texts])
        indexer.may("s3:GetObject", on=[texts, index])
        indexer.may("s3:PutObject", on=[index])
        sweep.may("s3:DeleteObject", on=[files, texts])
        # S3 says that a thing is not there only to who may list the bucket. To others it says no.
        for function, bucket in ((web, library), (indexer, library), (inspect, quarantine.bucket)):
            function.may("s3:ListBucket", on=[bucket.bucket_arn])

        data = Stack.of(library)
        exported = data.resolve(data.export_value(library.bucket_arn))["Fn::ImportValue"]
        own = f"<{self.get_logical_id(quarantine.bucket.node.default_child)}.Arn>"  # type: ignore[arg-type] # A bucket has one.
        in_quarantine, in_files, in_texts = f"{own}/*", f"{exported}/{FILES}*", f"{exported}/{TEXTS}*"
        for function, places in (
            (web, (in_quarantine, in_files)),
            (inspect, (in_quarantine, in_files, in_texts)),
            (indexer, (in_texts,)),
            (sweep, (in_files, in_texts)),
        ):
            for place in places:
                _may_name_anything(function, place, "Each file has a random name of its own, which nobody knows ahead.")


def _protect_the_audit_log(table: dynamodb.Table, function: Function, *, writes_lines: bool) -> None:
    """Let a function that writes to the table change and delete no audit line and no seal (security requirement 70).

    What it may put can only be limited to partitions: IAM knows nothing of the condition that a line is new. That one
    was put in the place of another, the seals show.
    """
    lines, seals = keys.audit("*", "", "").pk, keys.seal("*").pk
    for actions, places in (
        (("dynamodb:UpdateItem", "dynamodb:DeleteItem"), [lines, seals]),
        (("dynamodb:PutItem",), [seals] if writes_lines else [lines, seals]),
    ):
        function.may_not(*actions, on=[table.table_arn], if_so={"ForAnyValue:StringLike": {LEADING: places}})


def _may_name_anything(function: Function, place: str, reason: str) -> None:
    """Say why a function may use objects of any name in a place."""
    Validations.of(function.role).acknowledge(
        Acknowledgment(id=f"AwsSolutions::AwsSolutions-IAM5[Resource::{place}]", reason=reason)
    )
