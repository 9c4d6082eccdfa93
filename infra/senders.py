"""Who our mail comes from: two addresses that never mix, and how SES treats each kind of message."""

from aws_cdk import Duration, Stack
from aws_cdk import aws_ses as ses
from aws_cdk import aws_sns as sns
from constructs import Construct

from infra.findings import accept
from infra.record import Record
from infra.records import Records
from infra.stages import Stage

STREAMS = ("account", "events")
"""Service mail and subscription mail. A complaint about an invitation must never stop someone's sign-in code."""

SETS = {
    "signin": (Duration.minutes(15), ses.SuppressionReasons.BOUNCES_ONLY),
    "account": (Duration.hours(14), ses.SuppressionReasons.BOUNCES_ONLY),
    "invites": (Duration.hours(6), ses.SuppressionReasons.BOUNCES_AND_COMPLAINTS),
    "digest": (Duration.hours(14), ses.SuppressionReasons.BOUNCES_AND_COMPLAINTS),
}
"""For each kind of message: how long SES may try before it is too late to be of use, and what stops it trying.

Fourteen hours is the longest that SES allows.
"""

REPORTED = [
    ses.EmailSendingEvent.SEND,
    ses.EmailSendingEvent.REJECT,
    ses.EmailSendingEvent.BOUNCE,
    ses.EmailSendingEvent.COMPLAINT,
    ses.EmailSendingEvent.DELIVERY,
    ses.EmailSendingEvent.DELIVERY_DELAY,
    ses.EmailSendingEvent.RENDERING_FAILURE,
]
"""What SES tells us about each message. Never who opened it or followed a link: for that it would rewrite our links."""


class Senders(Construct):
    """The identities and the configuration sets, and the DNS records that prove them ours."""

    def __init__(self, scope: Construct, construct_id: str, *, stage: Stage, records: Records) -> None:
        super().__init__(scope, construct_id)
        stack = Stack.of(self)
        self.arns: list[str] = []
        for name in STREAMS:
            domain = f"{name}.{stage.mail_domain}"
            identity = ses.EmailIdentity(
                self,
                name.capitalize(),
                identity=ses.Identity.domain(domain),
                mail_from_domain=f"bounce.{domain}",
                dkim_identity=ses.DkimIdentity.easy_dkim(ses.EasyDkimSigningKeyLength.RSA_2048_BIT),
                # The configuration sets report every bounce. Otherwise SES would mail each one to our own address too.
                feedback_forwarding=False,
            )
            self.arns.append(identity.email_identity_arn)
            _prove(identity, name, domain, stage, records)
        # Each set may publish here, on behalf of this account alone: the CDK adds that with the destination.
        self.reports = sns.Topic(self, "Reports", enforce_ssl=stage.encrypted)
        accept(
            self.reports,
            {
                "CKV_AWS_26": "SES publishes here, which it could not with AWS's own key for topics. A report is on "
                "its way for a moment, over TLS."
            },
        )
        for name, (limit, suppressed) in SETS.items():
            # Two deployments can share an account.
            own_name = f"{stage.prefix}-{name}"
            configuration_set = ses.ConfigurationSet(
                self,
                f"{name.capitalize()}Set",
                configuration_set_name=own_name,
                tls_policy=ses.ConfigurationSetTlsPolicy.REQUIRE,
                max_delivery_duration=limit,
                suppression_reasons=suppressed,
            )
            configuration_set.add_event_destination(
                "Reports", destination=ses.EventDestination.sns_topic(self.reports), events=REPORTED
            )
            self.arns.append(stack.format_arn(service="ses", resource="configuration-set", resource_name=own_name))


def _prove(identity: ses.EmailIdentity, name: str, domain: str, stage: Stage, records: Records) -> None:
    """Publish what makes DKIM, SPF and DMARC pass, each aligned with the address in From."""
    called = name.capitalize()
    for number, each in enumerate(identity.dkim_records, start=1):
        records.add(f"{called}Dkim{number}", Record(name=each.name, type="CNAME", value=each.value))
    bounces = f"feedback-smtp.{Stack.of(identity).region}.amazonses.com"
    records.add(f"{called}Bounces", Record(name=f"bounce.{domain}", type="MX", value=f"10 {bounces}"))
    spf = "v=spf1 include:amazonses.com -all"
    records.add(f"{called}Spf", Record(name=f"bounce.{domain}", type="TXT", value=spf))
    dmarc = f"v=DMARC1; p=quarantine; adkim=s; aspf=r; rua=mailto:dmarc@{stage.mail_domain}"
    records.add(f"{called}Dmarc", Record(name=f"_dmarc.{domain}", type="TXT", value=dmarc))
