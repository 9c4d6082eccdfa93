"""Members of whom nothing is heard: asked after a year, reminded once, and then as if they had left."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from cli import retention as command
from functions.kernel import clock, keys
from functions.kernel.errors import Clash
from functions.mail.store import Addresses
from functions.membership import erasures, jobs, retention
from functions.membership.clocks import Clocks, unchanged
from functions.membership.holdings import Holdings
from functions.membership.model import Member
from functions.membership.store import Members
from functions.sessions.model import Answer, AnswerValue, Source
from functions.sessions.store import Answers
from tests.coordinators import settle, what_was_written
from tests.faults import Crash
from tests.network import Network, link_in, text_of
from tests.people import BEN, CORA, IDA
from tests.web import Browser

EVENTS = Path(__file__).parents[3] / "events" / "membership"
A_YEAR = timedelta(days=375)
"""From the morning of the tests to after the end of the same month a year later."""
NOBODY = {"ask": 0, "tell": 0, "remind": 0, "erase": 0}


class Context:
    """What Lambda tells a run of the time that it has left."""

    def __init__(self, *left: int) -> None:
        self.left = list(left)

    def get_remaining_time_in_millis(self) -> int:
        return self.left.pop(0) if self.left else 300_000


def keep(network: Network, *, dry_run: bool = False, context: Context | None = None) -> dict[str, Any]:
    """What the schedule does at this moment."""
    event = {"network": "psmn", "at": clock.stamp(network.clock.now()), "dry_run": dry_run}
    return jobs.retain(event, context or Context())


def done(network: Network, **how: Any) -> dict[str, int]:
    """Who was asked, reminded and erased, in numbers, without those who were not."""
    counts: dict[str, int] = keep(network, **how)["counts"]
    return {name: count for name, count in counts.items() if count}


@pytest.fixture
def ida(network: Network) -> Member:
    return network.member(IDA["name"], IDA["email"])


def letters(network: Network, address: str = IDA["email"]) -> list[str]:
    return [str(letter["subject"]) for letter in network.inbox(address)]


def is_member(network: Network, member: Member) -> bool:
    found = network.table.get(keys.member(member.id))
    return found is not None and found["status"] == "member"


def test_ida_is_asked_after_a_year_reminded_once_and_forgotten_with_a_receipt(network: Network, ida: Member) -> None:
    network.clock.move(days=372)
    assert done(network) == {}
    network.clock.move(days=1)
    assert network.clock.now() == datetime(2027, 12, 1, 10, tzinfo=UTC)
    assert done(network) == {"ask": 1}
    assert done(network) == {}
    (letter,) = network.inbox(ida.address)
    assert letter["subject"] == "Is this still you?"
    assert "If we hear nothing by Tuesday 29 February 2028" in text_of(letter)
    network.clock.move(days=60)
    assert done(network) == {"remind": 1}
    assert "This is the only reminder" in text_of(network.inbox(ida.address)[-1])
    network.clock.move(days=29)
    assert done(network) == {}
    network.clock.move(days=1)

    assert done(network) == {"erase": 1}

    assert not is_member(network, ida)
    receipt = network.inbox(ida.address)[-1]
    assert "We asked you twice if you still want to be a member" in text_of(receipt)
    network.clock.move(minutes=20)
    assert settle(network)["leavers"] == 1
    assert Members(network.table).get(ida.id) is None
    assert what_was_written(network, ida.id) == ["asked if still here", "reminded", "lapsed"]
    assert len(letters(network)) == 3


def test_requirement_2_opening_the_link_answers_nothing_and_the_button_keeps_ida(network: Network, ida: Member) -> None:
    network.clock.move(days=A_YEAR.days)
    keep(network)
    link = link_in(network.inbox(ida.address)[-1], "/still-you/")
    stranger = network.browser()
    assert "Press the button if you want to stay a member" in stranger.get(link).words
    assert ida.name not in stranger.get(link).text
    network.clock.move(days=60)
    assert done(network, dry_run=True) == {"remind": 1}

    assert stranger.post(link).location == link

    assert "You stay a member" in stranger.get(link).words
    assert stranger.post(link).status == 303
    network.clock.move(days=60)
    assert done(network) == {}
    network.clock.move(days=A_YEAR.days)
    assert done(network) == {"ask": 1}


def test_the_link_of_the_first_letter_is_out_of_date_once_there_is_another(network: Network, ida: Member) -> None:
    network.clock.move(days=A_YEAR.days)
    keep(network)
    first = link_in(network.inbox(ida.address)[-1], "/still-you/")
    network.clock.move(days=60)
    keep(network)
    second = link_in(network.inbox(ida.address)[-1], "/still-you/")
    for method in ("GET", "POST"):
        page = network.browser().get(first) if method == "GET" else network.browser().post(first)
        assert page.status == 404
        assert "If you followed a link, it may be out of date" in page.words
    assert network.browser().get(second).status == 200


def test_signing_in_is_a_sign_and_only_its_month_is_kept(network: Network, ida: Member) -> None:
    network.clock.move(days=300)
    browser = network.signed_in(ida.address)
    browser.get("/home")
    kept = network.table.get(keys.member(ida.id))
    assert kept is not None
    assert kept["active_in"] == "2027-09"
    network.clock.move(days=100)
    assert done(network) == {}
    assert Members(network.table).get(ida.id) is not None


def test_a_month_is_written_down_once(network: Network, ida: Member) -> None:
    network.clock.move(days=40)
    browser = network.signed_in(ida.address)
    for day in range(3):
        network.clock.move(days=day)
        browser.get("/home")
    kept = Members(network.table).get(ida.id)
    assert kept is not None
    assert kept.active_in == "2027-01"


def test_an_answer_from_a_calendar_is_a_sign_though_nobody_signed_in(network: Network, ida: Member) -> None:
    network.clock.move(days=200)
    answer = Answer(value=AnswerValue.YES, sequence=0, stamp=network.clock.now(), source=Source.CALENDAR)
    Answers(network.table).record(ida.id, "0" * 32, answer)
    network.clock.move(days=A_YEAR.days - 200)
    assert done(network, dry_run=True) == {}
    kept = Members(network.table).get(ida.id)
    assert kept is not None
    assert kept.active_in is None
    assert done(network) == {}
    kept = Members(network.table).get(ida.id)
    assert kept is not None
    assert kept.active_in == "2027-06"
    network.clock.move(days=215)
    assert done(network) == {"ask": 1}


def test_whose_mailbox_has_gone_is_forgotten_90_days_later_and_gets_no_mail(network: Network, ida: Member) -> None:
    failed = network.clock.now()
    Addresses(network.table).suppress(ida.address_digest, "bounced", failed, failed)
    network.clock.move(days=7)
    assert done(network) == {}
    network.clock.move(days=1)
    taken = [done(network)]
    for days in (60, 30):
        network.clock.move(days=days)
        taken.append(done(network))
    assert taken == [{"ask": 1}, {"remind": 1}, {"erase": 1}]
    assert not is_member(network, ida)
    assert not letters(network)


def test_whose_mailbox_works_again_goes_on_as_before(network: Network, ida: Member) -> None:
    now = network.clock.now()
    Addresses(network.table).suppress(ida.address_digest, "bounced", now, now)
    network.clock.move(days=10)
    keep(network)
    Addresses(network.table).try_again(ida.address_digest)
    network.clock.move(days=120)
    assert done(network) == {}


def test_a_coordinator_is_told_and_never_erased(network: Network) -> None:
    cora = network.member(CORA["name"], CORA["email"], coordinator=True)
    network.clock.move(days=A_YEAR.days)
    taken = [done(network)]
    (letter,) = network.inbox(cora.address)
    assert "You are a coordinator, so nothing is deleted by itself" in text_of(letter)
    for days in (60, 30, 30):
        network.clock.move(days=days)
        taken.append(done(network))
    assert taken == [{"tell": 1}, {}, {}, {}]
    network.clock.move(days=61)
    assert done(network) == {"tell": 1}
    assert is_member(network, cora)


def test_a_dry_run_says_what_would_happen_and_changes_nothing(network: Network, ida: Member) -> None:
    network.clock.move(days=A_YEAR.days)
    before = network.everything()
    report = keep(network, dry_run=True)
    assert report == {
        "dry_run": True,
        "looked_at": 1,
        "counts": NOBODY | {"ask": 1},
        "held_back": 0,
        "failed": 0,
        "unfinished": False,
    }
    assert network.everything() == before
    assert command.in_words(report).splitlines() == [
        "A dry run. Nothing is changed.",
        "1 person looked at.",
        "1 person would be asked if they are still here.",
        "0 people would be asked who run the network, and whom nothing erases.",
        "0 people would be reminded.",
        "0 people would be erased: asked 90 days ago or longer, reminded, and not heard from.",
    ]


def lapsed(network: Network, *members: Member) -> list[Member]:
    """Members who were asked and reminded, on the day on which they are erased."""
    network.clock.move(days=A_YEAR.days)
    keep(network)
    network.clock.move(days=60)
    keep(network)
    network.clock.move(days=30)
    return list(members)


def test_a_mistake_erases_only_so_many_before_somebody_can_see_it(
    network: Network, ida: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    lapsed(network, ida, network.member(BEN["name"], BEN["email"]))
    monkeypatch.setattr(retention, "MOST_ERASED", 1)
    report = keep(network)
    assert (report["counts"]["erase"], report["held_back"]) == (1, 1)
    assert "1 person more wait for the next run" in command.in_words(report)
    assert done(network) == {"erase": 1}


def test_a_run_that_has_no_time_left_says_so_and_the_next_goes_on(
    network: Network, ida: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    network.clock.move(days=A_YEAR.days)
    report = keep(network, context=Context(29_000))
    assert (report["unfinished"], report["counts"]) == (True, NOBODY)
    assert done(network) == {"ask": 1}


def test_a_run_that_is_cut_off_in_the_middle_of_forgetting_is_finished(
    network: Network, ida: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    lapsed(network, ida)

    def crash(*_: object) -> None:
        raise Crash

    with monkeypatch.context() as once:
        once.setattr(Holdings, "delete_rest", crash)
        with pytest.raises(Crash):
            keep(network)
    assert not is_member(network, ida)
    assert done(network) == {}
    network.clock.move(minutes=20)
    settle(network)
    assert Members(network.table).get(ida.id) is None
    assert not network.table.children(keys.member(ida.id).pk)


def test_one_members_fault_keeps_nobody_else_waiting(
    network: Network, ida: Member, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    ben = network.member(BEN["name"], BEN["email"])
    network.clock.move(days=A_YEAR.days)
    ask = retention.ask

    def fail_for_ida(known: Any, *more: Any) -> None:
        if known.member.id == ida.id:
            raise ValueError(ida.name)
        ask(known, *more)

    monkeypatch.setattr(retention, "ask", fail_for_ida)
    report = keep(network)
    assert (report["failed"], report["counts"]["ask"]) == (1, 1)
    assert letters(network, ben.address) == ["Is this still you?"]
    assert ida.name not in capsys.readouterr().out


def test_who_comes_back_in_the_very_moment_of_being_forgotten_stays(network: Network, ida: Member) -> None:
    lapsed(network, ida)
    clocks = Clocks(network.table)
    (listed,) = next(page for shard in keys.SHARDS for page in clocks.pages(shard))
    known = clocks.now_of(listed)
    assert known is not None
    browser: Browser = network.signed_in(ida.address)
    browser.get("/home")
    with pytest.raises(Clash):
        erasures.lapse(ida, holdings=Holdings(network.table), now=network.clock.now(), only_if=unchanged(known))
    assert is_member(network, ida)
    assert browser.get("/account").status == 200
    assert done(network) == {}


def test_requirement_83_members_are_looked_through_by_lists_and_no_shard_is_always_last(
    network: Network, ida: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[str] = []
    monkeypatch.setattr(Clocks, "pages", lambda _, shard: seen.append(shard) or iter(()))
    keep(network)
    network.clock.move(days=1)
    keep(network)
    first, second = seen[:16], seen[16:]
    assert sorted(first) == sorted(second) == sorted(keys.SHARDS)
    assert second[0] == first[1]


@pytest.mark.parametrize("name", ["daily", "dry_run"])
def test_the_schedules_payload_is_taken(network: Network, name: str) -> None:
    report = jobs.retain(json.loads((EVENTS / f"retain.{name}.json").read_text()), Context())
    assert (report["dry_run"], report["counts"]) == (name == "dry_run", NOBODY)


def test_a_moment_without_a_time_zone_is_refused_before_anybody_is_looked_at(network: Network) -> None:
    with pytest.raises(ValueError, match="timezone"):
        jobs.retain(json.loads((EVENTS / "retain.without_zone.json").read_text()), Context())


class Deployed:
    """A deployment whose function is called in this process."""

    class stage:  # noqa: N801 - it stands for an attribute.
        network = "psmn"

    def __init__(self, erased: int) -> None:
        self.erased, self.asked = erased, list[bool]()

    def invoke(self, function: str, event: dict[str, Any]) -> dict[str, Any]:
        assert function == "membership.retain"
        self.asked.append(event["dry_run"])
        counts = NOBODY | {"erase": self.erased}
        return {
            "dry_run": event["dry_run"],
            "looked_at": 9,
            "counts": counts,
            "held_back": 0,
            "failed": 0,
            "unfinished": False,
        }


@pytest.mark.parametrize(
    ("erased", "options", "typed", "calls", "code"),
    [
        (2, ["--dry-run"], "", [True], 0),
        (0, [], "", [True, False], 0),
        (2, [], "n\n", [True], 1),
        (2, [], "y\n", [True, False], 0),
        (2, ["--yes", "--json"], "", [True, False], 0),
    ],
)
def test_the_command_asks_before_anybody_is_erased(
    monkeypatch: pytest.MonkeyPatch, erased: int, options: list[str], typed: str, calls: list[bool], code: int
) -> None:
    cloud = Deployed(erased)
    monkeypatch.setattr(command, "reach", lambda _: cloud)
    result = CliRunner().invoke(command.retention, ["run", *options], input=typed)
    assert (cloud.asked, result.exit_code) == (calls, code)
    if "--json" in options:
        assert json.loads(result.stdout)["counts"]["erase"] == erased
