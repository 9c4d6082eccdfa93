"""``docs/architecture.md`` shows what is deployed. ``python -m tests.infra.architecture`` draws it anew."""

import re

import pytest

from tests.infra.architecture import ELSEWHERE, FLOWS, FRONT, PAGE, PLACES, TOGETHER, Flow, filled, parts
from tests.infra.arrows import Arrow, found_in, routed, when, without
from tests.infra.deployment import Deployment

READ = {
    *("AWS::ApiGatewayV2::Api", "AWS::ApiGatewayV2::Authorizer", "AWS::ApiGatewayV2::Integration"),
    *("AWS::ApiGatewayV2::Route", "AWS::Backup::BackupSelection", "AWS::Backup::BackupVault", "AWS::Budgets::Budget"),
    *("AWS::CloudFront::Distribution", "AWS::CloudWatch::Alarm", "AWS::DynamoDB::Table", "AWS::Events::Rule"),
    *("AWS::GuardDuty::MalwareProtectionPlan", "AWS::IAM::Policy", "AWS::IAM::Role", "AWS::Lambda::EventSourceMapping"),
    *(
        "AWS::Lambda::Function",
        "AWS::S3::Bucket",
        "AWS::SES::ConfigurationSetEventDestination",
        "AWS::SES::ReceiptRule",
    ),
    *("AWS::SNS::Subscription", "AWS::SNS::Topic", "AWS::SQS::Queue", "AWS::Scheduler::Schedule"),
    *("AWS::SecretsManager::Secret", "AWS::WAFv2::WebACL"),
}
"""The types of resources that the drawings are made from."""
NOT_DRAWN = {
    "names and certificates": {
        *("AWS::ApiGatewayV2::ApiMapping", "AWS::ApiGatewayV2::DomainName", "AWS::ApiGatewayV2::Stage"),
        *("AWS::CertificateManager::Certificate", "AWS::Route53::RecordSet", "AWS::SES::EmailIdentity"),
    },
    "what lets an arrow be": {
        *("AWS::Lambda::Permission", "AWS::S3::BucketPolicy", "AWS::SNS::TopicPolicy", "AWS::SQS::QueuePolicy"),
        *("AWS::SES::ConfigurationSet", "AWS::SES::ReceiptRuleSet", "AWS::Backup::BackupPlan"),
    },
    "logs, figures and how AWS is paid": {
        *("AWS::CloudWatch::Dashboard", "AWS::Logs::LogGroup", "AWS::PricingPlanManager::Subscription"),
    },
}
"""The other types, by why nobody misses them."""


@pytest.fixture
def page() -> str:
    return PAGE.read_text(encoding="utf-8")


def test_whoever_reads_the_page_sees_what_would_be_deployed(cloud: Deployment, page: str) -> None:
    told = "docs/architecture.md is not what is deployed. Look at it, then: python -m tests.infra.architecture"
    assert filled(page, parts(cloud)) == page, told


def test_something_starts_each_function_and_the_page_says_what(cloud: Deployment) -> None:
    started = {each.end for each in found_in(cloud) if "." in each.end}
    assert started == set(cloud.functions())
    rows = parts(cloud)["functions"].splitlines()[2:]
    cells = {row.split(" | ")[0].strip("| `"): row.split(" | ")[1:3] for row in rows}
    assert cells.keys() == started
    assert all(does and starts for does, starts in cells.values())


def test_nothing_is_deployed_of_which_the_drawings_know_nothing(cloud: Deployment) -> None:
    kinds = {each["Type"] for each in cloud.resources.values()}
    assert kinds <= READ.union(*NOT_DRAWN.values())


def test_each_path_has_one_function(cloud: Deployment) -> None:
    paths = [path for each in routed(cloud).values() for path in each]
    assert len(paths) == len(set(paths)) == len(cloud.of_type("AWS::ApiGatewayV2::Route"))


def test_every_thing_that_is_drawn_has_words_and_every_word_is_needed(cloud: Deployment) -> None:
    drawn = {name for each in found_in(cloud) for name in (each.start, each.end) if "." not in name}
    assert drawn | set(TOGETHER.values()) == set(PLACES)


def test_what_the_overview_leaves_out_a_flow_shows() -> None:
    assert set().union(*(flow.members for flow in FLOWS.values())) >= ELSEWHERE


@pytest.mark.parametrize("flow", FLOWS.values(), ids=FLOWS)
def test_a_flow_hangs_together(cloud: Deployment, flow: Flow) -> None:
    """Who takes part is written down and who calls whom is not, so somebody could stand there alone."""
    reached = [each for each in without(found_in(cloud), FRONT - flow.members) if set(each[:2]) <= flow.members]
    assert {name for each in reached for name in (each.start, each.end)} == flow.members


def test_the_page_names_no_account_and_no_id_of_a_template(cloud: Deployment, page: str) -> None:
    assert cloud.stage.account not in page
    assert cloud.stage.domain not in page
    assert not re.search(r"\w[0-9A-F]{8}\b", page)


def test_the_page_leads_to_places_that_exist(page: str) -> None:
    for link in re.findall(r"\]\(([^)#]+)\)", page):
        assert (PAGE.parent / link).exists(), link


@pytest.mark.parametrize(
    ("expression", "words"),
    [
        ("rate(1 minute)", "each minute"),
        ("rate(15 minutes)", "every 15 minutes"),
        ("rate(1 hour)", "each hour"),
        ("cron(0 9 ? * MON *)", "Mondays at 09:00"),
        ("cron(30 7 * * ? *)", "each day at 07:30"),
    ],
)
def test_a_schedule_is_told_in_plain_words(expression: str, words: str) -> None:
    assert when(expression) == words


def test_what_is_left_out_is_bridged_in_the_words_of_what_comes_last() -> None:
    through = [
        Arrow("Post", "Topic", "reports"),
        Arrow("Topic", "Queue", ""),
        Arrow("Queue", "mail.feedback", "ten at once"),
    ]
    assert without(through, {"Topic", "Queue"}) == [Arrow("Post", "mail.feedback", "ten at once")]


def test_a_page_without_a_place_for_a_drawing_is_refused() -> None:
    with pytest.raises(ValueError, match="no place between <!-- overview: begin --> and <!-- overview: end -->"):
        filled("# How it fits together", {"overview": "..."})
