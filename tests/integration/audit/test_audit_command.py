"""``psmn audit``: who did what about one person, and whether the log is as it was written."""

import json
from typing import Any

import click
import pytest
from botocore.exceptions import EndpointConnectionError
from click.testing import CliRunner, Result

from cli import audit as command
from cli.audit import audit
from functions.kernel import keys
from functions.kernel.table import change
from functions.membership import appoint
from functions.membership.addresses import parse
from functions.membership.coordinators import Coordinators
from infra import stages
from tests.coordinators import cora, decided, sams, settle, what_was_written
from tests.integration.audit.conftest import seal
from tests.network import Network
from tests.people import ANN, CORA, SAM

pytestmark = pytest.mark.usefixtures("reached")


def psmn_audit(*words: str) -> Result:
    """Type ``psmn audit`` and these words."""
    return CliRunner().invoke(audit, words)


def coordinator(network: Network) -> str:
    """Ann, whom the administrator has made a coordinator. Gives her id."""
    ann = network.member(ANN["name"], ANN["email"])
    listed = Coordinators(network.table)
    appoint.appoint(parse(ANN["email"]), by="administrator", coordinators=listed, now=network.clock.now())
    return ann.id


def test_it_tells_who_did_what_about_somebody_from_their_application_on(network: Network) -> None:
    browser, application = cora(network), sams(network)
    network.clock.move(minutes=1)
    decided(browser, application, decision="accept", reason="A04")
    network.clock.move(minutes=11)
    settle(network)
    network.clock.move(minutes=1)
    browser.post("/coordinate/members", email=SAM["email"])
    network.clock.move(minutes=1)
    lines = psmn_audit(SAM["email"].upper()).output.splitlines()
    assert [line.split("  ", 1)[0] for line in lines[:2]] == [
        "Monday 23 November 2026, 10am",
        "Monday 23 November 2026, 10:01am",
    ]
    told = [line.rpartition("  ")[2] for line in lines]
    assert told[:2] + sorted(told[2:4]) + told[4:] == [
        "The rules: Decided by the rules. A person has to look (E11)",
        f"{CORA['name']}: Decided: accept (A04)",
        f"{CORA['name']}: Joined (A04)",
        f"{CORA['name']}: Took effect: accept (A04)",
        f"{CORA['name']}: Looked up",
        "The administrator: Looked up",
    ]


def test_requirement_69_that_somebody_reads_it_is_written_down_too(network: Network) -> None:
    ann = coordinator(network)
    network.clock.move(minutes=1)
    psmn_audit(ANN["email"])
    assert what_was_written(network, ann) == ["made coordinator", "looked up"]
    page = network.signed_in(ANN["email"]).get("/account/data").words
    assert "the administrator" in page


def test_programs_get_the_same_with_reference_numbers(network: Network) -> None:
    coordinator(network)
    network.clock.move(minutes=1)
    first, second = json.loads(psmn_audit(ANN["email"], "--json").output)
    assert first == {
        "at": "2026-11-23T10:00:00Z",
        "by": "administrator",
        "by_name": "The administrator",
        "what": "made coordinator",
        "facts": {},
    }
    assert second["what"] == "looked up"


def test_what_cannot_be_found_is_told_in_a_sentence(network: Network) -> None:
    for word, sentence, code in (
        ("nobody@nhs.net", "Nobody has this address", 1),
        ("not@an@address", "Invalid value for EMAIL", 2),
        ("ann", "No such command 'ann'", 2),
    ):
        result = psmn_audit(word)
        assert sentence in result.output
        assert result.exit_code == code


def test_a_log_that_nobody_touched_is_whole(network: Network) -> None:
    assert "There is no seal yet." in psmn_audit("verify").output
    coordinator(network)
    seal(network, hours=1)
    result = psmn_audit("verify", "--stage", "local")
    assert result.exit_code == 0
    assert result.output.startswith("Nothing was changed.")
    assert "lines as they were sealed               1" in result.output
    assert "The last seal is number 1, made on Monday 23 November 2026, 11am: " in result.output


def test_requirement_70_a_line_that_was_changed_is_named_and_the_command_fails(network: Network) -> None:
    ann = coordinator(network)
    seal(network, hours=1)
    (line,) = network.table.children(keys.audit(ann, "", "").pk)
    network.table.write(change(keys.Key(line["pk"], line["sk"]), set={"by": "somebody else"}))
    result, told = psmn_audit("verify"), json.loads(psmn_audit("verify", "--json").output)
    assert result.exit_code == 1
    sentence = f"The line about {ann} of Monday 23 November 2026, 10am, was changed after seal 1 was put on it."
    assert sentence in result.output
    assert (told["whole"], told["wrong"]) == (False, [{"what": "edited", "says": sentence}])
    assert told["last_seal"]["number"] == 1


def test_a_long_list_of_findings_is_cut_for_people(network: Network, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(command, "MOST_SHOWN", 1)
    for number in range(3):
        network.put("audit", keys.audit("ann", "2026-11-20T10:00:00Z", str(number)), {"what": "slipped in"})
    output = psmn_audit("verify").output
    assert output.count("was inserted") == 1
    assert "And 2 more, which --json lists." in output


def test_a_stage_that_cannot_be_reached_is_told_in_a_sentence(
    network: Network, monkeypatch: pytest.MonkeyPatch
) -> None:
    for error in (LookupError("psmn-production-service is not deployed."), EndpointConnectionError(endpoint_url="x")):

        def fail(_: str, error: Exception = error) -> Any:
            raise error

        monkeypatch.setattr(command, "reach", fail)
        for word in ("verify", ANN["email"]):
            result = psmn_audit(word)
            assert result.exit_code == click.ClickException.exit_code, (error, word)
            assert result.output.startswith("Error: "), (error, word)


def test_something_in_the_safe_that_is_no_copy_is_told_in_a_sentence(network: Network) -> None:
    command.reach(stages.find(stages.LOCAL)).client("s3").put_object(Bucket="seals", Key="notes.txt", Body=b"")
    result = psmn_audit("verify")
    assert result.exit_code == 1
    assert "The safe holds notes.txt, which is no copy of a seal." in result.output
