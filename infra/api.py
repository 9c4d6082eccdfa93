"""The way in: one HTTP API at the domain people type, with a route for each public path."""

import json
from collections.abc import Mapping, Sequence

from aws_cdk import Acknowledgment, RemovalPolicy, Validations
from aws_cdk import aws_apigatewayv2 as apigateway
from aws_cdk import aws_certificatemanager as acm
from aws_cdk import aws_logs as logs
from aws_cdk import aws_route53 as route53
from aws_cdk import aws_route53_targets as targets
from aws_cdk.aws_apigatewayv2_integrations import HttpLambdaIntegration
from constructs import Construct

from infra.findings import NO_KEY_OF_OUR_OWN, accept
from infra.function import Function
from infra.stages import Stage

REQUESTS_A_SECOND = 50
REQUESTS_AT_ONCE = 100
"""Two hundred people press the door's button within a minute on a Friday. This is many times that, and ends a flood."""

ACCESS_LOG = {
    "requestId": "$context.requestId",
    "time": "$context.requestTime",
    "route": "$context.routeKey",
    "status": "$context.status",
    "milliseconds": "$context.responseLatency",
    "bytes": "$context.responseLength",
    "fault": "$context.integrationErrorMessage",
}
"""What we keep about a request: nobody's address, and the route instead of the path, which may hold a token."""


class Api(Construct):
    """Answers at ``stage.domain`` and nowhere else."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        stage: Stage,
        routes: Mapping[Function, Sequence[str]],
        otherwise: Function,
    ) -> None:
        """Send each path to the function that owns it, whatever the method, and every other path to ``otherwise``."""
        super().__init__(scope, construct_id)
        zone = (
            route53.HostedZone.from_hosted_zone_attributes(
                self, "Zone", hosted_zone_id=stage.hosted_zone_id, zone_name=stage.domain
            )
            if stage.hosted_zone_id
            else None
        )
        domain = apigateway.DomainName(
            self,
            "Domain",
            domain_name=stage.domain,
            certificate=acm.Certificate(
                self,
                "Certificate",
                domain_name=stage.domain,
                validation=acm.CertificateValidation.from_dns(zone),
            ),
            endpoint_type=apigateway.EndpointType.REGIONAL,
            security_policy=apigateway.SecurityPolicy.TLS_1_2,
        )
        if zone:
            address = route53.RecordTarget.from_alias(
                targets.ApiGatewayv2DomainProperties(domain.regional_domain_name, domain.regional_hosted_zone_id)
            )
            route53.ARecord(self, "Address", zone=zone, target=address)
        integrations = {
            function: HttpLambdaIntegration(f"To {function.name}", function.function, scope_permission_to_route=False)
            for function in routes
        }
        api = apigateway.HttpApi(
            self,
            "Http",
            api_name=stage.prefix,
            create_default_stage=False,
            disable_execute_api_endpoint=True,
            default_integration=integrations[otherwise],
        )
        self.api_id = api.api_id
        Validations.of(api).acknowledge(
            Acknowledgment(
                id="AwsSolutions::AwsSolutions-APIG4",
                reason="Anyone may ask. Each route states who gets an answer, and functions/kernel/http.py sees to it.",
            )
        )
        for function, paths in routes.items():
            for path in paths:
                api.add_routes(path=path, methods=[apigateway.HttpMethod.ANY], integration=integrations[function])
        log = logs.LogGroup(self, "Log", retention=logs.RetentionDays.ONE_MONTH, removal_policy=RemovalPolicy.DESTROY)
        accept(log, {"CKV_AWS_158": NO_KEY_OF_OUR_OWN})
        default = apigateway.CfnStage(
            self,
            "Stage",
            api_id=api.api_id,
            stage_name="$default",
            auto_deploy=True,
            default_route_settings=apigateway.CfnStage.RouteSettingsProperty(
                throttling_rate_limit=REQUESTS_A_SECOND, throttling_burst_limit=REQUESTS_AT_ONCE
            ),
            access_log_settings=apigateway.CfnStage.AccessLogSettingsProperty(
                destination_arn=log.log_group_arn, format=json.dumps(ACCESS_LOG)
            ),
        )
        apigateway.CfnApiMapping(self, "Mapping", api_id=api.api_id, domain_name=domain.name, stage=default.ref)
