"""The gateway, its routes, and whom it lets in. test_edge.py is about what stands in front of it."""

import importlib
import json

from tests.infra.deployment import Deployment

WEB = ("site", "membership", "sessions", "mail", "invites", "resources")


def routed(deployment: Deployment) -> dict[str, str]:
    """The function that answers each route."""
    integrations = deployment.of_type("AWS::ApiGatewayV2::Integration")
    answered = {}
    for route in deployment.of_type("AWS::ApiGatewayV2::Route").values():
        _, (_, integration) = route["Target"]["Fn::Join"]
        function = integrations[integration["Ref"]]["IntegrationUri"]["Fn::GetAtt"][0]
        answered[route["RouteKey"]] = deployment.named(function)
    return answered


def test_every_public_path_reaches_the_function_of_its_domain(deployment: Deployment) -> None:
    expected = {
        f"ANY {path}": f"{domain}.web"
        for domain in WEB
        for path in importlib.import_module(f"functions.{domain}").PATHS
    }
    assert routed(deployment) == {**expected, "$default": "site.web"}


def test_requirement_60_there_is_one_way_in(deployment: Deployment) -> None:
    (api,) = deployment.of_type("AWS::ApiGatewayV2::Api").values()
    assert api["DisableExecuteApiEndpoint"] is True
    assert "CorsConfiguration" not in api
    (mapping,) = deployment.of_type("AWS::ApiGatewayV2::ApiMapping").values()
    assert mapping["Stage"]
    assert deployment.of_type("AWS::Lambda::Url") == {}


def test_the_way_in_speaks_no_old_encryption(deployment: Deployment) -> None:
    (domain,) = deployment.of_type("AWS::ApiGatewayV2::DomainName").values()
    assert domain["DomainName"] == deployment.stage.domain
    (configuration,) = domain["DomainNameConfigurations"]
    assert configuration["SecurityPolicy"] == "TLS_1_2"


def test_requirement_93_a_flood_of_requests_stops_at_the_gateway(deployment: Deployment) -> None:
    (stage,) = deployment.of_type("AWS::ApiGatewayV2::Stage").values()
    assert stage["DefaultRouteSettings"] == {"ThrottlingBurstLimit": 100, "ThrottlingRateLimit": 50}


def test_requirement_61_the_access_log_names_no_person_and_no_token(deployment: Deployment) -> None:
    (stage,) = deployment.of_type("AWS::ApiGatewayV2::Stage").values()
    kept = json.loads(stage["AccessLogSettings"]["Format"])
    assert "$context.routeKey" in kept.values()
    for value in kept.values():
        assert not value.startswith(("$context.identity", "$context.path", "$context.authorizer"))
    log = deployment.resources[stage["AccessLogSettings"]["DestinationArn"]["Fn::GetAtt"][0]]["Properties"]
    assert log["RetentionInDays"] == 30


def test_requirement_20_only_the_gateway_may_start_a_web_function(deployment: Deployment) -> None:
    of_all = deployment.of_type("AWS::Lambda::Permission").values()
    permissions = [each for each in of_all if each["Principal"] not in {"ses.amazonaws.com", "sns.amazonaws.com"}]
    started = {deployment.named(each["FunctionName"]["Fn::GetAtt"][0]): each for each in permissions}
    gate = {"gate.admit"} if deployment.stage.cloudfront else set()
    assert set(started) == {f"{domain}.web" for domain in WEB} | gate
    for each in permissions:
        assert each["Principal"] == "apigateway.amazonaws.com"
        assert "SourceArn" in each


def test_requirement_60_every_route_is_behind_the_gate(cloud: Deployment) -> None:
    ((gate, authorizer),) = cloud.of_type("AWS::ApiGatewayV2::Authorizer").items()
    routes = cloud.of_type("AWS::ApiGatewayV2::Route").values()
    assert len(routes) == len(routed(cloud))
    for route in routes:
        assert (route["AuthorizationType"], route["AuthorizerId"]) == ("CUSTOM", {"Ref": gate}), route["RouteKey"]
    (uri,) = (part["Fn::GetAtt"] for part in authorizer["AuthorizerUri"]["Fn::Join"][1] if "Fn::GetAtt" in part)
    assert cloud.named(uri[0]) == "gate.admit"
    assert authorizer["AuthorizerType"] == "REQUEST"
    assert authorizer["AuthorizerPayloadFormatVersion"] == "2.0"
    assert authorizer["EnableSimpleResponses"] is True


def test_requirement_60_a_request_without_the_header_is_refused_before_anything_of_ours_runs(cloud: Deployment) -> None:
    """API Gateway refuses by itself what lacks the identity source, and asks about a value once an hour."""
    (authorizer,) = cloud.of_type("AWS::ApiGatewayV2::Authorizer").values()
    assert authorizer["IdentitySource"] == ["$request.header.x-origin-secret"]
    assert authorizer["AuthorizerResultTtlInSeconds"] == 3600


def test_requirement_55_no_function_that_answers_people_is_told_the_secret(cloud: Deployment) -> None:
    integrations = cloud.of_type("AWS::ApiGatewayV2::Integration").values()
    assert len(integrations) == len(WEB)
    for integration in integrations:
        assert integration["RequestParameters"] == {"remove:header.x-origin-secret": ""}


def test_requirement_55_the_secret_is_made_where_nobody_sees_it_and_read_by_the_gate_alone(cloud: Deployment) -> None:
    ((name, secret),) = cloud.of_type("AWS::SecretsManager::Secret").items()
    assert "SecretString" not in secret
    assert secret["GenerateSecretString"] == {"ExcludePunctuation": True, "PasswordLength": 64}
    assert secret["ReplicaRegions"] == [{"Region": "us-east-1"}]
    readers = {
        function: statement
        for function in cloud.functions()
        for statement in cloud.allowed_to(cloud.role_of(function))
        if "secretsmanager" in str(statement)
    }
    assert readers == {
        "gate.admit": {"Action": "secretsmanager:GetSecretValue", "Effect": "Allow", "Resource": {"Ref": name}}
    }


def test_on_this_machine_browsers_reach_the_gateway_itself(deployments: dict[str, Deployment]) -> None:
    local = deployments["local"]
    assert local.of_type("AWS::ApiGatewayV2::Authorizer") == local.of_type("AWS::SecretsManager::Secret") == {}
    assert "gate.admit" not in local.functions()
    assert set(local.templates) == {"data", "service"}
