"""The audit log is sealed each hour, and afterwards nobody changes a line without a trace (security requirement 70)."""

from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta

import boto3
import pytest
from botocore.exceptions import BotoCoreError, ClientError

from cli.audit import verified
from functions.audit import jobs, sealing
from functions.audit.checking import Report, Wrong
from functions.audit.store import AuditLog
from functions.kernel import audit, keys
from functions.kernel.errors import Clash, Unavailable
from functions.kernel.keys import Key
from functions.kernel.table import change, delete
from tests.conftest import running
from tests.faults import Crash, Kind, before_every_service, places_in
from tests.integration.audit.conftest import cloud, kinds_for, seal
from tests.network import ENVIRONMENT, TABLE, Network


def note(network: Network, *whats: str, at: datetime | None = None) -> list[Key]:
    """Write lines about Ann, a second apart."""
    written = []
    for what in whats:
        network.clock.move(seconds=1)
        line = audit.line("ann", what, by="cora", now=at or network.clock.now())
        network.table.write(line)
        item = line.parameters["Item"]
        written.append(Key(item["pk"]["S"], item["sk"]["S"]))
    return written


def verify(network: Network) -> Report:
    """What ``psmn audit verify`` says."""
    return verified(cloud(), network.clock.now())


def what_is_wrong(network: Network) -> set[Wrong]:
    return {finding.wrong for finding in verify(network).findings}


def test_lines_are_sealed_within_the_hour_once_they_have_settled(network: Network) -> None:
    note(network, "one", "two")
    assert seal(network, minutes=5) == {"seals": 0, "lines": 0}
    assert (verify(network).waiting, verify(network).lines) == (2, 0)
    assert seal(network, hours=1) == {"seals": 1, "lines": 2}
    assert seal(network, hours=1) == {"seals": 0, "lines": 0}
    report = verify(network)
    assert (report.is_whole, report.waiting, report.lines) == (True, 0, 2)


def test_each_seal_stands_on_the_one_before_and_its_copy_is_in_the_safe(network: Network) -> None:
    for what in ("one", "two", "three"):
        note(network, what)
        seal(network, hours=1)
    third, second, first = AuditLog(network.table).seals()
    assert [each.number for each in (first, second, third)] == [1, 2, 3]
    assert (second.previous, third.previous) == (first.digest, second.digest)
    kept = boto3.client("s3").get_object(Bucket=ENVIRONMENT["SEALS_BUCKET"], Key=third.copy_name)
    assert kept["Body"].read().decode() == third.text


def test_a_line_of_a_job_that_ran_late_is_sealed_though_its_moment_is_long_past(network: Network) -> None:
    note(network, "one")
    seal(network, hours=1)
    note(network, "late", at=network.clock.now() - timedelta(days=2))
    assert seal(network, hours=1) == {"seals": 1, "lines": 1}
    assert verify(network).is_whole


def test_a_line_that_the_index_was_late_to_show_goes_into_the_next_seal(network: Network) -> None:
    """Nothing but the order in which the two become visible is different here."""
    (late,) = note(network, "late")
    network.table.write(change(late, remove=("gsi1pk",)))
    note(network, "two")
    assert seal(network, minutes=30)["lines"] == 1
    network.table.write(change(late, set={"gsi1pk": keys.LINES}))
    note(network, "three")
    assert seal(network, minutes=30)["lines"] == 2
    assert verify(network).is_whole


def test_more_lines_than_fit_one_seal_get_several(network: Network, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sealing, "MOST_LINES", 2)
    note(network, *"abcde")
    assert seal(network, hours=1) == {"seals": 3, "lines": 5}
    note(network, "f")
    assert seal(network, hours=1) == {"seals": 1, "lines": 1}
    assert verify(network).is_whole


def test_two_runs_at_once_make_no_two_seals_of_one_number(network: Network) -> None:
    note(network, "one")
    network.clock.move(hours=1)
    log, at = AuditLog(network.table), network.clock.now()
    before = jobs.safe()
    sealing.seal(log=log, safe=before, at=at)
    (first,) = log.seals()
    with pytest.raises(Clash):
        log.add(first.model_copy(update={"at": at + timedelta(minutes=1)}))
    assert list(log.seals()) == [first]


@pytest.mark.parametrize(
    ("tamper", "wrong"),
    [
        (lambda key: change(key, set={"by": "somebody else"}), Wrong.EDITED),
        (lambda key: change(key, set={"expires_at": 1}), Wrong.EDITED),
        (lambda key: change(key, remove=("gsi1pk", "gsi1sk")), Wrong.EDITED),
        (delete, Wrong.DELETED),
    ],
)
def test_requirement_70_a_line_that_is_changed_in_the_table_is_found(
    network: Network, tamper: Callable[[Key], object], wrong: Wrong
) -> None:
    key, _ = note(network, "one", "two")
    seal(network, hours=1)
    network.table.write(tamper(key))  # type: ignore[arg-type] # Each of them makes a write.
    assert what_is_wrong(network) == {wrong}


def test_requirement_70_a_line_that_is_put_in_among_the_others_is_found(network: Network) -> None:
    note(network, "one", "two")
    seal(network, hours=1)
    network.put(
        "audit", keys.audit("ann", "2026-11-20T10:00:00Z", "0"), {"what": "no", "by": "cora", "expires_at": 9**11}
    )
    assert what_is_wrong(network) == {Wrong.INSERTED}


def test_requirement_70_a_value_that_we_never_keep_is_a_change_and_not_a_crash(network: Network) -> None:
    (key,) = note(network, "one")
    seal(network, hours=1)
    values = {":b": {"B": b"bytes"}}
    where = {"pk": {"S": key.pk}, "sk": {"S": key.sk}}
    boto3.client("dynamodb").update_item(
        TableName=TABLE, Key=where, UpdateExpression="SET facts = :b", ExpressionAttributeValues=values
    )
    assert what_is_wrong(network) == {Wrong.EDITED}


def test_requirement_70_the_last_seal_cannot_be_taken_away_with_its_lines_nor_its_copy_hidden(network: Network) -> None:
    note(network, "one")
    seal(network, hours=1)
    (key,) = note(network, "two")
    seal(network, hours=1)
    newest = next(AuditLog(network.table).seals())
    network.table.write(delete(key))
    network.table.write(delete(keys.seal(newest.number)))
    boto3.client("s3").delete_object(Bucket=ENVIRONMENT["SEALS_BUCKET"], Key=newest.copy_name)
    assert what_is_wrong(network) == {Wrong.SEAL_MISSING}


def test_requirements_72_and_82_one_fault_at_any_call_of_the_sealing_leaves_every_line_sealed_once() -> None:
    def walk(at: int | None = None, kind: Kind = Kind.FAULT) -> list[str]:
        with pytest.MonkeyPatch.context() as patch, before_every_service(patch) as faults, running(patch) as network:
            note(network, "one")
            seal(network, hours=1)
            note(network, "two", "three")
            faults.arm(at, kind)
            for _ in range(2):
                with suppress(Crash, Clash, Unavailable, BotoCoreError, ClientError):
                    seal(network, hours=1)
                faults.heal()
            made = list(faults.made)
            faults.arm()
            report = verify(network)
            assert (report.is_whole, report.lines, report.waiting) == (True, 3, 0), (at, kind, report.findings)
            kept = jobs.safe().client.list_object_versions(Bucket=ENVIRONMENT["SEALS_BUCKET"])["Versions"]
            assert len({each["Key"] for each in kept}) == len(list(AuditLog(network.table).seals())), (at, kind)
            return made

    for at, name in places_in(walk()):
        for kind in kinds_for(name):
            walk(at, kind)
