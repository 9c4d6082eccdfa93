"""What the scanners of our template find and we accept, with the reason, on the resource that it is about.

cdk-nag reads its acknowledgements while the template is made; checkov reads them in the template's ``Metadata``.
"""

from collections.abc import Mapping

from aws_cdk import Acknowledgment, CfnResource, Validations
from constructs import Construct

CHECKOV = "CKV_"
NO_KEY_OF_OUR_OWN = (
    "AWS encrypts it with a key of its own. One of ours costs a dollar a month and can be lost, and whoever could read "
    "this without it could use it as well."
)


def accept(construct: Construct, findings: Mapping[str, str]) -> None:
    """Accept ``findings`` about a construct, each by its id ("CKV_AWS_18", "AwsSolutions-S1") and with a reason."""
    skipped = []
    for finding, reason in findings.items():
        if finding.startswith(CHECKOV):
            skipped.append({"id": finding, "comment": reason})
        else:
            pack = finding.partition("-")[0]
            Validations.of(construct).acknowledge(Acknowledgment(id=f"{pack}::{finding}", reason=reason))
    if skipped:
        resource = construct if isinstance(construct, CfnResource) else construct.node.default_child
        assert isinstance(resource, CfnResource)
        before = resource.get_metadata("checkov") or {"skip": []}
        resource.add_metadata("checkov", {"skip": [*before["skip"], *skipped]})
