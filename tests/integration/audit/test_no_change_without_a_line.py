"""Security requirement 69: no change without its audit line, and no line without its change.

``tests/standing.py`` watches every network of the tests. Here it is shown to see, and one fault at any call to leave
neither without the other.
"""

from contextlib import suppress

import pytest
from botocore.exceptions import BotoCoreError, ClientError

from functions.kernel import keys
from functions.kernel.auth import Role
from functions.kernel.errors import Clash, NotFound, Unavailable
from functions.kernel.table import Attr, check
from functions.membership import appoint
from functions.membership.addresses import parse
from functions.membership.coordinators import Coordinators
from functions.membership.store import Members
from functions.resources.model import Status
from functions.resources.store import Library
from tests.conftest import running
from tests.coordinators import cora, decided, sams, settle
from tests.faults import Crash, Kind, before_every_service, places_in
from tests.integration.audit.conftest import kinds_for
from tests.library import Sharing
from tests.network import Network
from tests.people import ANN
from tests.standing import watched


def test_requirement_69_a_role_that_changes_without_a_line_does_not_pass_the_tests(network: Network) -> None:
    ann = network.member(ANN["name"], ANN["email"])
    promoted = ann.model_copy(update={"roles": (Role.COORDINATOR,)})
    no_line = check(keys.mail_choices(ann.id), Attr("pk").not_exists())
    complaint = pytest.raises(AssertionError, match=r"the member .* without an audit line")
    with pytest.MonkeyPatch.context() as patch, complaint, watched(patch):
        listed = Coordinators(network.table)
        listed.appoint(ann, promoted, listed.ids(), [no_line])


def test_requirement_69_an_item_of_the_library_that_is_hidden_without_a_line_does_not_pass_the_tests(
    network: Network,
) -> None:
    people = [network.member(name, f"{name}@nhs.net", coordinator=name == "cora") for name in ("ann", "cora")]
    item = Sharing(network).published(*people, "Falls huddle")
    hidden = item.model_copy(update={"status": Status.WITHDRAWN, "version": item.version + 1})
    complaint = pytest.raises(AssertionError, match=r"the resource .* without an audit line")
    with pytest.MonkeyPatch.context() as patch, complaint, watched(patch):
        Library(network.table).save(item, hidden)


def test_requirement_69_joining_and_a_decision_that_takes_effect_are_seen_with_their_lines(network: Network) -> None:
    with pytest.MonkeyPatch.context() as patch, watched(patch) as found:
        browser, application = cora(network), sams(network)
        decided(browser, application, decision="accept", reason="A04")
        network.clock.move(minutes=11)
        settle(network)
    assert found.seen == {"member": 1, "application": 3, "resource": 0}


def test_the_line_about_a_decision_says_what_the_coordinator_had_read(network: Network) -> None:
    browser, application = cora(network), sams(network)
    decided(browser, application, decision="accept", reason="A04")
    lines = {line["what"]: line for line in network.table.children(keys.audit(application.id, "", "").pk)}
    assert lines["decided: accept"]["facts"]["version_read"] == application.version


def appointed(network: Network) -> None:
    listed = Coordinators(network.table)
    appoint.appoint(parse(ANN["email"]), by="administrator", coordinators=listed, now=network.clock.now())


def test_requirement_69_one_fault_at_any_call_leaves_no_role_without_its_line_and_no_line_without_its_role() -> None:
    def walk(at: int | None = None, kind: Kind = Kind.FAULT) -> list[str]:
        with pytest.MonkeyPatch.context() as patch, before_every_service(patch) as faults, running(patch) as network:
            ann = network.member(ANN["name"], ANN["email"])
            faults.arm(at, kind)
            with suppress(Crash, Clash, NotFound, Unavailable, BotoCoreError, ClientError):
                appointed(network)
            made = list(faults.made)
            faults.heal()
            faults.arm()
            after = Members(network.table).get(ann.id)
            assert after is not None
            lines = [line["what"] for line in network.table.children(keys.audit(ann.id, "", "").pk)]
            assert lines == ["made coordinator"] * (Role.COORDINATOR in after.roles), (at, kind)
            appointed(network)
            assert len(network.table.children(keys.audit(ann.id, "", "").pk)) == 1, (at, kind)
            return made

    for at, name in places_in(walk()):
        for kind in kinds_for(name):
            walk(at, kind)
