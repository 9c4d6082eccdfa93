"""The addresses that mail comes from, and the records that prove them ours (security requirement 54)."""

from tests.infra.deployment import Deployment, Properties


def test_service_mail_and_invitations_come_from_two_domains(deployment: Deployment) -> None:
    domain = deployment.stage.mail_domain
    identities = deployment.of_type("AWS::SES::EmailIdentity").values()
    assert {each["EmailIdentity"] for each in identities} == {f"account.{domain}", f"events.{domain}"}
    for identity in identities:
        assert identity["MailFromAttributes"]["MailFromDomain"] == f"bounce.{identity['EmailIdentity']}"


def test_requirement_54_every_message_is_signed_with_a_long_key(deployment: Deployment) -> None:
    for identity in deployment.of_type("AWS::SES::EmailIdentity").values():
        assert identity["DkimSigningAttributes"] == {"NextSigningKeyLength": "RSA_2048_BIT"}


def test_a_bounce_is_reported_once_and_not_mailed_to_the_address_of_the_invitations_too(deployment: Deployment) -> None:
    for identity in deployment.of_type("AWS::SES::EmailIdentity").values():
        assert identity["FeedbackAttributes"] == {"EmailForwardingEnabled": False}


def sets(deployment: Deployment) -> dict[str, Properties]:
    """Each configuration set, by what ``functions/mail/kinds.py`` calls it."""
    begins = f"{deployment.stage.prefix}-"
    found = deployment.of_type("AWS::SES::ConfigurationSet").values()
    # The mail service knows all names of an account, so those of two deployments differ.
    assert all(each["Name"].startswith(begins) for each in found)
    assert deployment.functions()["mail.send"]["Environment"]["Variables"]["DEPLOYMENT"] == deployment.stage.prefix
    return {each["Name"].removeprefix(begins): each for each in found}


def test_mail_travels_encrypted_and_not_after_it_is_of_use(deployment: Deployment) -> None:
    options = {name: each["DeliveryOptions"] for name, each in sets(deployment).items()}
    assert {name: each["MaxDeliverySeconds"] for name, each in options.items()} == {
        "signin": 900,
        "account": 50_400,
        "invites": 21_600,
        "digest": 50_400,
    }
    assert all(each["TlsPolicy"] == "REQUIRE" for each in options.values())


def test_requirement_48_a_complaint_about_an_invitation_never_stops_a_sign_in_code(deployment: Deployment) -> None:
    stops = {name: each["SuppressionOptions"]["SuppressedReasons"] for name, each in sets(deployment).items()}
    assert stops["signin"] == stops["account"] == ["BOUNCE"]
    assert stops["invites"] == stops["digest"] == ["BOUNCE", "COMPLAINT"]


def destinations(deployment: Deployment) -> dict[str, Properties]:
    """Where each configuration set reports to, by the logical id of the set."""
    found = deployment.of_type("AWS::SES::ConfigurationSetEventDestination").values()
    return {each["ConfigurationSetName"]["Ref"]: each["EventDestination"] for each in found}


def test_requirement_54_every_kind_of_mail_reports_what_became_of_it(deployment: Deployment) -> None:
    assert set(destinations(deployment)) == set(deployment.of_type("AWS::SES::ConfigurationSet"))
    topic = deployment.topic("MailSenders")
    for destination in destinations(deployment).values():
        assert destination["Enabled"]
        assert destination["SnsDestination"] == {"TopicARN": {"Ref": topic}}
        assert {"send", "reject", "bounce", "complaint", "delivery"} <= set(destination["MatchingEventTypes"])


def test_a_report_arrives_in_the_services_own_words(deployment: Deployment) -> None:
    topic = {"Ref": deployment.topic("MailSenders")}
    (subscription,) = (
        each for each in deployment.of_type("AWS::SNS::Subscription").values() if each["TopicArn"] == topic
    )
    assert subscription["Protocol"] == "sqs"
    assert subscription["RawMessageDelivery"]


def test_only_the_mail_service_and_only_for_this_account_may_report(deployment: Deployment) -> None:
    topic = {"Ref": deployment.topic("MailSenders")}
    (policy,) = (each for each in deployment.of_type("AWS::SNS::TopicPolicy").values() if each["Topics"] == [topic])
    allowed = [each for each in policy["PolicyDocument"]["Statement"] if each["Effect"] == "Allow"]
    assert len(allowed) == len(deployment.of_type("AWS::SES::ConfigurationSet"))
    for statement in allowed:
        assert statement["Action"] == "sns:Publish"
        assert statement["Principal"] == {"Service": "ses.amazonaws.com"}
        only_if = statement["Condition"]["StringEquals"]
        assert only_if["AWS:SourceAccount"] == deployment.stage.account
        assert ":configuration-set/" in str(only_if["AWS:SourceArn"])


def test_nobody_is_tracked(deployment: Deployment) -> None:
    assert all("TrackingOptions" not in each for each in deployment.of_type("AWS::SES::ConfigurationSet").values())
    for destination in destinations(deployment).values():
        assert not {"open", "click"} & set(destination["MatchingEventTypes"])


def test_the_domains_records_let_dkim_spf_and_dmarc_pass(cloud: Deployment) -> None:
    domain = cloud.stage.mail_domain
    records = [(str(each["Name"]), each["Type"]) for each in cloud.of_type("AWS::Route53::RecordSet").values()]
    for stream in ("account", "events"):
        assert (f"bounce.{stream}.{domain}", "MX") in records
        assert (f"bounce.{stream}.{domain}", "TXT") in records
        assert (f"_dmarc.{stream}.{domain}", "TXT") in records
    assert [kind for _, kind in records].count("CNAME") == 6


def test_this_machine_asks_no_public_dns(deployments: dict[str, Deployment]) -> None:
    assert deployments["local"].of_type("AWS::Route53::RecordSet") == {}
