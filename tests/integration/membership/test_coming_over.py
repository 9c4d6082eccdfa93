"""Bringing in the members of the hub: a list of 1,100, with faults, twice, cut off, and beside those who are here."""

import csv
import json
import random
from collections import Counter
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result

from cli import members as command
from cli.people import crowd
from functions.invites import jobs as invites
from functions.invites.plan import Planner
from functions.invites.settings import InvitesSettings
from functions.kernel import audit, clock, keys
from functions.kernel.table import Table
from functions.mail.model import Mail
from functions.mail.store import Addresses, Choices, Ledger, Runs
from functions.membership import erasures
from functions.membership.holdings import Holdings
from functions.membership.model import Member
from functions.membership.store import Members, address_digest
from functions.sessions import jobs as sessions
from tests.coordinators import says, what_was_written
from tests.integration.invites.test_welcome import joined, welcome
from tests.integration.membership.conftest import Psmn
from tests.network import Network
from tests.people import ANN, BEN, CORA, PAT, SAM

HEADER = (
    "First name",
    "Last name",
    "Email address",
    "Job title",
    "Organisation",
    "Country",
    "Networks",
    "Member since",
)
TITLES = {"psm": "Patient Safety Manager", "risk": "Risk Manager", "investigator": "Incident Investigator"}
BAD: tuple[tuple[int, str, str], ...] = (
    (2, "", "The email address is missing."),
    (2, "no.at.sign", "'no.at.sign' is not an email address. An email address has one @ sign"),
    (1, "", "The name is missing."),
    (3, "", "The role is missing."),
    (4, "", "The organisation is missing."),
    (5, "Englnad", "The nation 'Englnad' is not one we know."),
    (7, "32/13/2021", "The day of joining '32/13/2021' cannot be read."),
    (2, "patient.safety{number}@anytown.nhs.uk", "The address looks like a mailbox that several people read."),
    (2, "somebody{number}@mailinator.com", "The address is one that is lent for a few minutes."),
    (2, "the one before", "It is the same mailbox as line"),
)
"""What is wrong with ten lines in a row: the cell, what is in it, and how the sentence about it begins."""


def line_of(member: Member) -> list[str]:
    first, _, last = member.name.partition(" ")
    title = TITLES.get(member.role, member.role)
    nation = member.nation.replace("-", " ").title()
    return [first, last, member.address, title, member.organisation, nation, "", f"{member.joined_at:%d/%m/%Y}"]


def hub(file: Path, lines: list[list[str]]) -> str:
    with file.open("w", encoding="utf-8", newline="") as sheet:
        csv.writer(sheet).writerows([HEADER, *lines])
    return str(file)


def some(count: int, which: str = "Hub") -> list[list[str]]:
    """Members of the hub who do not exist, the same every time."""
    day = datetime.fromisoformat("2021-06-11T12:00:00+00:00")
    made_up = crowd(count, 652, which, joined_at=day)
    return [line_of(member) for member in made_up]


def with_faults(lines: list[list[str]], faults: int) -> dict[int, str]:
    """Put faults into the lines. Gives the number of each such line in the file, and how its sentence begins."""
    dice = random.Random(22)
    expected = {}
    for number, place in enumerate(sorted(dice.sample(range(1, len(lines)), faults))):
        cell, value, sentence = BAD[number % len(BAD)]
        value = value.format(number=number)
        if value == "the one before":
            value = lines[place - 1][2].upper()
        if cell == 1:
            lines[place][0] = ""
        lines[place][cell] = value
        expected[place + 2] = sentence
    return expected


def told(result: Result) -> dict[str, Any]:
    assert result.exit_code == 0, result.output
    found: dict[str, Any] = json.loads(result.stdout)
    return found


def with_a_yes(network: Network, psmn: Psmn, file: str) -> tuple[str, ...]:
    """The words that bring in a list of many, once a coordinator has agreed to it."""
    words = ("members", "import", file, "--apply", "--yes", "--json", "--reason", "The hub closes")
    network.member(CORA["name"], CORA["email"], coordinator=True)
    assert psmn(*words).exit_code == 1
    says(network, "yes", CORA["email"])
    return words


def those_who_came_over(network: Network) -> list[Member]:
    return sorted((each for each in Members(network.table).every() if each.came_over), key=lambda member: member.id)


def test_1100_members_of_the_hub_come_over_and_the_second_time_changes_nothing(
    network: Network, psmn: Psmn, tmp_path: Path
) -> None:
    lines = some(1100)
    faults = with_faults(lines, 30)
    file = hub(tmp_path / "hub.csv", lines)

    dry = told(psmn("members", "import", file, "--json"))
    assert not list(Members(network.table).every())
    words = with_a_yes(network, psmn, file)
    assert not those_who_came_over(network)
    first = told(psmn(*words))
    before = those_who_came_over(network)
    network.clock.move(hours=1)
    second = told(psmn(*words))

    skipped = {each["line"]: each["why"] for each in first["skipped"]}
    assert skipped.keys() == faults.keys()
    assert {line: skipped[line][: len(sentence)] for line, sentence in faults.items()} == faults
    assert dry["skipped"] == first["skipped"] == second["skipped"]
    assert (dry["new"], dry["members_already"], dry["added"]) == (1070, 0, None)
    assert (first["added"], second["added"], second["members_already"]) == (1070, 0, 1070)
    assert first["send"] == second["send"]
    assert len(before) == 1070
    assert before == those_who_came_over(network)
    assert {member.verdict.reason for member in before} == {"H01"}
    lines_written = [line for line in network.everything() if line["kind"] == "audit"]
    by_the_administrator = [line["what"] for line in lines_written if line["by"] == audit.BY_THE_ADMINISTRATOR]
    assert Counter(by_the_administrator) == {"came over from the hub": 1070, "brought in members of the hub": 1}


def test_they_are_told_in_waves_of_50_then_250_then_all_and_each_once(
    network: Network, psmn: Psmn, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WARM_UP", "true")
    network.member(BEN["name"], BEN["email"])
    file = hub(tmp_path / "hub.csv", some(320))
    started = network.clock.now()
    run = told(psmn(*with_a_yes(network, psmn, file)))["send"]

    for _ in range(2):
        network.clock.move(minutes=2)
        invites.planner().tick(network.clock.now())

    mails = [Mail.model_validate(item) for item in network.everything() if item["kind"] == "mail"]
    mails = [mail for mail in mails if mail.mail_kind == "came-over"]
    assert {mail.run for mail in mails} == {run}
    half_an_hour = timedelta(minutes=30)
    waits = Counter(mail.not_before - started if mail.not_before else None for mail in mails)
    assert waits == {None: 50, half_an_hour: 250, 2 * half_an_hour: 20}
    begun = Runs(network.table).get(run)
    assert begun is not None
    assert begun.words == "Members who came over from the hub: what changes for them"


def test_the_letter_says_what_changes_and_a_bounce_of_too_many_holds_the_rest(
    network: Network, psmn: Psmn, tmp_path: Path
) -> None:
    file = hub(tmp_path / "hub.csv", [[*line_of(network_member(ANN))]])
    told(psmn("members", "import", file, "--apply", "--yes", "--json"))
    network.clock.move(minutes=2)
    Planner.on(network.table, InvitesSettings.from_environment()).tick(network.clock.now())

    (letter,) = network.inbox(ANN["email"])

    assert letter["subject"] == "Your membership has moved: the Patient Safety Management Network"
    assert network.signed_in(ANN["email"]).get("/account").status == 200
    (member,) = Members(network.table).every()
    (mail,) = (each for each in Ledger(network.table).of(member.id) if each.mail_kind == "came-over")
    assert mail.run is not None, "what pauses a run that bounces pauses this one"


def network_member(person: dict[str, Any]) -> Member:
    """A member of the hub, as the list tells of them."""
    (made_up,) = crowd(1, 1, "Hub", joined_at=datetime.fromisoformat("2021-06-11T12:00:00+00:00"))
    return made_up.model_copy(update={"name": person["name"], "address": person["email"]})


def test_who_comes_over_is_invited_with_everybody_on_monday_and_not_at_once(
    network: Network, psmn: Psmn, tmp_path: Path
) -> None:
    sessions.programme({"network": "psmn", "at": clock.stamp(network.clock.now())}, None)
    file = hub(tmp_path / "hub.csv", [line_of(network_member(ANN))])
    psmn("members", "import", file, "--apply", "--yes")
    (member,) = Members(network.table).every()

    assert welcome(joined(network, member, "2026-11-24T14:05:11Z")) == []
    assert list(Ledger(network.table).of(member.id)) == []

    network.clock.moment = datetime.fromisoformat("2026-11-30T09:00:00Z")
    invites.planner().week(network.clock.now())
    assert [mail.mail_kind for mail in Ledger(network.table).of(member.id)] == ["invite"]


def test_nobody_who_is_here_is_changed_and_nobody_is_brought_back(network: Network, psmn: Psmn, tmp_path: Path) -> None:
    ben = network.member(BEN["name"], BEN["email"])
    network.signed_in(BEN["email"]).post("/account/emails", invites="stop")
    choices = Choices(network.table).of(ben.id)
    network.join(SAM)
    left = network.join(ANN)
    network.clock.move(hours=1)
    left.post("/account/leave")
    network.put("address", keys.address(address_digest("rex.removed@nhs.net")), {"removed_at": "2026-01-01"})
    people = [BEN | {"name": "Benjamin Other"}, SAM, ANN, {"name": "Rex Removed", "email": "rex.removed@nhs.net"}]
    file = hub(tmp_path / "hub.csv", [line_of(network_member(person)) for person in people])

    result = told(psmn("members", "import", file, "--apply", "--yes", "--json"))

    assert (result["new"], result["members_already"]) == (0, 1)
    sentences = {each["line"]: each["why"] for each in result["skipped"]}
    assert sentences[3].startswith("They have applied to join here.")
    assert sentences[4].startswith("They have left, or were erased, and are not brought back.")
    assert sentences[5].startswith("They were removed from the network before.")
    assert list(Members(network.table).every()) == [ben]
    assert Choices(network.table).of(ben.id) == choices


def test_requirement_63_the_erased_are_not_brought_back_and_may_join_again_themselves(
    network: Network, psmn: Psmn, tmp_path: Path
) -> None:
    network.member(ANN["name"], ANN["email"])
    erasures.erase(
        address_digest(ANN["email"]), by="administrator", holdings=Holdings(network.table), now=network.clock.now()
    )
    file = hub(tmp_path / "hub.csv", [line_of(network_member(ANN))])

    assert told(psmn("members", "import", file, "--apply", "--yes", "--json"))["added"] == 0

    network.clock.move(hours=1)
    assert network.join(ANN).get("/join/outcome").reason == "A01"
    assert told(psmn("members", "import", file, "--json"))["members_already"] == 1


def test_an_address_to_which_mail_fails_stays_suppressed(network: Network, psmn: Psmn, tmp_path: Path) -> None:
    digest, now = address_digest(ANN["email"]), network.clock.now()
    Addresses(network.table).suppress(digest, "bounced", now, now)
    file = hub(tmp_path / "hub.csv", [line_of(network_member(ANN))])

    result = psmn("members", "import", file, "--apply", "--yes")

    assert "Email to these fails, so none is sent: line 2" in result.output
    assert Addresses(network.table).fails(digest) is not None


def test_a_bringing_in_that_is_cut_off_is_made_good_by_the_next(
    network: Network, psmn: Psmn, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = hub(tmp_path / "hub.csv", some(80))
    transact, left = Table.transact, iter((True, True))

    class Crash(BaseException):
        """The process ends here."""

    def fragile(table: Table, writes: Any) -> None:
        if not next(left, False):
            raise Crash
        transact(table, writes)

    with monkeypatch.context() as patched:
        patched.setattr(Table, "transact", fragile)
        with pytest.raises(Crash):
            psmn("members", "import", file, "--apply", "--yes", "--json")
    assert len(list(Members(network.table).every())) == 66

    result = told(psmn("members", "import", file, "--apply", "--yes", "--json"))

    assert (result["members_already"], result["added"]) == (66, 14)
    network.clock.move(minutes=2)
    invites.planner().tick(network.clock.now())
    told_of_it = [item["owner"] for item in network.everything() if item["kind"] == "mail"]
    assert sorted(told_of_it) == sorted(member.id for member in Members(network.table).every())


def test_somebody_who_joins_in_the_middle_stays_as_they_are(
    network: Network, psmn: Psmn, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = hub(tmp_path / "hub.csv", [*some(3), line_of(network_member(ANN))])
    plan = command.transfer.plan

    def meanwhile(*given: Any) -> Any:
        planned = plan(*given)
        network.member("Ann Herself", ANN["email"])
        return planned

    monkeypatch.setattr(command.transfer, "plan", meanwhile)

    assert told(psmn("members", "import", file, "--apply", "--yes", "--json"))["added"] == 3

    names = {member.name for member in Members(network.table).every() if member.address == ANN["email"]}
    assert names == {"Ann Herself"}


def test_those_whom_the_rules_would_not_accept_are_listed_for_a_person(
    network: Network, psmn: Psmn, tmp_path: Path
) -> None:
    pat, other = network_member(PAT), network_member(ANN | {"email": "ann@elsewhere.example.org"})
    lines = [line_of(pat), line_of(other.model_copy(update={"role": "Friend of the hub"}))]
    lines[0][3] = "Patient safety partner"

    result = psmn("members", "import", hub(tmp_path / "hub.csv", lines), "--apply", "--yes")

    assert "  E13, Nearly there: line 2" in result.output
    assert "  E19, A person will look at your work: line 3" in result.output
    assert "Added 2 members." in result.output
    (member,) = (each for each in Members(network.table).every() if each.address == PAT["email"])
    (line,) = network.table.children(keys.audit(member.id, "", "").pk)
    assert line["facts"]["rules_say"] == "E13"
    assert what_was_written(network, member.id) == ["came over from the hub"]


def test_the_diff_is_plain_english_and_nothing_is_added_before_a_yes(
    network: Network, psmn: Psmn, tmp_path: Path
) -> None:
    lines = some(3)
    lines[1][5] = "Englnad"
    file = hub(tmp_path / "hub.csv", lines)

    dry = psmn("members", "import", file)
    refused = psmn("members", "import", file, "--apply")

    assert dry.output.splitlines()[:8] == [
        "A dry run. Nothing is written.",
        "",
        "  are new and would be added                        2",
        "  are members already, and stay as they are         0",
        "  are skipped                                       1",
        "",
        "Skipped:",
        (
            "  Line 3: The nation 'Englnad' is not one we know. Write one of these: England, Scotland, Wales, Northern "
            "Ireland, Ireland, Isle of Man, Jersey or Guernsey, Another country."
        ),
    ]
    assert dry.output.endswith("To add them, type the same with --apply.\n")
    assert refused.exit_code == 1
    assert not list(Members(network.table).every())


def test_a_file_that_is_no_list_ends_with_2(psmn: Psmn, tmp_path: Path) -> None:
    file = tmp_path / "notes.csv"
    file.write_text("What I did today\n")
    result = psmn("members", "import", str(file), "--apply", "--yes")
    assert result.exit_code == 2
    assert "has no column for an email address" in result.output
