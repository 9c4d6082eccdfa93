"""Who our mail comes from: two addresses that never mix, and how SES treats each kind of message."""

from aws_cdk import Duration, Stack
from aws_cdk import aws_route53 as route53
from aws_cdk import aws_ses as ses
from aws_cdk import aws_sns as sns
from constructs import Construct

from infra.findings import accept
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
    """The identities and the configuration sets, and in the cloud the DNS records that prove them ours."""

    def __init__(self, scope: Construct, construct_id: str, *, stage: Stage) -> None:
        super().__init__(scope, construct_id)
        zone = _zone(self, stage)
        stack = Stack.of(self)
        self.arns: list[str] = []
        for name in STREAMS:
            domain = f"{name}.{stage.mail_domain}"
            identity = ses.EmailIdentity(
                self,
                name.capitalize(),
                identity=ses.Identity.domain(domain),
                mail_from_domain=f"bounce.{domain}",
            )
            self.arns.append(identity.email_identity_arn)
            if zone:
                _prove(identity, domain, zone)
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
            configuration_set = ses.ConfigurationSet(
                self,
                f"{name.capitalize()}Set",
                configuration_set_name=name,
                tls_policy=ses.ConfigurationSetTlsPolicy.REQUIRE,
                max_delivery_duration=limit,
                suppression_reasons=suppressed,
            )
            configuration_set.add_event_destination(
                "Reports", destination=ses.EventDestination.sns_topic(self.reports), events=REPORTED
            )
            self.arns.append(stack.format_arn(service="ses", resource="configuration-set", resource_name=name))


def _zone(scope: Construct, stage: Stage) -> route53.IHostedZone | None:
    if stage.hosted_zone_id is None:
        return None
    return route53.HostedZone.from_hosted_zone_attributes(
        scope, "Zone", hosted_zone_id=stage.hosted_zone_id, zone_name=stage.mail_domain
    )


def _prove(identity: ses.EmailIdentity, domain: str, zone: route53.IHostedZone) -> None:
    """Publish what makes DKIM, SPF and DMARC pass, each aligned with the address in From."""
    for number, record in enumerate(identity.dkim_records, start=1):
        # The zone's name is not added: SES gives the record's whole name.
        route53.CfnRecordSet(
            identity,
            f"Dkim{number}",
            hosted_zone_id=zone.hosted_zone_id,
            name=record.name,
            type="CNAME",
            ttl="3600",
            resource_records=[record.value],
        )
    region = Stack.of(identity).region
    route53.MxRecord(
        identity,
        "BounceTo",
        zone=zone,
        record_name=f"bounce.{domain}.",
        values=[route53.MxRecordValue(host_name=f"feedback-smtp.{region}.amazonses.com", priority=10)],
    )
    route53.TxtRecord(
        identity, "Spf", zone=zone, record_name=f"bounce.{domain}.", values=["v=spf1 include:amazonses.com -all"]
    )
    route53.TxtRecord(
        identity,
        "Dmarc",
        zone=zone,
        record_name=f"_dmarc.{domain}.",
        values=[f"v=DMARC1; p=quarantine; adkim=s; aspf=r; rua=mailto:dmarc@{zone.zone_name}"],
    )
