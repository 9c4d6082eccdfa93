"""CloudFront in front of the pages: what it keeps, what it passes on, and what it turns away."""

import json
from typing import Any

import pytest

from functions.kernel.client import VIEWER
from infra import firewall
from infra.api import REQUESTS_A_SECOND
from infra.edge_stack import FAULTS
from tests.infra.deployment import Deployment, Properties

NOTHING_KEPT = "4135ea2d-6df8-44a3-9df3-4b5a84be39ad"
"""AWS's own policy "CachingDisabled": every time to live is zero (AWS, "Use managed cache policies")."""
KEPT_AS_THE_FILE_SAYS = "658327ea-f89d-4fab-a63d-7e88639e58f6"
"""AWS's own policy "CachingOptimized": up to a year, squeezed, with no cookie, no header and no query in the key."""
ALL_AND_WHO_ASKS = "33f36d7e-f396-46d9-90e0-52428a34d9dc"
"""AWS's own policy "AllViewerAndCloudFrontHeaders-2022-06": what the visitor sent, and CloudFront-Viewer-Address."""
NOTHING_OF_THE_VISITOR = "bf0718e1-ba1e-49d1-88b1-f726733018ae"
"""AWS's own policy "HostHeaderOnly": no cookie, no query, and no header but the name of the site."""

NO_SETTING = {410}
"""CloudFront takes no setting for this one. It goes by "no-store" there, and no page of ours answers it."""
KEPT_BY_CLOUDFRONT = {400, 403, 404, 405, 410, 414, 416, 500, 501, 502, 503, 504}
"""Statuses that CloudFront keeps for ten seconds unless a distribution says otherwise (AWS, "HTTP 4xx and 5xx status
codes that CloudFront caches")."""


@pytest.fixture
def distribution(cloud: Deployment) -> Properties:
    (found,) = cloud.of_type("AWS::CloudFront::Distribution").values()
    configuration: Properties = found["DistributionConfig"]
    return configuration


@pytest.fixture
def rules(cloud: Deployment) -> dict[str, Properties]:
    """The rules of the firewall in the order in which they look, by name."""
    (found,) = cloud.of_type("AWS::WAFv2::WebACL").values()
    return {rule["Name"]: rule for rule in sorted(found["Rules"], key=lambda rule: rule["Priority"])}


def behaviours(distribution: Properties) -> dict[str, Properties]:
    """How each kind of path is dealt with."""
    others = {each["PathPattern"]: each for each in distribution["CacheBehaviors"]}
    return {"everything else": distribution["DefaultCacheBehavior"], **others}


def test_requirement_39_nothing_but_static_files_is_ever_kept(distribution: Properties) -> None:
    table = {
        path: (each["CachePolicyId"], each["OriginRequestPolicyId"]) for path, each in behaviours(distribution).items()
    }
    assert table == {
        "everything else": (NOTHING_KEPT, ALL_AND_WHO_ASKS),
        "/assets/*": (KEPT_AS_THE_FILE_SAYS, NOTHING_OF_THE_VISITOR),
    }
    for each in behaviours(distribution).values():
        # The old way of saying it, which would count beside the policies.
        assert not {"ForwardedValues", "MinTTL", "DefaultTTL", "MaxTTL", "LambdaFunctionAssociations"} & set(each)


def test_requirement_39_no_refusal_to_one_person_is_shown_to_another(distribution: Properties) -> None:
    """CloudFront keeps most errors even when told "no-store", by the address of the page alone."""
    kept = {each["ErrorCode"]: each["ErrorCachingMinTTL"] for each in distribution["CustomErrorResponses"]}
    assert kept == dict.fromkeys(KEPT_BY_CLOUDFRONT - NO_SETTING, 0) == dict.fromkeys(FAULTS, 0)
    assert all("ResponsePagePath" not in each for each in distribution["CustomErrorResponses"])


def test_forms_are_sent_to_pages_and_never_to_static_files(distribution: Properties) -> None:
    methods = {path: set(each["AllowedMethods"]) for path, each in behaviours(distribution).items()}
    assert methods["/assets/*"] == {"GET", "HEAD"}
    assert {"GET", "HEAD", "POST"} <= methods["everything else"]


def test_pages_travel_encrypted_all_the_way(distribution: Properties) -> None:
    assert distribution["ViewerCertificate"]["MinimumProtocolVersion"] == "TLSv1.2_2021"
    assert distribution["ViewerCertificate"]["SslSupportMethod"] == "sni-only"
    assert distribution["HttpVersion"] == "http2and3"
    assert {each["ViewerProtocolPolicy"] for each in behaviours(distribution).values()} == {"redirect-to-https"}
    (origin,) = distribution["Origins"]
    to_us = origin["CustomOriginConfig"]
    assert (to_us["OriginProtocolPolicy"], to_us["OriginSSLProtocols"]) == ("https-only", ["TLSv1.2"])


def test_nobody_writes_down_who_read_what(cloud: Deployment, distribution: Properties) -> None:
    assert "Logging" not in distribution
    (acl,) = cloud.of_type("AWS::WAFv2::WebACL").values()
    assert cloud.of_type("AWS::WAFv2::LoggingConfiguration") == {}
    for each in (acl, *acl["Rules"]):
        assert each["VisibilityConfig"]["SampledRequestsEnabled"] is False
        assert each["VisibilityConfig"]["CloudWatchMetricsEnabled"] is True


def test_people_and_the_gateway_are_led_to_one_another_by_the_domains_records(
    cloud: Deployment, distribution: Properties
) -> None:
    stage = cloud.stage
    assert distribution["Aliases"] == [stage.domain]
    (origin,) = distribution["Origins"]
    assert origin["DomainName"] == stage.origin
    led = {
        (each["Name"], each["Type"]): cloud.resources[each["AliasTarget"]["DNSName"]["Fn::GetAtt"][0]]["Type"]
        for each in cloud.of_type("AWS::Route53::RecordSet").values()
        if "AliasTarget" in each
    }
    assert led == {
        (stage.domain, "A"): "AWS::CloudFront::Distribution",
        (stage.domain, "AAAA"): "AWS::CloudFront::Distribution",
        (stage.origin, "A"): "AWS::ApiGatewayV2::DomainName",
    }


def test_the_gateways_own_address_is_not_the_first_that_somebody_would_try(cloud: Deployment) -> None:
    stage = cloud.stage
    assert stage.origin.endswith(f".{stage.domain}")
    others = [stage.model_copy(update={"account": "111122223334"}), stage.model_copy(update={"name": "try"})]
    assert len({each.origin for each in (stage, *others)}) == 3
    names = [each["DomainName"] for each in cloud.of_type("AWS::CertificateManager::Certificate").values()]
    # What a certificate names is public (RFC 9162).
    assert names == [stage.domain] * 2


def test_requirement_46_cloudfront_says_whom_it_saw_under_the_name_that_we_look_for() -> None:
    assert "CloudFront-Viewer-Address".lower() == VIEWER


def texts_in(value: Any) -> list[str]:
    """Every text of a template."""
    if isinstance(value, dict):
        return [text for each in value.values() for text in texts_in(each)]
    if isinstance(value, list):
        return [text for each in value for text in texts_in(each)]
    return [value] if isinstance(value, str) else []


def test_requirement_55_the_template_says_where_the_secret_is_and_not_what(
    cloud: Deployment, distribution: Properties
) -> None:
    (origin,) = distribution["Origins"]
    (header,) = origin["OriginCustomHeaders"]
    (authorizer,) = cloud.of_type("AWS::ApiGatewayV2::Authorizer").values()
    assert authorizer["IdentitySource"] == [f"$request.header.{header['HeaderName']}"]
    (secret,) = cloud.of_type("AWS::SecretsManager::Secret").values()
    beginning, version, end = header["HeaderValue"]["Fn::Join"][1]
    assert beginning == f"{{{{resolve:secretsmanager:{secret['Name']}:SecretString:::"
    assert (version, end) == ({"Ref": "OriginSecretVersion"}, "}}")
    assert cloud.templates["edge"]["Parameters"]["OriginSecretVersion"]["Default"] == ""
    referring = [text for text in texts_in(cloud.templates) if "{{resolve:" in text]
    assert referring == [beginning]


def test_what_must_be_in_one_region_needs_nothing_from_another_but_names(cloud: Deployment) -> None:
    edge = cloud.templates["edge"]
    assert {each["Type"] for each in edge["Resources"].values()} == {
        "AWS::CertificateManager::Certificate",
        "AWS::CloudFront::Distribution",
        "AWS::PricingPlanManager::Subscription",
        "AWS::Route53::RecordSet",
        "AWS::WAFv2::WebACL",
    }
    assert "Fn::ImportValue" not in json.dumps(edge)


def test_cloudfront_and_its_firewall_are_on_the_plan_that_costs_nothing(
    cloud: Deployment, distribution: Properties, rules: dict[str, Properties]
) -> None:
    """AWS refuses a distribution on that plan any policy but its own, a price class, and more than five rules."""
    (plan,) = cloud.of_type("AWS::PricingPlanManager::Subscription").values()
    assert (plan["PlanFamily"], plan["PlanTier"]) == ("CloudFront", "FREE")
    of_plan = {cloud.resources[name]["Type"] for name in ("Firewall", "Pages127DFD1A") if name in str(plan)}
    assert of_plan == {"AWS::WAFv2::WebACL", "AWS::CloudFront::Distribution"}
    assert "PriceClass" not in distribution
    assert all("ResponseHeadersPolicyId" not in each for each in behaviours(distribution).values())
    assert len(rules) <= 5
    assert "CustomResponse" not in str(rules)


def test_requirement_46_each_address_may_ask_only_so_often(rules: dict[str, Properties]) -> None:
    limits = {name: rules[name]["Statement"]["RateBasedStatement"] for name in ("requests", "doors")}
    for name, limit in limits.items():
        assert rules[name]["Action"] == {"Block": {}}
        # The address that CloudFront saw, and not one that a header claims.
        assert limit["AggregateKeyType"] == "IP"
        assert "ForwardedIPConfig" not in limit
    assert "ScopeDownStatement" not in limits["requests"]
    narrower = limits["doors"]["ScopeDownStatement"]["OrStatement"]["Statements"]
    matches = [each["ByteMatchStatement"] for each in narrower]
    assert {each["SearchString"] for each in matches} == {"/join", "/sign-in", "/vouch/"}
    for match in matches:
        assert match["PositionalConstraint"] == "STARTS_WITH"
        assert [each["Type"] for each in match["TextTransformations"]] == ["URL_DECODE"]


def test_the_limits_let_200_people_in_through_one_proxy_and_stop_one_address_from_keeping_all_others_out(
    rules: dict[str, Properties],
) -> None:
    people, to_go_in, to_sign_in = 200, 10, 4
    requests, doors = (rules[name]["Statement"]["RateBasedStatement"] for name in ("requests", "doors"))
    assert requests["EvaluationWindowSec"] == doors["EvaluationWindowSec"] == firewall.WINDOW
    gateway_takes = REQUESTS_A_SECOND * firewall.WINDOW
    assert 2 * people * to_go_in <= requests["Limit"] <= gateway_takes / 3
    assert people * to_sign_in < doors["Limit"] < requests["Limit"]


def test_known_attacks_are_turned_away_and_nobodys_words_are(rules: dict[str, Properties]) -> None:
    groups = {
        each["Statement"]["ManagedRuleGroupStatement"]["Name"]: each["Statement"]["ManagedRuleGroupStatement"]
        for each in rules.values()
        if "ManagedRuleGroupStatement" in each["Statement"]
    }
    assert set(groups) == {
        "AWSManagedRulesAmazonIpReputationList",
        "AWSManagedRulesCommonRuleSet",
        "AWSManagedRulesKnownBadInputsRuleSet",
    }
    for name, group in groups.items():
        assert rules[name]["OverrideAction"] == {"None": {}}
        counted = {each["Name"]: each["ActionToUse"] for each in group.get("RuleActionOverrides", [])}
        expected = firewall.COUNTED if name == "AWSManagedRulesCommonRuleSet" else ()
        assert counted == {each: {"Count": {}} for each in expected}
    # What people type comes in bodies and queries; no rule about a path, a cookie or a program's name is weakened.
    kinds = {each.rpartition("_")[2] for each in firewall.COUNTED}
    assert kinds == {"BODY", "QUERYARGUMENTS", "HEADER"}
    assert [each for each in firewall.COUNTED if each.endswith("_HEADER")] == ["NoUserAgent_HEADER"]
