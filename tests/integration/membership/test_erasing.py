"""Everything about one person handed out, everything about them deleted, and deleted again after a restore."""

import json
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

from functions.kernel import keys
from functions.kernel.errors import NotFound
from functions.kernel.kinds import BACKUPS_KEPT
from functions.kernel.table import Item
from functions.membership import erasures
from functions.membership.account import FINGERPRINT
from functions.membership.addresses import parse
from functions.membership.erasure_list import ERASURES, ErasureList
from functions.membership.holdings import Holdings
from functions.membership.model import Status
from functions.membership.store import Applications, Members, address_digest
from tests.canaries import BY_THE_CODE, FINGERPRINTS, ON_THE_WAY, PERSONAL, PLACES, somebody
from tests.coordinators import QUEUE, cora, settle, waiting, what_was_written
from tests.integration.membership.conftest import Psmn
from tests.network import ENVIRONMENT, TABLE, Network, code_in, link_in, text_of
from tests.people import ANN, PAT, SAM, VERA

BUCKET = ENVIRONMENT["LIBRARY_BUCKET"]


def mentioning(network: Network, *words: str) -> list[str]:
    """The kinds of the items in which one of the words stands."""
    found = (json.dumps(item, ensure_ascii=False) for item in network.everything())
    kinds = (item["kind"] for item in network.everything())
    return sorted(kind for kind, text in zip(kinds, found, strict=True) if any(word in text for word in words))


def objects() -> dict[str, str]:
    """The list of erasures, as it is kept."""
    s3 = boto3.client("s3")
    found = s3.list_objects_v2(Bucket=BUCKET, Prefix=ERASURES).get("Contents", [])
    names = [entry["Key"] for entry in found]
    return {name: s3.get_object(Bucket=BUCKET, Key=name)["Body"].read().decode() for name in names}


def handed_out(psmn: Psmn, address: str) -> dict[str, list[dict[str, Any]]]:
    result = psmn("members", "export", address)
    assert result.exit_code == 0, result.output
    return {each["kind"]: each["items"] for each in json.loads(result.stdout)["held"]}


def receipt(psmn: Psmn, address: str) -> dict[str, Any]:
    result = psmn("members", "erase", address, "--yes", "--json")
    assert result.exit_code == 0, result.output
    told: dict[str, Any] = json.loads(result.stdout)
    return told


def test_there_is_a_canary_for_every_kind_that_is_marked_personal() -> None:
    """A new kind that is personal fails here until somebody has said where its canary stands."""
    assert PLACES.keys() | BY_THE_CODE | ON_THE_WAY == PERSONAL


def test_requirement_62_every_canary_about_ann_is_handed_out_to_her_and_none_about_ben(
    network: Network, psmn: Psmn
) -> None:
    ann, _ = somebody(network, "ann"), somebody(network, "ben")

    held = handed_out(psmn, "Ann@NHS.net")

    for kind in PERSONAL - FINGERPRINTS - ON_THE_WAY:
        assert ann.word(kind) in json.dumps(held[kind]), kind
    for kind in FINGERPRINTS:
        assert len(held[kind]) == 1, kind
    assert "canary-ben" not in json.dumps(held)
    assert FINGERPRINT in json.dumps(held)


def test_requirement_69_that_it_was_handed_out_is_written_down_where_ann_sees_it(network: Network, psmn: Psmn) -> None:
    ann = network.member(ANN["name"], ANN["email"])

    handed_out(psmn, ANN["email"])

    assert what_was_written(network, ann.id) == ["exported"]
    page = network.signed_in(ANN["email"]).get("/account/data")
    assert "exported" in page.words
    assert "the administrator" in page.words


def test_requirement_63_erasing_removes_every_canary_about_ann_and_leaves_bens(network: Network, psmn: Psmn) -> None:
    ann, ben = somebody(network, "ann"), somebody(network, "ben")
    before = mentioning(network, "canary-ben")

    told = receipt(psmn, "ann@nhs.net")
    assert mentioning(network, "canary-ann") == ["complaint", "resource"]
    network.clock.move(minutes=20)
    assert settle(network)["leavers"] == 1

    assert mentioning(network, "canary-ann") == ["complaint", "resource"], (
        "what was shared stays, and is nobody's; a complaint stays, because the law has us keep it"
    )
    assert network.table.get(keys.resource(ann.own)) == {
        "pk": keys.resource(ann.own).pk,
        "sk": "RESOURCE",
        "kind": "resource",
        "id": ann.own,
        "words": ann.word("resource"),
    }
    left = {item["kind"] for item in network.everything() if ann.member.address_digest in json.dumps(item)}
    assert left == {"complaint", "suppressed", "trouble", "limit", "erased", "mail"}
    assert mentioning(network, ann.member.address) == ["mail"], "the receipt"
    assert mentioning(network, "canary-ben") == before
    assert network.table.get(keys.member(ben.member.id)) is not None
    assert what_was_written(network, ann.member.id) == ["erased"]
    assert told["receipt_by_email"]
    assert not any("canary" in text for text in objects().values())


def test_ann_gets_a_receipt_that_says_what_stays_and_for_how_long(network: Network, psmn: Psmn) -> None:
    network.member(ANN["name"], ANN["email"])

    result = psmn("members", "erase", ANN["email"], "--yes")

    (letter,) = network.inbox(ANN["email"])
    assert letter["subject"] == "We have deleted what we held about you"
    assert f"for up to {BACKUPS_KEPT.days} days" in text_of(letter)
    assert "It is in no backup after Monday 28 December 2026." in result.output
    assert "Your name, email address, role" in result.output
    (row,) = (item["key"] for item in network.everything() if item["kind"] == "mail")
    network.clock.move(days=31)
    assert network.table.get(keys.mail(row)) is None


def test_nothing_is_deleted_before_a_yes_and_nothing_twice(network: Network, psmn: Psmn) -> None:
    ann = network.member(ANN["name"], ANN["email"])

    refused = psmn("members", "erase", ANN["email"])

    assert refused.exit_code == 1
    assert Members(network.table).get(ann.id) == ann
    receipt(psmn, ANN["email"])
    network.deliver()
    again = psmn("members", "erase", ANN["email"], "--yes")
    assert (again.exit_code, again.output) == (1, "Error: Nothing is held about this address.\n")
    assert psmn("members", "erase", "--yes").exit_code == 2
    assert psmn("members", "erase", "ann.example", "--yes").exit_code == 2


def test_somebody_who_waits_for_a_decision_is_erased_and_is_out_of_the_queue(network: Network, psmn: Psmn) -> None:
    network.join(SAM)
    network.deliver()
    application = waiting(network)[0]

    receipt(psmn, SAM["email"])

    assert waiting(network) == []
    assert mentioning(network, SAM["name"], application.id) == ["audit", "audit", "erasure"]
    assert network.inbox(SAM["email"])[-1]["subject"] == "We have deleted what we held about you"
    network.clock.move(hours=1)
    settle(network)
    assert "Sam Seller" not in cora(network).get(QUEUE).words
    network.join(SAM)
    assert len(waiting(network)) == 1


def test_what_was_only_typed_is_erased_without_a_letter(network: Network, psmn: Psmn) -> None:
    browser = network.begin(ANN)
    browser.post("/join/about-you", {name: value for name, value in ANN.items() if name != "email"})
    network.browser().post("/sign-in", email=ANN["email"])
    network.deliver()
    assert mentioning(network, ANN["name"], ANN["email"]) == ["draft", "mail", "mail"]
    letters = len(network.inbox(ANN["email"]))

    told = receipt(psmn, ANN["email"])

    assert mentioning(network, ANN["name"], ANN["email"]) == []
    assert not told["receipt_by_email"]
    assert len(network.inbox(ANN["email"])) == letters
    assert "What you typed while joining, before you sent it" in told["deleted"]


@pytest.mark.parametrize("answered", [True, False])
def test_a_contact_who_is_no_member_is_erased_and_nobody_waits_for_them(
    network: Network, psmn: Psmn, answered: bool
) -> None:
    network.join({**PAT, "voucher_name": VERA["name"], "voucher_email": VERA["email"]})
    asked = network.inbox(VERA["email"])[-1]
    if answered:
        network.browser().post(link_in(asked, "/vouch/"), code=code_in(asked), answer="yes")
        network.deliver()
    network.clock.move(minutes=1)

    receipt(psmn, VERA["email"])

    assert mentioning(network, VERA["name"], VERA["email"]) == []
    digest = address_digest(parse(PAT["email"]).key)
    application = Applications(network.table).get(
        (Applications(network.table).of_address(digest) or {})["application_id"]
    )
    assert application is not None
    assert application.status is (Status.ACCEPTED if answered else Status.WAITING)
    assert [each.id for each in waiting(network)] == ([] if answered else [application.id])
    network.clock.move(days=8)
    assert settle(network)["failed"] == 0


def test_requirement_19_the_last_coordinator_is_not_erased(network: Network, psmn: Psmn) -> None:
    browser = cora(network)
    (member,) = Members(network.table).every()

    result = psmn("members", "erase", member.address, "--yes")

    assert result.exit_code == 1
    assert "This is the only coordinator. Somebody else has to be made one first." in result.output
    assert browser.get("/coordinate").status == 200


def test_each_erasure_is_on_the_list_within_a_minute_and_the_list_names_nobody(network: Network, psmn: Psmn) -> None:
    ann = network.member(ANN["name"], ANN["email"])
    network.signed_in(ANN["email"]).post("/account/leave")

    network.clock.move(minutes=1)
    settle(network)
    settle(network)

    (entry,) = objects().values()
    told = json.loads(entry)
    assert told.keys() == {"id", "at", "address_digest", "member_id"}
    assert told["member_id"] == ann.id
    assert "listed" not in entry


def test_a_list_that_cannot_be_written_is_written_later(
    network: Network, psmn: Psmn, monkeypatch: pytest.MonkeyPatch
) -> None:
    network.member(ANN["name"], ANN["email"])
    receipt(psmn, ANN["email"])
    network.clock.move(minutes=20)

    def down(*_: object) -> None:
        raise ClientError({"Error": {"Code": "InternalError"}}, "PutObject")

    with monkeypatch.context() as broken:
        broken.setattr(ErasureList, "add", down)
        assert settle(network)["failed"] == 1
    assert objects() == {}

    assert settle(network)["leavers"] == 1
    assert len(objects()) == 1


def restore(network: Network, backup: list[Item]) -> None:
    """Put the table back to what it was when the backup was made."""
    client = network.table.client
    for image in client.scan(TableName=TABLE)["Items"]:
        client.delete_item(TableName=TABLE, Key={name: image[name] for name in ("pk", "sk")})
    for image in backup:
        client.put_item(TableName=TABLE, Item=image)


def test_requirement_63_a_restore_erases_again_whoever_was_erased_since_and_nobody_else(
    network: Network, psmn: Psmn
) -> None:
    """Ann is erased by the administrator, Cora leaves, Sam's application is erased. Ben stays."""
    ann, ben = somebody(network, "ann"), somebody(network, "ben")
    coras = cora(network)
    network.join(SAM)
    network.member("Dev Example", "dev.example@nhs.net", coordinator=True)
    backup = network.table.client.scan(TableName=TABLE)["Items"]
    for address in ("ann@nhs.net", SAM["email"]):
        receipt(psmn, address)
    coras.post("/account/leave")
    network.clock.move(minutes=20)
    assert settle(network)["leavers"] == 3
    restore(network, backup)
    assert len(mentioning(network, "canary-ann")) > 10

    results = [json.loads(psmn("members", "erase", "--again-from-list", "--yes", "--json").stdout) for _ in range(2)]

    assert results == [{"erased_again": 3}, {"erased_again": 0}]
    assert mentioning(network, "canary-ann") == ["complaint", "resource"]
    assert mentioning(network, SAM["name"]) == []
    assert [member.name for member in Members(network.table).every() if member.status == "member"] in (
        [ben.member.name, "Dev Example"],
        ["Dev Example", ben.member.name],
    )
    assert what_was_written(network, ann.member.id) == ["erased again"]
    assert network.table.get(keys.erased(address_digest(SAM["email"]))) is not None
    assert settle(network)["leavers"] == 3
    assert "no longer" not in psmn("coordinators", "list").output
    assert psmn("coordinators", "list").output.startswith("Dev Example, dev.example@nhs.net")


def test_a_restore_leaves_a_membership_alone_that_began_after_the_erasure(network: Network, psmn: Psmn) -> None:
    network.join(ANN).post("/account/leave")
    network.clock.move(minutes=20)
    settle(network)
    network.clock.move(hours=1)
    network.join(ANN)
    network.clock.move(minutes=1)

    result = json.loads(psmn("members", "erase", "--again-from-list", "--yes", "--json").stdout)

    assert result == {"erased_again": 0}
    assert network.signed_in(ANN["email"]).get("/account").status == 200


def test_nothing_held_is_told_as_that(network: Network) -> None:
    with pytest.raises(NotFound, match="Nothing is held about this address"):
        erasures.erase(
            address_digest(ANN["email"]), by="administrator", holdings=Holdings(network.table), now=network.clock.now()
        )
