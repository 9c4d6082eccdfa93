"""What is turned away at CloudFront before it costs anything: AWS WAF, its known attacks, and how often one may ask.

Five rules, as many as CloudFront's free plan allows.
"""

from aws_cdk import aws_wafv2 as wafv2
from constructs import Construct

from infra.stages import Stage

WINDOW = 300
"""Seconds over which requests are counted, for each address. AWS counts an IPv6 address by its network."""
MOST = 5_000
"""Requests of one address in that time.

On a Friday 200 people go in within a minute, and all of them may stand behind one proxy of the NHS. From the link in
the mail to the session, with signing in and the static files, that takes one of them 10 requests at most: 2,000. This
is two and a half times that, and a third of what the gateway takes from everybody together.
"""
MOST_AT_THE_DOORS = 1_200
"""Of these, requests to join, to sign in, or to confirm somebody's work.

To sign in takes 4 requests: 800 for those 200, and half as many again for slips. Each code costs a message, of which
``functions/membership/codes.py`` has its own, much narrower count.
"""
DOORS = ("/join", "/sign-in", "/vouch/")
"""How the paths begin that send codes, and that take codes and secrets."""

TYPED = (
    *("CrossSiteScripting_BODY", "CrossSiteScripting_QUERYARGUMENTS"),
    *("EC2MetaDataSSRF_BODY", "EC2MetaDataSSRF_QUERYARGUMENTS"),
    *("GenericLFI_BODY", "GenericLFI_QUERYARGUMENTS"),
    *("GenericRFI_BODY", "GenericRFI_QUERYARGUMENTS"),
    "RestrictedExtensions_QUERYARGUMENTS",
)
"""AWS's common rules that look for code in what people type.

People type "<3", "onclick=" and names of files, and search for "backup.log". Nothing of ours runs or opens what is
typed: requirements 40 and 51 are shown by tests. So these only count, and nobody's words are refused by a machine that
cannot say why.
"""
COUNTED = (
    *TYPED,
    # A form of ours may be 100 KB, and functions/kernel/forms.py refuses what is longer. This rule says 8 KB.
    "SizeRestrictions_BODY",
    # Whoever presses "stop" for a member of a mail service (RFC 8058) need not say which program it is.
    "NoUserAgent_HEADER",
)
"""The common rules that count what they find and let it pass."""

type Rule = wafv2.CfnWebACL.RuleProperty


class Firewall(wafv2.CfnWebACL):
    """The rules, in the order in which they look. What none of them blocks may pass.

    Requests are counted and none is kept: a sample of them would show people's addresses and the secrets in links.
    """

    def __init__(self, scope: Construct, construct_id: str, *, stage: Stage) -> None:
        super().__init__(
            scope,
            construct_id,
            name=f"{stage.prefix}-pages",
            scope="CLOUDFRONT",
            default_action=wafv2.CfnWebACL.DefaultActionProperty(allow={}),
            visibility_config=_counted(f"{stage.prefix}-pages"),
            rules=[
                _limit(0, "requests", MOST),
                _limit(1, "doors", MOST_AT_THE_DOORS, only=_begins_with_one_of(DOORS)),
                _known_to_aws(2, "AWSManagedRulesAmazonIpReputationList"),
                _known_to_aws(3, "AWSManagedRulesKnownBadInputsRuleSet"),
                _known_to_aws(4, "AWSManagedRulesCommonRuleSet", count=COUNTED),
            ],
        )


def _limit(place: int, name: str, most: int, *, only: wafv2.CfnWebACL.StatementProperty | None = None) -> Rule:
    return wafv2.CfnWebACL.RuleProperty(
        name=name,
        priority=place,
        action=wafv2.CfnWebACL.RuleActionProperty(block={}),
        visibility_config=_counted(name),
        statement=wafv2.CfnWebACL.StatementProperty(
            rate_based_statement=wafv2.CfnWebACL.RateBasedStatementProperty(
                aggregate_key_type="IP",
                evaluation_window_sec=WINDOW,
                limit=most,
                scope_down_statement=only,
            )
        ),
    )


def _known_to_aws(place: int, name: str, *, count: tuple[str, ...] = ()) -> Rule:
    """A group of rules that AWS keeps up to date, of which some only ``count``."""
    return wafv2.CfnWebACL.RuleProperty(
        name=name,
        priority=place,
        override_action=wafv2.CfnWebACL.OverrideActionProperty(none={}),
        visibility_config=_counted(name),
        statement=wafv2.CfnWebACL.StatementProperty(
            managed_rule_group_statement=wafv2.CfnWebACL.ManagedRuleGroupStatementProperty(
                vendor_name="AWS",
                name=name,
                rule_action_overrides=[
                    wafv2.CfnWebACL.RuleActionOverrideProperty(
                        name=each, action_to_use=wafv2.CfnWebACL.RuleActionProperty(count={})
                    )
                    for each in count
                ]
                or None,
            )
        ),
    )


def _begins_with_one_of(beginnings: tuple[str, ...]) -> wafv2.CfnWebACL.StatementProperty:
    return wafv2.CfnWebACL.StatementProperty(
        or_statement=wafv2.CfnWebACL.OrStatementProperty(
            statements=[
                wafv2.CfnWebACL.StatementProperty(
                    byte_match_statement=wafv2.CfnWebACL.ByteMatchStatementProperty(
                        field_to_match=wafv2.CfnWebACL.FieldToMatchProperty(uri_path={}),
                        positional_constraint="STARTS_WITH",
                        search_string=beginning,
                        # "/%6Aoin" is "/join" to the gateway as well.
                        text_transformations=[
                            wafv2.CfnWebACL.TextTransformationProperty(priority=0, type="URL_DECODE")
                        ],
                    )
                )
                for beginning in beginnings
            ]
        )
    )


def _counted(name: str) -> wafv2.CfnWebACL.VisibilityConfigProperty:
    return wafv2.CfnWebACL.VisibilityConfigProperty(
        cloud_watch_metrics_enabled=True, metric_name=name, sampled_requests_enabled=False
    )
