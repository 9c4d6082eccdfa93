"""Making members coordinators, and coordinators members like any other."""

import json

import pytest

from functions.kernel.auth import Role
from functions.kernel.errors import Clash, NotFound, TooMany
from functions.membership import appoint
from functions.membership import coordinators as coordinators_module
from functions.membership.addresses import parse
from functions.membership.coordinators import Coordinators, LastCoordinator
from functions.membership.model import Member
from functions.membership.store import Members
from tests.coordinators import DEV, cora, what_was_written
from tests.integration.membership.conftest import Psmn
from tests.network import Network
from tests.people import ANN, BEN, CORA

BY = "administrator"


def add(network: Network, address: str) -> Member:
    return appoint.appoint(parse(address), by=BY, coordinators=Coordinators(network.table), now=network.clock.now())


def remove(network: Network, address: str, coordinators: Coordinators | None = None) -> Member:
    listed = coordinators or Coordinators(network.table)
    return appoint.dismiss(parse(address), by=BY, coordinators=listed, now=network.clock.now())


def listed(network: Network) -> list[str]:
    return [member.name for member in Members(network.table).coordinators()]


def subjects(network: Network, address: str) -> list[str]:
    return [str(mail["subject"]) for mail in network.inbox(address)]


def test_a_member_who_is_made_a_coordinator_signs_in_again_and_coordinates(network: Network) -> None:
    member = network.member(CORA["name"], CORA["email"])
    browser = network.signed_in(CORA["email"])
    assert browser.get("/coordinate").status == 404

    for _ in range(2):
        appointed = add(network, "Cora.Example@NHS.net")
        network.clock.move(minutes=1)

    assert browser.get("/home").status == 303
    page = network.signed_in(CORA["email"]).get("/coordinate")
    assert page.status == 200
    assert "by Monday 30 November 2026, 10am" in page.words
    assert appointed == Members(network.table).get(member.id)
    assert appointed.appointed_at is not None
    assert what_was_written(network, member.id) == ["made coordinator"]
    assert subjects(network, CORA["email"]).count("You are now a coordinator") == 1


def test_requirement_9_who_is_no_longer_a_coordinator_is_signed_out_at_once_and_stays_a_member(
    network: Network,
) -> None:
    network.member(DEV["name"], DEV["email"], coordinator=True)
    browser = cora(network)
    network.clock.move(minutes=1)

    for _ in range(2):
        member = remove(network, CORA["email"])
        network.clock.move(minutes=1)

    assert browser.get("/coordinate").status == 303
    again = network.signed_in(CORA["email"])
    assert again.get("/home").status == 200
    assert again.get("/coordinate").status == 404
    assert (member.roles, member.appointed_at) == ((), None)
    assert Members(network.table).get(member.id) == member
    assert listed(network) == [DEV["name"]]
    assert what_was_written(network, member.id) == ["no longer coordinator"]


def test_every_coordinator_hears_of_a_change_and_the_mail_to_the_others_names_nobody(network: Network) -> None:
    for person in (CORA, DEV):
        network.member(person["name"], person["email"], coordinator=True)
    network.member(BEN["name"], BEN["email"])
    network.member(ANN["name"], ANN["email"])

    add(network, BEN["email"])
    network.clock.move(minutes=1)
    remove(network, BEN["email"])

    assert subjects(network, BEN["email"]) == ["You are now a coordinator", "You are no longer a coordinator"]
    for person in (CORA, DEV):
        assert subjects(network, person["email"]) == ["There is a new coordinator", "There is one coordinator less"]
        assert not any("Ben" in mail.as_string() for mail in network.inbox(person["email"]))
    assert subjects(network, ANN["email"]) == []


def test_nobody_is_made_a_coordinator_who_is_not_a_member(network: Network) -> None:
    for change in (add, remove):
        with pytest.raises(NotFound, match="No member has this address"):
            change(network, CORA["email"])


def test_requirement_19_the_last_coordinator_stays_one(network: Network) -> None:
    browser = cora(network)

    with pytest.raises(LastCoordinator):
        remove(network, CORA["email"])
    left = browser.post("/account/leave")

    assert left.status == 422
    assert "because you are the only coordinator" in left.words
    assert browser.get("/coordinate").status == 200
    assert listed(network) == [CORA["name"]]


def test_requirement_19_of_two_coordinators_who_are_removed_at_once_one_stays(network: Network) -> None:
    network.member(CORA["name"], CORA["email"], coordinator=True)
    network.member(DEV["name"], DEV["email"], coordinator=True)

    class Slow(Coordinators):
        """While it makes up its mind, somebody else is quicker."""

        def dismiss(self, *told: object) -> None:
            remove(network, DEV["email"])
            super().dismiss(*told)  # type: ignore[arg-type] # What the use gives is passed on as it is.

    with pytest.raises(LastCoordinator):
        remove(network, CORA["email"], Slow(network.table))

    class Slower(Coordinators):
        """Here the other is quicker between the look at the list and the transaction."""

        def without(self, member_id: str, *, last_too: bool = False) -> list[coordinators_module.Write]:
            writes = super().without(member_id, last_too=last_too)
            remove(network, DEV["email"])
            return writes

    network.clock.move(minutes=1)
    add(network, DEV["email"])
    network.clock.move(minutes=1)
    with pytest.raises(Clash):
        remove(network, CORA["email"], Slower(network.table))
    assert listed(network) == [CORA["name"]]


def test_requirement_19_a_coordinator_who_is_not_alone_can_leave_and_is_off_the_list(network: Network) -> None:
    network.member(DEV["name"], DEV["email"], coordinator=True)

    assert cora(network).post("/account/leave").location == "/left"

    assert listed(network) == [DEV["name"]]
    with pytest.raises(LastCoordinator):
        remove(network, DEV["email"])


def test_requirement_84_a_list_that_would_get_too_long_is_refused_with_a_sentence(
    network: Network, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(appoint, "MOST", 1)
    network.member(CORA["name"], CORA["email"], coordinator=True)
    network.member(BEN["name"], BEN["email"])

    with pytest.raises(TooMany, match="as many as there can be"):
        add(network, BEN["email"])


def test_the_command_adds_lists_and_removes(network: Network, psmn: Psmn) -> None:
    assert "There is no coordinator." in psmn("coordinators", "list").output
    for person in (CORA, DEV):
        network.member(person["name"], person["email"])
        network.clock.move(days=1)
        added = psmn("coordinators", "add", person["email"])
        assert added.output == f"{person['email']} is a coordinator. They have to sign in again.\n"

    removed = psmn("coordinators", "remove", CORA["email"], "--json")
    last = psmn("coordinators", "remove", DEV["email"])
    found = json.loads(psmn("coordinators", "list", "--json").output)

    assert json.loads(removed.output)["roles"] == []
    assert (last.exit_code, last.output) == (
        1,
        "Error: This is the only coordinator. Somebody else has to be made one first.\n",
    )
    assert [each["address"] for each in found] == [DEV["email"]]
    assert psmn("coordinators", "list").output == "Dev Example, dev.example@nhs.net, since Wednesday 25 November 2026\n"
    assert psmn("coordinators", "add", ANN["email"]).output == "Error: No member has this address.\n"
    assert psmn("coordinators", "add", "ann").exit_code == 2


def test_coordinators_see_who_the_others_are(network: Network) -> None:
    network.member(DEV["name"], DEV["email"], coordinator=True)
    network.member(ANN["name"], ANN["email"])

    page = cora(network).get("/coordinate/members")

    assert DEV["name"] in page.words
    assert CORA["name"] in page.words
    assert ANN["name"] not in page.words
    assert Role.COORDINATOR in Members(network.table).coordinators()[0].roles
