"""A member's own account: what is held about them, signing out everywhere, and leaving."""

import json
from contextlib import suppress
from typing import Any

import pytest

from functions.invites import jobs as invites
from functions.kernel import clock, keys, kinds
from functions.kernel.keys import Key
from functions.kernel.table import Table, Write, put, unmarshal
from functions.membership import account, erasures, jobs
from functions.membership.holdings import Holdings
from functions.membership.model import Member
from functions.membership.store import Applications, Members
from functions.sessions.store import Feeds
from tests.inbound import arrival, put_in_the_bucket
from tests.inbound import words as from_a_person
from tests.network import TABLE, Network, code_in, link_in, text_of
from tests.people import ANN, CORA, PAT, VERA
from tests.web import Browser


def items(network: Network) -> list[dict[str, Any]]:
    """Everything in the table that has not expired."""
    answer = network.table.client.scan(TableName=TABLE)
    found = [unmarshal(image) for image in answer["Items"]]
    return [item for item in found if item.get("expires_at", 2**40) > clock.epoch(network.clock.now())]


def mentioning(network: Network, *words: str) -> list[str]:
    """The kinds of the items in which one of the words stands."""
    return sorted(
        item["kind"] for item in items(network) if any(word in json.dumps(item, ensure_ascii=False) for word in words)
    )


def settle(network: Network) -> dict[str, int]:
    return jobs.settle({"network": "psmn", "at": clock.stamp(network.clock.now())}, None)


def pat_with_a_contact(network: Network) -> Browser:
    """Pat, whom Vera has confirmed, with an item of every kind that a member can have."""
    network.join({**PAT, "voucher_name": VERA["name"], "voucher_email": VERA["email"]})
    asked = network.inbox(VERA["email"])[-1]
    network.browser().post(link_in(asked, "/vouch/"), code=code_in(asked), answer="yes")
    network.clock.move(hours=1)
    browser = network.signed_in(PAT["email"])
    browser.post("/account/emails", invites="stop")
    Feeds(network.table).put(member_of(network, PAT["email"]).id, "a digest", network.clock.now())
    invites.hear(
        put_in_the_bucket(arrival("pat", at=clock.stamp(clock.now())), from_a_person("Hello", PAT["email"])), None
    )
    network.deliver()
    return browser


def member_of(network: Network, address: str) -> Member:
    return next(member for member in Members(network.table).every() if member.address == address)


def test_ann_sees_what_she_told_us_in_the_words_she_chose(network: Network) -> None:
    browser = network.join({**ANN, "networks": ["psp", "icb"]})

    page = browser.get("/account")

    for words in (
        "Ann Example",
        ANN["email"],
        "I manage or lead patient safety",
        "England",
        "Patient safety partners",
    ):
        assert words in page.words
    assert "Member since Monday 23 November 2026, 10am" in page.words


def test_requirement_62_everything_held_about_pat_is_on_one_page_and_in_one_file(network: Network) -> None:
    browser = pat_with_a_contact(network)

    page = browser.get("/account/data")
    file = browser.get("/account/data?as=json")

    for kind in kinds.KINDS:
        if kind.personal:
            assert kind.words in page.words
            assert kind.retention in page.words
    assert file.headers["content-disposition"] == 'attachment; filename="what-we-hold-about-you.json"'
    held = {each["kind"]: each["items"] for each in file.json}
    nothing = {name for name, found in held.items() if not found}
    assert nothing == {"ask", "suppressed", "answer", "attendance", "trouble", "new-address"} | {
        "complaint",
        "still-you",
        "second-factor",
        "new-second-factor",
        "share",
        "resource",
        "erasure",
        "erased",
    }
    assert (held["member"][0]["name"], held["member"][0]["address"]) == (PAT["name"], PAT["email"])
    assert f"Address {PAT['email']}" in page.words
    assert "Joined at Monday 23 November 2026, 10am" in page.words
    assert held["application"][0]["answers"]["voucher_email"] == VERA["email"]
    assert held["address"][0]["member_id"] == member_of(network, PAT["email"]).id
    assert {"A02", "joined"} <= {value for line in held["audit"] for value in line.values()}
    assert {each["what"] for each in held["mail"]} >= {"We have your application", "You are a member"}


def test_no_secret_and_no_digest_is_in_the_file(network: Network) -> None:
    browser = pat_with_a_contact(network)

    text = browser.get("/account/data?as=json").text

    member = member_of(network, PAT["email"])
    assert account.FINGERPRINT in text
    assert member.address_digest not in text
    digests = [
        value
        for item in items(network)
        for name, value in item.items()
        if name.endswith("_digest") or name == "standing"
    ]
    assert digests
    assert not any(digest in text for digest in digests)


def test_what_the_contact_answered_stays_between_them_and_us(network: Network) -> None:
    network.join({**PAT, "voucher_name": VERA["name"], "voucher_email": VERA["email"]})
    asked = network.inbox(VERA["email"])[-1]
    network.browser().post(link_in(asked, "/vouch/"), code=code_in(asked), answer="yes")
    network.clock.move(minutes=1)

    text = network.signed_in(PAT["email"]).get("/account/data?as=json").text

    assert account.CONFIDENCE in text
    assert "contact answered yes" not in text
    assert "Thank you for answering" not in text


def test_vera_sees_that_she_confirmed_somebody_and_nothing_about_them(network: Network) -> None:
    network.member(VERA["name"], VERA["email"])
    pat_with_a_contact(network)

    file = network.signed_in(VERA["email"]).get("/account/data?as=json")

    held = {each["kind"]: each["items"] for each in file.json}
    assert [each["answer"] for each in held["vouch"]] == ["yes"]
    assert PAT["name"] not in file.text
    assert PAT["email"] not in file.text


def test_ann_sees_that_a_coordinator_looked_her_up_and_not_which(network: Network) -> None:
    ann = network.member(ANN["name"], ANN["email"])
    coordinator = network.member(CORA["name"], CORA["email"], coordinator=True)
    network.signed_in(CORA["email"]).post("/coordinate/members", email=ANN["email"])

    page = network.signed_in(ANN["email"]).get("/account/data")

    assert "looked up" in page.words
    assert "a coordinator" in page.words
    assert coordinator.id not in page.text
    assert ann.id in page.text


def test_requirement_8_signing_out_everywhere_ends_every_sign_in_at_once(network: Network) -> None:
    network.member(ANN["name"], ANN["email"])
    phone, desk = network.signed_in(ANN["email"]), network.signed_in(ANN["email"])
    stolen = dict(phone.cookies)
    network.clock.move(days=5)

    answer = phone.post("/account/sign-out-everywhere")

    assert (answer.status, answer.location) == (303, "/sign-in")
    assert "__Host-member" not in phone.cookies
    phone.cookies.update(stolen)
    for browser in (phone, desk):
        assert browser.get("/account").location == "/sign-in?next=%2Faccount"


def test_ann_reads_what_is_deleted_before_she_presses(network: Network) -> None:
    network.member(ANN["name"], ANN["email"])
    browser = network.signed_in(ANN["email"])

    page = browser.get("/account/leave")

    assert "You can leave at any time, without a reason." in page.words
    assert "your private calendar address" in page.words
    assert browser.get("/account").status == 200


def test_requirement_63_after_pat_leaves_nothing_names_pat_but_the_receipt(network: Network) -> None:
    browser = pat_with_a_contact(network)
    member = member_of(network, PAT["email"])

    answer = browser.post("/account/leave")

    assert (answer.status, answer.location) == (303, "/left")
    assert "You have left the network" in browser.get("/left").title
    receipt = network.inbox(PAT["email"])[-1]
    network.clock.move(minutes=20)
    settle(network)
    network.clock.move(hours=25)
    assert mentioning(network, PAT["email"], PAT["name"], VERA["email"], VERA["name"]) == ["mail"]
    assert mentioning(network, member.id, str(member.application_id)) == ["audit"] * len(
        [item for item in items(network) if item["kind"] == "audit"]
    )
    assert receipt["subject"] == "You have left the Patient Safety Management Network"
    assert receipt["to"].addresses[0].addr_spec == PAT["email"]
    assert "You can join again at any time." in text_of(receipt)
    network.clock.move(days=31)
    assert mentioning(network, PAT["email"], PAT["name"]) == []


def test_the_moment_pat_has_left_nothing_in_the_table_names_pat_but_mail_that_expires(
    network: Network,
) -> None:
    browser = pat_with_a_contact(network)
    network.clock.move(hours=25)

    browser.post("/account/leave")

    assert mentioning(network, PAT["email"], PAT["name"]) == ["mail"]


def test_ann_can_leave_after_a_week_away(network: Network) -> None:
    network.member(ANN["name"], ANN["email"])
    browser = network.signed_in(ANN["email"])
    network.clock.move(days=7)

    assert browser.post("/account/leave").location == "/left"


def test_requirement_9_every_sign_in_ends_when_ann_leaves(network: Network) -> None:
    network.member(ANN["name"], ANN["email"])
    phone, desk = network.signed_in(ANN["email"]), network.signed_in(ANN["email"])
    stolen = dict(phone.cookies)

    phone.post("/account/leave")

    phone.cookies.update(stolen)
    for browser in (phone, desk):
        assert browser.get("/account").status == 303
        assert browser.post("/account/leave").location.startswith("/sign-in")
    network.clock.move(minutes=1)
    asked = network.browser()
    asked.post("/sign-in", email=ANN["email"])
    assert network.inbox(ANN["email"])[-1]["subject"] == "No member has this email address"


def test_leaving_twice_is_leaving_once(network: Network) -> None:
    network.member(ANN["name"], ANN["email"])
    member = member_of(network, ANN["email"])
    holdings = Holdings(network.table)

    erasures.leave(member, holdings=holdings, now=network.clock.now())
    network.clock.move(seconds=2)
    erasures.leave(member, holdings=holdings, now=network.clock.now())

    receipts = [mail for mail in network.inbox(ANN["email"]) if "You have left" in str(mail["subject"])]
    assert len(receipts) == 1
    lines = network.table.children(keys.audit(member.id, "", "").pk)
    assert [line["what"] for line in lines] == ["left"]


def test_ann_can_join_again_at_once_as_somebody_new(network: Network) -> None:
    browser = network.join(ANN)
    before = member_of(network, ANN["email"])
    browser.post("/account/leave")
    network.clock.move(hours=1)
    settle(network)

    again = network.join(ANN)

    assert again.get("/join/outcome").reason == "A01"
    after = member_of(network, ANN["email"])
    assert after.id != before.id
    assert settle(network)["leavers"] == 0
    assert again.get("/account").status == 200


class Crash(BaseException):
    """The process ends here."""


class Fragile(Table):
    """A table whose process ends at one of its writes."""

    left = 0

    def _count(self) -> None:
        Fragile.left -= 1
        if Fragile.left < 0:
            raise Crash

    def transact(self, writes: Any) -> None:
        """End, or write."""
        self._count()
        super().transact(writes)

    def write(self, write: Write) -> None:
        """End, or write."""
        self._count()
        super().write(write)


@pytest.mark.parametrize("survives", range(4))
def test_requirement_72_a_crash_half_way_through_leaving_is_finished_by_the_job(
    network: Network, survives: int
) -> None:
    pat_with_a_contact(network)
    member = member_of(network, PAT["email"])
    fragile = Fragile(network.table.name, network.table.client)
    Fragile.left = survives
    with suppress(Crash):
        erasures.leave(member, holdings=Holdings(fragile), now=network.clock.now())
    left = Members(network.table).table.get(keys.member(member.id))
    assert left is not None
    if survives == 0:
        assert left["status"] == "member"
        return

    network.clock.move(minutes=16)
    counts = settle(network)

    assert counts["leavers"] == 1
    network.clock.move(hours=25)
    assert mentioning(network, PAT["email"], PAT["name"], VERA["email"]) == ["mail"]
    assert settle(network)["leavers"] == 0


def test_what_was_being_written_while_pat_left_is_deleted_too(network: Network) -> None:
    browser = pat_with_a_contact(network)
    member = member_of(network, PAT["email"])
    network.clock.move(hours=25)
    browser.post("/account/leave")
    late = Key(keys.member(member.id).pk, "MAIL-CHOICES")
    network.table.write(put("mail-choices", late, {"invites_stopped_at": clock.stamp(network.clock.now())}))

    network.clock.move(minutes=16)
    settle(network)

    assert network.table.children(late.pk) == []


def test_leaving_leaves_everybody_else_as_they_were(network: Network) -> None:
    network.join(ANN)
    browser = pat_with_a_contact(network)
    ann = member_of(network, ANN["email"])
    before = [item for item in items(network) if ann.id in json.dumps(item)]

    browser.post("/account/leave")
    network.clock.move(minutes=16)
    settle(network)

    assert [item for item in items(network) if ann.id in json.dumps(item)] == before
    assert Applications(network.table).get(str(ann.application_id)) is not None
