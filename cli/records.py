"""The records of a domain that a deployment asks somebody to add, where the stage names no zone at Route 53."""

from collections.abc import Iterator, Sequence

import boto3

from infra.record import OUTPUT, Record
from infra.stages import EDGE_REGION, Stage

ELSEWHERE = """This stage has no zone at Route 53, so AWS waits until a record of yours proves that {domain} is yours.
AWS shows it while this runs, once, in Certificate Manager: the record is the same in {region} and {edge}.
https://{region}.console.aws.amazon.com/acm/home?region={region}#/certificates/list"""


def records_of(stage: Stage) -> list[Record]:
    """The records that the stacks ask somebody to add. There are none where the stage names a zone."""
    found = []
    for stack, region in (("service", stage.region), ("edge", EDGE_REGION)):
        cloudformation = boto3.client("cloudformation", region_name=region)
        (described,) = cloudformation.describe_stacks(StackName=f"{stage.prefix}-{stack}")["Stacks"]
        found += [
            Record.model_validate_json(output["OutputValue"])
            for output in described.get("Outputs", [])
            if output["OutputKey"].startswith(OUTPUT)
        ]
    return sorted(found, key=lambda record: (record.name.split(".")[::-1], record.type))


def listed(records: Sequence[Record]) -> Iterator[str]:
    """The records as a person reads them, in lines."""
    yield ""
    yield "Add these records where the records of the domain are kept, unless they are there already:"
    yield ""
    widths = [max(map(len, column)) for column in zip(*((each.name, each.type) for each in records), strict=True)]
    for each in records:
        yield f"{each.name:<{widths[0]}}  {each.type:<{widths[1]}}  {each.value}"
    yield ""
    yield "ALIAS is called ANAME or a flattened CNAME by some. Where a name is not the top of its domain, use CNAME."
