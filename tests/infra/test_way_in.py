"""The way in: the gateway and its routes."""

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
    permissions = [each for each in of_all if each["Principal"] != "ses.amazonaws.com"]
    started = {deployment.named(each["FunctionName"]["Fn::GetAtt"][0]): each for each in permissions}
    assert set(started) == {f"{domain}.web" for domain in WEB}
    for each in permissions:
        assert each["Principal"] == "apigateway.amazonaws.com"
        assert "SourceArn" in each
