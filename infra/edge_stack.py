"""What stands in front of everything: CloudFront, its firewall and its certificate.

It is in the one region in which AWS takes these. Nothing leads from another stack into it but names that are known
ahead: where the gateway is, and what the secret is called by which the gateway knows CloudFront.
"""

from typing import Any

from aws_cdk import CfnParameter, Duration, SecretValue, Stack
from aws_cdk import aws_certificatemanager as acm
from aws_cdk import aws_cloudfront as cloudfront
from aws_cdk import aws_cloudfront_origins as origins
from aws_cdk import aws_pricingplanmanager as pricing
from aws_cdk.aws_route53_targets import CloudFrontTarget
from constructs import Construct

from infra.findings import accept
from infra.firewall import Firewall
from infra.gate import HEADER
from infra.records import Records, zone_of
from infra.stages import SECRET_VERSION, Plan, Stage

ANSWER_WITHIN = Duration.seconds(30)
"""For as long as the gateway itself waits for a function."""

FAULTS = (400, 403, 404, 405, 414, 416, 500, 501, 502, 503, 504)
"""The statuses that CloudFront would keep for ten seconds, most of them even when told not to.

Its key to what it keeps is the address of a page alone. So a member whom a page refuses would shut it for ten seconds
to the coordinator who may see it (AWS, "Control how long CloudFront caches errors").
"""


class EdgeStack(Stack):
    """Answers at ``stage.domain``: static files from near the visitor, and everything else from the gateway."""

    def __init__(self, scope: Construct, construct_id: str, *, stage: Stage, plan: Plan, **kwargs: Any) -> None:
        super().__init__(scope, construct_id, **kwargs)
        version = CfnParameter(self, SECRET_VERSION, default="", description="Set by: psmn deploy --renew-secret")
        secret = SecretValue.secrets_manager(stage.origin_secret, version_id=version.value_as_string)
        gateway = origins.HttpOrigin(
            stage.origin,
            protocol_policy=cloudfront.OriginProtocolPolicy.HTTPS_ONLY,
            origin_ssl_protocols=[cloudfront.OriginSslPolicy.TLS_V1_2],
            read_timeout=ANSWER_WITHIN,
            # CloudFormation puts the value in when it calls CloudFront. The template has a reference to it.
            custom_headers={HEADER: secret.unsafe_unwrap()},
        )
        firewall = Firewall(self, "Firewall", stage=stage)
        distribution = cloudfront.Distribution(
            self,
            "Pages",
            comment=f"The pages of {stage.prefix}",
            domain_names=[stage.domain],
            certificate=acm.Certificate(
                self,
                "Certificate",
                domain_name=stage.domain,
                validation=acm.CertificateValidation.from_dns(zone_of(self, stage)),
            ),
            minimum_protocol_version=cloudfront.SecurityPolicyProtocol.TLS_V1_2_2021,
            http_version=cloudfront.HttpVersion.HTTP2_AND_3,
            web_acl_id=firewall.attr_arn,
            error_responses=[
                cloudfront.ErrorResponse(http_status=status, ttl=Duration.seconds(0)) for status in FAULTS
            ],
            # The policies are AWS's own, since the free plan takes no others. Their names say what they do.
            default_behavior=cloudfront.BehaviorOptions(
                origin=gateway,
                viewer_protocol_policy=cloudfront.ViewerProtocolPolicy.REDIRECT_TO_HTTPS,
                # Every method, so that a wrong one is told so by a page of ours (RFC 9110 section 15.5.6).
                allowed_methods=cloudfront.AllowedMethods.ALLOW_ALL,
                cache_policy=cloudfront.CachePolicy.CACHING_DISABLED,
                # With the visitor's own headers go CloudFront's, among them the address it saw.
                origin_request_policy=cloudfront.OriginRequestPolicy.ALL_VIEWER_AND_CLOUDFRONT_2022,
                # Our functions squeeze what they send, and CloudFront leaves alone what it does not keep.
                compress=False,
            ),
            additional_behaviors={
                "/assets/*": cloudfront.BehaviorOptions(
                    origin=gateway,
                    viewer_protocol_policy=cloudfront.ViewerProtocolPolicy.REDIRECT_TO_HTTPS,
                    allowed_methods=cloudfront.AllowedMethods.ALLOW_GET_HEAD,
                    # For as long as the file's own header says, which is a year. No cookie is in the key, ...
                    cache_policy=cloudfront.CachePolicy.CACHING_OPTIMIZED,
                    # ... and none gets to the function: whatever it answers, it does not know who asks.
                    origin_request_policy=cloudfront.OriginRequestPolicy.HOST_HEADER_ONLY,
                    compress=True,
                ),
            },
        )
        no_log = (
            "It would be a record of who read what, with people's addresses and the secrets in links. The gateway's "
            "log has what we need, without them."
        )
        accept(
            distribution,
            {
                "AwsSolutions-CFR1": "Members travel, and the network welcomes people from other countries.",
                "AwsSolutions-CFR3": no_log,
                "CKV_AWS_86": no_log,
            },
        )
        if plan is Plan.FREE:
            pricing.CfnSubscription(
                self,
                "Plan",
                plan_family="CloudFront",
                plan_tier="FREE",
                resource_arns=[distribution.distribution_arn, firewall.attr_arn],
            )
        Records(self, stage=stage).follow(
            "Pages",
            stage.domain,
            distribution.distribution_domain_name,
            target_zone=CloudFrontTarget.get_hosted_zone_id(self),
            kinds=("A", "AAAA"),
        )
