"""What takes the sessions that are coming out of one person's calendar."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from functions.kernel.entry import Entry
from functions.mail.model import MAY_HAVE_ARRIVED, CalendarPart, Mail, State, new_mail
from functions.mail.withdraw import withdrawals

NOW = datetime(2026, 11, 25, 10, 0, 30, 500, tzinfo=UTC)
HERE, ELSEWHERE = "here", "elsewhere"
STARTS = {
    "over": NOW - timedelta(days=5),
    "begun": NOW - timedelta(minutes=10),
    "soon": NOW + timedelta(days=2),
    "later": NOW + timedelta(days=9),
}


def entry(uid: str, sequence: int = 0, stamp: datetime = NOW - timedelta(days=2)) -> Entry:
    """A version of a session that lasts an hour."""
    return Entry(
        uid=uid,
        sequence=sequence,
        stamp=stamp,
        start=STARTS[uid.partition("@")[0]],
        end=STARTS[uid.partition("@")[0]] + timedelta(hours=1),
        summary="Friday drop-in, Patient Safety Management Network",
        description="",
        location="Online",
        url="https://psmn.test/sessions/s1",
        organizer_name="Network",
        organizer_address="events@events.psmn.test",
    )


def row(method: str, written: Entry, state: State = State.SENT, address: str = HERE, *, attempt: int = 1) -> Mail:
    """A row of the ledger, of a message with an entry."""
    part = CalendarPart.model_validate({"method": method, "entry": written.model_dump(mode="json")})
    return new_mail(
        "invite",
        key=f"{method}.{written.uid}.{written.sequence}.{written.stamp}.{address}",
        to_address=f"ann@{address}.nhs.uk",
        to_name="Ann",
        address_digest=address,
        owner="ann",
        context={"title": "Friday drop-in"},
        calendar=part,
        now=written.stamp,
    ).model_copy(update={"state": state, "attempt": attempt})


def version(mail: Mail) -> tuple[int, datetime]:
    """What calendars order the versions of an entry by."""
    assert mail.calendar is not None
    return mail.calendar.entry["sequence"], datetime.fromisoformat(mail.calendar.entry["stamp"])


def shown(arrived: Iterable[Mail]) -> set[str]:
    """The entries in a calendar that these messages reached in any order, by UID (RFC 5546 section 2.1.5)."""
    newest: dict[str, Mail] = {}
    for mail in arrived:
        assert mail.calendar is not None
        uid = mail.calendar.entry["uid"]
        if uid not in newest or version(mail) > version(newest[uid]):
            newest[uid] = mail
    return {uid for uid, mail in newest.items() if mail.calendar and mail.calendar.method == "REQUEST"}


def test_a_session_that_is_coming_is_taken_out_with_the_same_sequence_and_a_newer_stamp() -> None:
    (mail,) = withdrawals([row("REQUEST", entry("soon@psmn.test", sequence=3))], HERE, NOW)
    assert mail.calendar is not None
    written = Entry.model_validate(mail.calendar.entry)
    assert (written.uid, written.sequence, written.stamp) == ("soon@psmn.test", 3, NOW.replace(microsecond=0))
    assert (mail.mail_kind, mail.to_address, mail.owner, mail.guards) == ("withdrawn", "ann@here.nhs.uk", "ann", ())
    assert mail.not_after == STARTS["soon"]
    assert mail.context["subject"] == "Out of your calendar: Friday 27 November 2026, 10am (UK time)"


def test_an_entry_that_was_made_this_very_second_is_taken_out_by_a_newer_one() -> None:
    made = entry("soon@psmn.test", stamp=NOW.replace(microsecond=0))
    (mail,) = withdrawals([row("REQUEST", made)], HERE, NOW)
    assert version(mail) == (0, made.stamp + timedelta(seconds=1))


def test_what_is_over_or_called_off_or_never_left_stays_as_it_is() -> None:
    rows = [
        row("REQUEST", entry("over@psmn.test")),
        row("REQUEST", entry("begun@psmn.test")),
        row("REQUEST", entry("soon@psmn.test")),
        row("CANCEL", entry("soon@psmn.test", sequence=1)),
        row("REQUEST", entry("later@psmn.test"), State.STALE),
    ]
    assert withdrawals(rows, HERE, NOW) == []


def test_a_new_time_that_never_left_does_not_hide_the_entry_that_did() -> None:
    rows = [row("REQUEST", entry("soon@psmn.test")), row("REQUEST", entry("soon@psmn.test", sequence=1), State.PLANNED)]
    (mail,) = withdrawals(rows, HERE, NOW)
    assert version(mail)[0] == 0


def test_a_second_attempt_may_have_arrived_at_the_first() -> None:
    rows = [row("REQUEST", entry("soon@psmn.test"), State.PLANNED, attempt=2)]
    assert len(withdrawals(rows, HERE, NOW)) == 1


def test_a_cancellation_whose_answer_got_lost_may_not_have_arrived_so_the_entry_is_taken_out() -> None:
    off = entry("soon@psmn.test", sequence=1, stamp=NOW - timedelta(hours=1))
    for state in (State.SENDING, State.UNKNOWN):
        rows = [row("REQUEST", entry("soon@psmn.test")), row("CANCEL", off, state)]
        (mail,) = withdrawals(rows, HERE, NOW)
        assert version(mail) == (1, NOW.replace(microsecond=0))


@st.composite
def ledgers(draw: st.DrawFn) -> list[Mail]:
    """All that one person was ever sent: versions of each session, at two addresses, each in some state."""
    rows = []
    for uid in ("over@psmn.test", "soon@psmn.test", "later@psmn.test"):
        sequence, stamp = 0, NOW - timedelta(days=3)
        for _ in range(draw(st.integers(0, 4))):
            method = draw(st.sampled_from(["REQUEST", "REQUEST", "CANCEL", "WITHDRAW"]))
            sequence += draw(st.integers(0, 1))
            stamp += timedelta(seconds=draw(st.integers(1, 86_400 // 2)))
            state, address = draw(st.sampled_from(State)), draw(st.sampled_from([HERE, HERE, ELSEWHERE]))
            rows.append(row(method, entry(uid, sequence, stamp), state, address))
    return draw(st.permutations(rows))


@given(ledgers(), st.randoms(use_true_random=False))
def test_whatever_was_sent_and_in_whatever_order_it_arrives_nothing_that_is_coming_stays(
    rows: list[Mail], chance: Random
) -> None:
    taken_out = withdrawals(rows, HERE, NOW)
    here = [each for each in rows if each.address_digest == HERE and each.state in MAY_HAVE_ARRIVED]
    surely = [each for each in here if each.state not in {State.SENDING, State.UNKNOWN}]
    arrived = [each for each in here if each in surely or chance.random() < 0.5]
    assert {uid for uid in shown(arrived + taken_out) if not uid.startswith("over")} == set()
    assert shown(arrived + taken_out) & {"over@psmn.test"} == shown(arrived) & {"over@psmn.test"}
    assert {each.address_digest for each in taken_out} <= {HERE}
    held = {each.calendar.entry["uid"] for each in here if each.calendar}
    assert {each.calendar.entry["uid"] for each in taken_out if each.calendar} <= held


@given(ledgers(), st.integers(0, 3600))
def test_withdrawing_twice_is_withdrawing_once(rows: list[Mail], seconds: int) -> None:
    first = withdrawals(rows, HERE, NOW)
    later = NOW + timedelta(seconds=seconds)
    assert {each.key for each in withdrawals(rows, HERE, later)} == {each.key for each in first}
    sent = [each.model_copy(update={"state": State.SENT}) for each in first]
    assert withdrawals([*rows, *sent], HERE, later) == []
