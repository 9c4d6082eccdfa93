"""Mail that comes back: answers from calendars."""

import random
from collections.abc import Callable
from datetime import timedelta
from itertools import permutations
from typing import Any

import pytest

from functions.invites import jobs
from functions.invites.store import Hearings
from functions.kernel import audit, clock
from functions.kernel.table import Item
from functions.membership.model import Member
from functions.sessions.model import Answer, AnswerValue, Session, Source
from functions.sessions.store import Answers, Programme
from tests.inbound import SHAPES, arrival, entry, hear, outlook, posted, words
from tests.integration.invites.conftest import Plan
from tests.network import Network, text_of
from tests.people import CORA, PAT


def uid(session: Session) -> str:
    return session.uid("events.psmn.test")


def answer_of(network: Network, member: Member, session: Session) -> Answer | None:
    return Answers(network.table).get(member.id, session.id)


def moved(network: Network, session: Session, **more: Any) -> Session:
    """The session after a coordinator changed it."""
    after = session.model_copy(update={"sequence": session.sequence + 1, "version": session.version + 1, **more})
    line = audit.line(session.id, "moved", by="cora", now=clock.now())
    Programme(network.table).save(session, after, line)
    return after


def state(network: Network) -> list[Item]:
    """All that the table holds, but for the records of what was heard."""
    items = [item for item in network.everything() if item["kind"] != "heard"]
    return sorted(items, key=lambda item: (item["pk"], item["sk"]))


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize(
    ("partstat", "value"),
    [("ACCEPTED", AnswerValue.YES), ("TENTATIVE", AnswerValue.MAYBE), ("DECLINED", AnswerValue.NO)],
)
def test_a_press_on_the_calendars_own_button_is_a_members_answer(
    network: Network, ann: Member, friday: Session, shape: str, partstat: str, value: AnswerValue
) -> None:
    assert hear(SHAPES[shape](entry(uid=uid(friday), partstat=partstat))) == "answered"
    answer = answer_of(network, ann, friday)
    assert answer is not None
    assert (answer.value, answer.source, answer.sequence) == (value, Source.CALENDAR, 0)
    assert answer.holds_for(friday)


def test_the_answer_to_the_very_entry_that_was_sent_is_understood(
    network: Network, ann: Member, friday: Session, plan: Plan
) -> None:
    plan()
    (message,) = network.inbox(ann.address)
    (part,) = (part for part in message.walk() if part.get_content_type() == "text/calendar")
    sent = part.get_content().replace("METHOD:REQUEST", "METHOD:REPLY").replace("NEEDS-ACTION", "ACCEPTED")
    assert hear(outlook(sent)) == "answered"
    assert answer_of(network, ann, friday) is not None


@pytest.mark.parametrize("spelt", ["Ann.Example@NHS.net", "ANN.EXAMPLE@nhs.net", "ann.example+friday@nhs.net"])
def test_however_a_calendar_spells_the_address_it_is_the_same_mailbox(
    network: Network, ann: Member, friday: Session, spelt: str
) -> None:
    assert hear(outlook(entry(uid=uid(friday), attendees=(spelt,)), spelt)) == "answered"
    assert answer_of(network, ann, friday) is not None


FORGERIES: dict[str, dict[str, str]] = {
    "the domain's own rule says no": {"dmarc": "FAIL"},
    "nothing was signed and the envelope is another's": {"dmarc": "GRAY", "dkim": "GRAY", "source": "x@evil.test"},
    "the check could not be made": {"dmarc": "PROCESSING_FAILED", "spf": "PROCESSING_FAILED", "dkim": "GRAY"},
}


@pytest.mark.parametrize("found", FORGERIES.values(), ids=FORGERIES)
def test_a_forged_answer_is_recorded_and_changes_nothing(
    network: Network, ann: Member, friday: Session, found: dict[str, str]
) -> None:
    before = state(network)
    assert hear(outlook(entry(uid=uid(friday))), **found) == "forged"
    assert state(network) == before


@pytest.mark.parametrize("found", [{"virus": "FAIL"}, {"spam": "FAIL"}])
def test_spam_and_viruses_are_not_even_opened(network: Network, found: dict[str, str]) -> None:
    assert jobs.hear(arrival("never-put-anywhere", **found), None) == {"heard": "unsafe"}


@pytest.mark.parametrize("found", [{"virus": "GRAY"}, {"spam": "GRAY"}, {"spam": "PROCESSING_FAILED"}])
def test_a_mail_that_could_not_be_scanned_may_still_say_yes(
    network: Network, ann: Member, friday: Session, found: dict[str, str]
) -> None:
    assert hear(outlook(entry(uid=uid(friday))), **found) == "answered"


def test_answers_with_something_wrong_are_recorded_and_change_nothing(
    network: Network, ann: Member, friday: Session
) -> None:
    name = uid(friday)
    long_mail = outlook(entry(uid=name)) + b"x" * 2_000_000
    before = state(network)
    for raw, outcome in {
        outlook(entry(uid=name, attendees=(ann.address, PAT["email"]))): "two-attendees",
        outlook(entry(uid=name, attendees=())): "no-attendee",
        outlook(entry(uid=name, events=2)): "two-entries",
        outlook(entry(uid=name, method="COUNTER")): "counter",
        outlook(entry(uid=name, method="REFRESH")): "refresh",
        outlook(entry(uid=name, partstat="DELEGATED")): "no-answer",
        outlook(entry(uid=name, sequence="x")): "unreadable",
        outlook(entry(uid="not-a-session@events.psmn.test")): "not-ours",
        outlook(entry(uid=f"{friday.id}@elsewhere.test")): "not-ours",
        outlook(entry(uid=f"{friday.id}-1@events.psmn.test")): "not-ours",
        long_mail: "too-large",
    }.items():
        assert hear(raw) == outcome
    assert state(network) == before


def test_an_answer_after_the_end_is_too_late(network: Network, ann: Member, friday: Session) -> None:
    assert hear(outlook(entry(uid=uid(friday))), at=clock.stamp(friday.end)) == "too-late"
    assert answer_of(network, ann, friday) is None


def test_an_answer_to_the_old_time_is_kept_as_that(network: Network, ann: Member, friday: Session) -> None:
    later = moved(network, friday, start=friday.start + timedelta(hours=2), end=friday.end + timedelta(hours=2))
    assert hear(outlook(entry(uid=uid(friday), sequence=0))) == "old-time"
    answer = answer_of(network, ann, friday)
    assert answer is not None
    assert not answer.holds_for(later)
    assert hear(outlook(entry(uid=uid(friday), sequence=1, partstat="DECLINED"))) == "answered"
    answer = answer_of(network, ann, friday)
    assert answer is not None
    assert (answer.value, answer.holds_for(later)) == (AnswerValue.NO, True)


def test_an_answer_to_an_entry_that_was_put_back_counts(network: Network, ann: Member, friday: Session) -> None:
    back = moved(network, friday, sequence=2, revivals=1)
    assert hear(outlook(entry(uid=uid(friday), sequence=5))) == "old-time"
    assert hear(outlook(entry(uid=uid(back), sequence=2, partstat="TENTATIVE"))) == "answered"


def test_a_calendar_that_counts_too_far_does_not_have_the_last_word(
    network: Network, ann: Member, friday: Session
) -> None:
    assert hear(outlook(entry(uid=uid(friday), sequence=99, stamp="20991231T000000Z"))) == "answered"
    later = "2026-11-23T11:00:00Z"
    no = outlook(entry(uid=uid(friday), partstat="DECLINED", stamp="20261123T110000Z"))
    assert hear(no, at=later) == "answered"
    answer = answer_of(network, ann, friday)
    assert answer is not None
    assert answer.value is AnswerValue.NO


def test_an_assistant_or_an_alias_changes_nothing_and_the_member_can_see_that_it_came(
    network: Network, ann: Member, friday: Session
) -> None:
    pat = network.member(PAT["name"], PAT["email"])
    before = state(network)
    theirs, other = entry(uid=uid(friday)), entry(uid=uid(friday), attendees=("ann@home.example",))
    assert hear(outlook(theirs, "assistant@nhs.net"), source="assistant@nhs.net") == "alias"
    assert hear(outlook(theirs, pat.address), source=pat.address) == "alias"
    assert hear(outlook(other)) == "alias"
    assert state(network) == before
    held = network.signed_in(ann.address).get("/account/data?as=json").json
    (shown,) = (each["items"] for each in held if each["kind"] == "heard")
    assert [(each["outcome"], each["session_id"]) for each in shown] == [("alias", friday.id)] * 3


def test_somebody_who_was_passed_an_invitation_is_told_how_to_join_once_a_day(
    network: Network, ann: Member, friday: Session
) -> None:
    stranger = "wyn@trust.example"
    raw = outlook(entry(uid=uid(friday), attendees=(stranger,)), stranger)
    for at in ("2026-11-23T10:15:00Z", "2026-11-23T18:00:00Z", "2026-11-24T09:00:00Z"):
        network.clock.moment = network.clock.moment.fromisoformat(at)
        assert hear(raw, source=stranger, at=at) == "stranger"
        network.deliver()
    messages = network.inbox(stranger)
    assert [str(message["subject"]) for message in messages] == [
        "How to join the Patient Safety Management Network"
    ] * 2
    assert "https://psmn.test/join" in text_of(messages[0])
    assert messages[0]["auto-submitted"] == "auto-generated"


@pytest.mark.parametrize("told", [{"dmarc": "GRAY"}, {"source": ""}, {"source": "x@bounce.events.psmn.test"}])
def test_nobody_is_told_anything_who_may_not_have_written(
    network: Network, friday: Session, told: dict[str, str]
) -> None:
    stranger = "wyn@trust.example"
    raw = outlook(entry(uid=uid(friday), attendees=(stranger,)), stranger)
    assert hear(raw, **{"source": stranger, **told}) == "stranger"
    assert network.inbox(stranger) == []


def test_requirement_73_a_mail_that_is_told_of_twice_changes_nothing_the_second_time(
    network: Network, ann: Member, friday: Session
) -> None:
    events = [
        posted(outlook(entry(uid=uid(friday)))),
        posted(words("When do you meet?")),
        posted(outlook(entry(uid=uid(friday), attendees=("wyn@trust.example",)), "wyn@trust.example"), dmarc="PASS"),
        posted(outlook(entry(uid=uid(friday))), dmarc="FAIL"),
    ]
    first = [jobs.hear(event, None) for event in events]
    before = sorted(network.everything(), key=str)
    assert [jobs.hear(event, None) for event in events] == first
    assert sorted(network.everything(), key=str) == before


def test_requirement_73_answers_that_arrive_in_any_order_end_as_the_last_that_was_given(
    network: Network, ann: Member, friday: Session
) -> None:
    moved(network, friday)
    given = [
        (0, "20261123T120000Z", "ACCEPTED"),
        (1, "20261123T100000Z", "TENTATIVE"),
        (1, "20261123T110000Z", "DECLINED"),
    ]
    for number, order in enumerate(permutations(given)):
        member = network.member(f"Member {number}", f"member{number}@nhs.net")
        for sequence, stamp, partstat in order:
            calendar = entry(
                uid=uid(friday), attendees=(member.address,), sequence=sequence, stamp=stamp, partstat=partstat
            )
            hear(outlook(calendar, member.address), source=member.address, at="2026-11-23T13:00:00Z")
        answer = answer_of(network, member, friday)
        assert answer is not None
        assert (answer.value, answer.sequence) == (AnswerValue.NO, 1)


def test_requirement_72_a_crash_between_the_answer_and_its_record_is_made_good(
    network: Network, ann: Member, friday: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    event = posted(outlook(entry(uid=uid(friday))))
    with monkeypatch.context() as patch:

        def breaks(*_: object) -> None:
            raise ConnectionError

        patch.setattr(Hearings, "keep", breaks)
        with pytest.raises(ConnectionError):
            jobs.hear(event, None)
    assert jobs.hear(event, None) == {"heard": "answered"}
    assert answer_of(network, ann, friday) is not None


def test_requirement_63_what_was_heard_from_a_member_goes_with_them(
    network: Network, ann: Member, friday: Session
) -> None:
    hear(outlook(entry(uid=uid(friday))))
    hear(words("Hello"))
    network.deliver()
    network.signed_in(ann.address).post("/account/leave")
    kinds = {item["kind"] for item in network.everything() if ann.id in str(item)}
    assert not kinds & {"heard", "answer"}
    assert not [item for item in network.everything() if item.get("mail_kind") == "forwarded"]


def test_requirement_61_nothing_that_comes_in_reaches_a_log(
    network: Network, ann: Member, friday: Session, logged: Callable[[], str]
) -> None:
    for raw in (outlook(entry(uid=uid(friday))), words("Something private"), b"\xff" * 50):
        for dmarc in ("PASS", "FAIL"):
            hear(raw, dmarc=dmarc)
    text = logged()
    assert '"outcome":"answered"' in text
    assert '"outcome":"forged"' in text
    for told in ("@", "Ann", "private", friday.id):
        assert told not in text


def test_requirement_73_any_order_with_any_repeats_ends_the_same(
    network: Network, ann: Member, friday: Session
) -> None:
    network.member(CORA["name"], CORA["email"])
    events = [
        posted(
            outlook(entry(uid=uid(friday), partstat=partstat, stamp=f"2026112{day}T100000Z")), at="2026-11-26T12:00:00Z"
        )
        for day, partstat in ((3, "ACCEPTED"), (4, "DECLINED"), (5, "TENTATIVE"))
    ]
    for seed in range(5):
        order = events * 3
        random.Random(seed).shuffle(order)
        for event in order:
            jobs.hear(event, None)
        answer = answer_of(network, ann, friday)
        assert answer is not None
        assert answer.value is AnswerValue.MAYBE


def test_a_member_is_asked_whether_an_answer_from_another_address_was_theirs(
    network: Network, ann: Member, friday: Session
) -> None:
    browser = network.signed_in(ann.address)
    page = f"/sessions/{friday.id}"
    assert "Was this you?" not in browser.get(page).words
    assert hear(outlook(entry(uid=uid(friday)), sender="assistant@trust.example")) == "alias"
    assert "Was this you?" in browser.get(page).words
    network.clock.move(minutes=1)
    browser.post(f"{page}/reply", answer="yes")
    assert "Was this you?" not in browser.get(page).words
