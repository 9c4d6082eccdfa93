"""The gateway: one HTTP API at the domain people type, with a route for each public path.

In the cloud CloudFront stands in front of it (``edge_stack.py``), and the gateway takes requests from CloudFront alone.
"""

import json
from collections.abc import Collection, Mapping

from aws_cdk import RemovalPolicy
from aws_cdk import aws_apigatewayv2 as apigateway
from aws_cdk import aws_certificatemanager as acm
from aws_cdk import aws_logs as logs
from aws_cdk.aws_apigatewayv2_authorizers import HttpLambdaAuthorizer, HttpLambdaResponseType
from aws_cdk.aws_apigatewayv2_integrations import HttpLambdaIntegration
from constructs import Construct

from infra.findings import NO_KEY_OF_OUR_OWN, accept
from infra.function import Function
from infra.gate import HEADER, REMEMBERED, Gate
from infra.records import Records, zone_of
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
    """Answers for ``stage.domain`` and no other name, and only to whom ``gate`` lets in, where there is one."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        stage: Stage,
        routes: Mapping[Function, Collection[str]],
        otherwise: Function,
        gate: Gate | None,
        records: Records,
    ) -> None:
        """Send each path to the function that owns it, whatever the method, and every other path to ``otherwise``."""
        super().__init__(scope, construct_id)
        domain = apigateway.DomainName(
            self,
            "Domain",
            domain_name=stage.domain,
            certificate=acm.Certificate(
                self,
                "Certificate",
                domain_name=stage.domain,
                validation=acm.CertificateValidation.from_dns(zone_of(self, stage)),
            ),
            endpoint_type=apigateway.EndpointType.REGIONAL,
            security_policy=apigateway.SecurityPolicy.TLS_1_2,
        )
        if gate:
            # People's own name for it leads to CloudFront, which calls it by that name at this address.
            records.follow(
                "Origin", stage.origin, domain.regional_domain_name, target_zone=domain.regional_hosted_zone_id
            )
        integrations = {
            function: HttpLambdaIntegration(
                f"To {function.name}",
                function.function,
                scope_permission_to_route=False,
                # No function that answers people is told the secret.
                parameter_mapping=apigateway.ParameterMapping().remove_header(HEADER) if gate else None,
            )
            for function in routes
        }
        api = apigateway.HttpApi(
            self,
            "Http",
            api_name=stage.prefix,
            create_default_stage=False,
            disable_execute_api_endpoint=True,
            default_integration=integrations[otherwise],
            # A request without the header is refused before anything of ours runs.
            default_authorizer=HttpLambdaAuthorizer(
                "Gate",
                gate.admit.function,
                identity_source=[f"$request.header.{HEADER}"],
                response_types=[HttpLambdaResponseType.SIMPLE],
                results_cache_ttl=REMEMBERED,
            )
            if gate
            else None,
        )
        self.api_id = api.api_id
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
