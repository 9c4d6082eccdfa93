"""Who is told when something is wrong, and who may tell them."""

from aws_cdk import Stack
from aws_cdk import aws_iam as iam
from aws_cdk import aws_sns as sns
from constructs import Construct

from infra.findings import accept
from infra.stages import Stage

IN_THE_OPEN = (
    "What is published says which alarm rang and names nobody. With AWS's own key for topics, no service of AWS could "
    'publish here (AWS, "Encryption at rest" of SNS), and one of ours costs a dollar a month.'
)


class AlarmTopic(sns.Topic):
    """Mails whoever the stage names. They confirm by a link in the first mail."""

    def __init__(self, scope: Construct, construct_id: str, *, stage: Stage) -> None:
        super().__init__(scope, construct_id, enforce_ssl=stage.encrypted)
        accept(self, {"CKV_AWS_26": IN_THE_OPEN})
        if stage.alarms_to:
            person = sns.Subscription(
                self,
                "Person",
                topic=self,
                protocol=sns.SubscriptionProtocol.EMAIL,
                endpoint=stage.alarms_to,
            )
            accept(person, {"Serverless-SNSRedrivePolicy": "A mail that is late is no use, and the lights stay red."})

    def takes_from(self, service: str) -> None:
        """Let a service of AWS publish here, for this account alone."""
        self.add_to_resource_policy(
            iam.PolicyStatement(
                principals=[iam.ServicePrincipal(service)],
                actions=["sns:Publish"],
                resources=[self.topic_arn],
                conditions={"StringEquals": {"aws:SourceAccount": Stack.of(self).account}},
            )
        )
