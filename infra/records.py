"""The records that lead people and mail to us: written where we may write them, and listed where we may not."""

from collections.abc import Sequence

from aws_cdk import CfnOutput, Stack
from aws_cdk import aws_route53 as route53
from constructs import Construct

from infra.record import OUTPUT, Record
from infra.stages import Stage

HOUR = "3600"
"""Seconds for which the world may remember a record."""


class Records(Construct):
    """The records of one stack.

    They are in the domain's zone at Route 53 where the stage names one. Otherwise each is an output of the stack,
    which ``psmn deploy`` shows. On this machine nobody asks the public DNS, and there are none.
    """

    def __init__(self, scope: Construct, *, stage: Stage) -> None:
        super().__init__(scope, OUTPUT)
        self._stage = stage

    def add(self, called: str, record: Record) -> None:
        """Tell the world a record, under a name by which the template knows it."""
        # Route 53 takes texts in quotation marks, as files of records do (RFC 1035 section 5.1).
        value = f'"{record.value}"' if record.type == "TXT" else record.value
        if not self._list(called, record):
            self._write(called, record.name, record.type, ttl=HOUR, resource_records=[value])

    def follow(self, called: str, name: str, target: str, *, target_zone: str, kinds: Sequence[str] = ("A",)) -> None:
        """Lead ``name`` to the addresses, of these ``kinds``, of an AWS service whose zone is ``target_zone``."""
        if not self._list(called, Record(name=name, type="ALIAS", value=target)):
            to = route53.CfnRecordSet.AliasTargetProperty(dns_name=target, hosted_zone_id=target_zone)
            for kind in kinds:
                self._write(f"{called}{kind}", name, kind, alias_target=to)

    def _list(self, called: str, record: Record) -> bool:
        """Whether there is no zone that we may write to, so that somebody else has to."""
        if self._stage.hosted_zone_id is not None:
            return False
        if self._stage.cloudfront is not None:
            CfnOutput(self, called, value=Stack.of(self).to_json_string(record.model_dump()))
        return True

    def _write(
        self,
        called: str,
        name: str,
        kind: str,
        *,
        ttl: str | None = None,
        resource_records: list[str] | None = None,
        alias_target: route53.CfnRecordSet.AliasTargetProperty | None = None,
    ) -> None:
        assert self._stage.hosted_zone_id
        route53.CfnRecordSet(
            self,
            called,
            hosted_zone_id=self._stage.hosted_zone_id,
            name=name,
            type=kind,
            ttl=ttl,
            resource_records=resource_records,
            alias_target=alias_target,
        )


def zone_of(scope: Construct, stage: Stage) -> route53.IHostedZone | None:
    """The zone in which a certificate can prove by itself that the domain is ours, where there is one."""
    if stage.hosted_zone_id is None:
        return None
    return route53.HostedZone.from_hosted_zone_attributes(
        scope, "Zone", hosted_zone_id=stage.hosted_zone_id, zone_name=stage.domain
    )
