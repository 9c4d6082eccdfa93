"""What is read of a mail that came in, and what an answer from a calendar may change."""

import base64
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from functions.invites import replies
from functions.invites.model import Arrival, Letter, Outcome, Reply
from functions.invites.replies import Dropped
from functions.sessions.model import AnswerValue, Session
from tests.inbound import ANN, SHAPES, UID, apple, arrival, entry, gmail, outlook, words

NOW = datetime(2026, 11, 23, 10, 15, 30, tzinfo=UTC)


def reply_of(raw: bytes) -> Reply | None:
    return replies.reply_in(replies.read(raw))


def why_dropped(raw: bytes) -> Outcome:
    with pytest.raises(Dropped) as dropped:
        reply_of(raw)
    return dropped.value.outcome


def told(**found: str) -> Arrival:
    return Arrival.of(arrival("m1", **found))


def signed_by(*domains: str) -> Letter:
    more = "".join(f"DKIM-Signature: v=1; a=rsa-sha256; d={domain}; s=s1;\r\n bh=x; b=y\r\n" for domain in domains)
    return replies.read(outlook(entry(), more=more))


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize(
    ("partstat", "value"),
    [("ACCEPTED", AnswerValue.YES), ("DECLINED", AnswerValue.NO), ("TENTATIVE", AnswerValue.MAYBE)],
)
def test_the_three_buttons_of_each_program_are_understood(shape: str, partstat: str, value: AnswerValue) -> None:
    letter = replies.read(SHAPES[shape](entry(partstat=partstat, sequence=2)))
    reply = replies.reply_in(letter)
    assert reply is not None
    assert (reply.uid, reply.sequence, reply.value) == (UID, 2, value)
    assert reply.attendee.lower() == ANN
    assert (letter.sender or "").lower() == ANN
    assert reply.stamp == datetime(2026, 11, 23, 9, 59, tzinfo=UTC)


@pytest.mark.parametrize(
    ("raw", "outcome"),
    [
        (outlook(entry(attendees=(ANN, "pat.example@gmail.com"))), Outcome.TWO_ATTENDEES),
        (outlook(entry(attendees=())), Outcome.NO_ATTENDEE),
        (outlook(entry(events=2)), Outcome.TWO_ENTRIES),
        (outlook(entry(events=0)), Outcome.UNREADABLE),
        (outlook(entry(method="COUNTER")), Outcome.COUNTER),
        (outlook(entry(method="REFRESH")), Outcome.REFRESH),
        (outlook(entry(partstat="DELEGATED")), Outcome.NO_ANSWER),
        (outlook(entry(partstat="NEEDS-ACTION")), Outcome.NO_ANSWER),
        (outlook(entry(sequence="many")), Outcome.UNREADABLE),
        (outlook(entry().replace("UID:", "X-UID:")), Outcome.UNREADABLE),
        (outlook(entry().replace("END:VCALENDAR", "")), Outcome.UNREADABLE),
        (outlook(entry() + "\r\n" + entry()), Outcome.UNREADABLE),
        (outlook(entry().replace("METHOD:REPLY", "METHOD:REPLY\r\nMETHOD:CANCEL")), Outcome.TWO_ENTRIES),
        (gmail(entry()).replace(b"application/ics", b"text/calendar"), Outcome.TWO_ENTRIES),
    ],
)
def test_an_answer_with_anything_wrong_in_it_is_dropped_and_says_why(raw: bytes, outcome: Outcome) -> None:
    assert why_dropped(raw) is outcome


@pytest.mark.parametrize("method", ["REQUEST", "PUBLISH", "CANCEL"])
def test_an_entry_that_asks_nothing_of_an_organiser_is_a_message_like_any_other(method: str) -> None:
    assert reply_of(outlook(entry(method=method))) is None


def test_an_answer_inside_a_mail_that_is_passed_on_is_not_an_answer() -> None:
    carried = b"--x\r\nContent-Type: message/rfc822\r\n\r\n" + outlook(entry()) + b"\r\n--x--\r\n"
    raw = b"From: pat@example.org\r\nContent-Type: multipart/mixed; boundary=x\r\n\r\n" + carried
    assert reply_of(raw) is None


def boxes(depth: int) -> bytes:
    around = (b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n" % (each, each) for each in range(depth))
    return b"From: pat@example.org\r\n" + b"".join(around) + b"Content-Type: text/plain\r\n\r\nHello\r\n"


def test_a_mail_of_boxes_in_boxes_is_read_as_deep_as_mail_programs_go() -> None:
    assert replies.read(boxes(20)).text == "Hello"


def test_a_mail_of_thousands_of_boxes_in_boxes_is_given_up() -> None:
    with pytest.raises(Dropped, match="unreadable"):
        replies.read(boxes(2_000))


def test_a_mail_of_very_many_parts_is_given_up() -> None:
    parts = b"--x\r\nContent-Type: text/plain\r\n\r\na\r\n" * (replies.MOST_PARTS + 1)
    with pytest.raises(Dropped, match="unreadable"):
        replies.read(b"Content-Type: multipart/mixed; boundary=x\r\n\r\n" + parts + b"--x--\r\n")


@pytest.mark.parametrize(
    ("headers", "sender"),
    [
        ("From: a@nhs.net, b@nhs.net\r\n", None),
        ("From: a@nhs.net\r\nFrom: b@nhs.net\r\n", None),
        ("From: a@nhs.net\r\nFrom: a@nhs.net\r\n", None),
        ("Sender: a@nhs.net\r\n", None),
        ("From: \r\n", None),
        ('From: "b@nhs.net" <a@nhs.net>\r\n', "a@nhs.net"),
        ("From: =?utf-8?q?b=40nhs=2Enet?= <a@nhs.net>\r\n", "a@nhs.net"),
    ],
)
def test_a_mail_that_comes_from_nobody_or_from_two_comes_from_nobody(headers: str, sender: str | None) -> None:
    assert replies.read(f"{headers}\r\nHello\r\n".encode()).sender == sender


@pytest.mark.parametrize(
    ("found", "signers", "believed"),
    [
        ({"dmarc": "PASS", "spf": "FAIL", "dkim": "FAIL"}, (), True),
        ({"dmarc": "FAIL"}, ("nhs.net",), False),
        ({"dmarc": "GRAY", "spf": "PASS", "dkim": "GRAY"}, (), True),
        ({"dmarc": "GRAY", "spf": "PASS", "dkim": "GRAY", "source": "a@evil.test"}, (), False),
        ({"dmarc": "GRAY", "spf": "PASS", "dkim": "GRAY", "source": "a@bounce.nhs.net"}, (), True),
        ({"dmarc": "GRAY", "spf": "PASS", "dkim": "GRAY", "source": "a@evilnhs.net"}, (), False),
        ({"dmarc": "GRAY", "spf": "PASS", "dkim": "GRAY", "source": "a@net"}, (), False),
        ({"dmarc": "GRAY", "spf": "PASS", "dkim": "GRAY", "source": ""}, (), False),
        ({"dmarc": "GRAY", "spf": "GRAY", "dkim": "PASS"}, ("nhs.net",), True),
        ({"dmarc": "GRAY", "spf": "GRAY", "dkim": "PASS"}, (), False),
        ({"dmarc": "GRAY", "spf": "GRAY", "dkim": "PASS"}, ("evil.test",), False),
        ({"dmarc": "GRAY", "spf": "GRAY", "dkim": "PASS"}, ("evil.test", "nhs.net"), False),
        ({"dmarc": "PROCESSING_FAILED", "spf": "PROCESSING_FAILED", "dkim": "PROCESSING_FAILED"}, ("nhs.net",), False),
        ({"dmarc": "GRAY", "spf": "FAIL", "dkim": "FAIL"}, ("nhs.net",), False),
    ],
)
def test_a_sender_is_believed_only_as_far_as_the_mail_service_could_check(
    found: dict[str, str], signers: tuple[str, ...], *, believed: bool
) -> None:
    assert replies.proven(told(**found), signed_by(*signers)) is believed


def test_a_signature_that_names_nobody_makes_the_others_worth_nothing() -> None:
    letter = replies.read(outlook(entry(), more="DKIM-Signature: v=1; d=nhs.net\r\nDKIM-Signature: v=1\r\n"))
    assert not replies.proven(told(dmarc="GRAY", spf="GRAY"), letter)


def test_a_mail_cannot_speak_for_itself() -> None:
    boast = "X-SES-Spam-Verdict: PASS\r\nAuthentication-Results: amazonses.com; dmarc=pass; spf=pass; dkim=pass\r\n"
    letter = replies.read(outlook(entry(), more=boast))
    assert not replies.proven(told(dmarc="GRAY", spf="FAIL", dkim="FAIL"), letter)


@pytest.mark.parametrize(
    ("headers", "automatic"),
    [
        ("", False),
        ("Auto-Submitted: no\r\n", False),
        ("Auto-Submitted: NO; because\r\n", False),
        ("Auto-Submitted: auto-replied\r\n", True),
        ("Auto-Submitted: auto-generated\r\nX-Auto-Response-Suppress: All\r\n", True),
        ("X-Auto-Response-Suppress: All\r\n", True),
        ("Precedence: auto_reply\r\n", True),
        ("Precedence: Bulk\r\n", True),
        ("Precedence: first-class\r\n", False),
    ],
)
def test_out_of_office_is_told_from_a_message(headers: str, *, automatic: bool) -> None:
    assert replies.read(words("I am away.", more=headers)).automatic is automatic


def session(**more: Any) -> Session:
    start = datetime(2026, 11, 27, 12, tzinfo=UTC)
    facts = {"id": "s1", "title": "Friday drop-in", "start": start, "end": start + timedelta(hours=1)}
    return Session.model_validate({**facts, "changed_at": NOW, **more})


def says(sequence: int, stamp: datetime | None = NOW) -> Reply:
    return Reply(uid=UID, attendee=ANN, sequence=sequence, stamp=stamp, value=AnswerValue.YES)


@pytest.mark.parametrize(("sequence", "holds"), [(0, False), (1, True), (2, True), (99, True)])
def test_an_answer_is_to_the_time_it_was_given_for_and_never_to_one_that_is_to_come(
    sequence: int, *, holds: bool
) -> None:
    moved = session(sequence=1)
    answer = replies.answer_to(moved, 0, says(sequence), NOW)
    assert answer.holds_for(moved) is holds
    assert answer.sequence <= moved.sequence


def test_an_answer_to_an_entry_that_was_called_off_never_counts_for_the_one_that_was_put_back() -> None:
    back = session(sequence=2, revivals=1)
    assert not replies.answer_to(back, 0, says(99), NOW).holds_for(back)
    assert replies.answer_to(back, 1, says(2), NOW).holds_for(back)


@pytest.mark.parametrize(
    ("stamp", "kept"),
    [(NOW - timedelta(minutes=1), NOW - timedelta(minutes=1)), (NOW + timedelta(days=900), NOW), (None, NOW)],
)
def test_a_clock_that_is_ahead_makes_no_answer_that_lasts_for_ever(stamp: datetime | None, kept: datetime) -> None:
    assert replies.answer_to(session(), 0, says(0, stamp), NOW).stamp == kept


@pytest.mark.parametrize("revivals", [0, 1, 12])
@pytest.mark.parametrize("session_id", ["s1", "drop-in-2026-11-27", "0f8e3c1d5b7a49268c0d1e2f3a4b5c6d"])
def test_every_name_that_we_give_an_entry_leads_back_to_its_session(session_id: str, revivals: int) -> None:
    uid = session(id=session_id, revivals=revivals).uid("events.psmn.test")
    assert (session_id, revivals) in replies.sessions_named(uid, "events.psmn.test")


@pytest.mark.parametrize(
    "uid", ["s1@elsewhere.test", "s1", "@events.psmn.test", "s 1@events.psmn.test", "a" * 101 + "@events.psmn.test"]
)
def test_a_name_that_we_never_gave_leads_nowhere(uid: str) -> None:
    assert replies.sessions_named(uid, "events.psmn.test") == []


TOKEN = f"{'ab' * 32}.{'x-_Y' * 10}Abc"


@pytest.mark.parametrize(
    "subject", [TOKEN, f" {TOKEN} ", f"Re: {TOKEN}", f"=?utf-8?b?{base64.b64encode(TOKEN.encode()).decode()}?="]
)
def test_the_token_is_found_in_what_a_mail_program_sends_by_itself(subject: str) -> None:
    assert replies.stop_token(replies.read(words("", subject=subject)).subject) == TOKEN


def test_words_without_a_token_stop_nothing() -> None:
    assert replies.stop_token("Please unsubscribe me") is None


def test_the_beginning_of_what_was_written_is_read_line_by_line() -> None:
    assert replies.read(words("Hello\r\n\r\n  Wyn  Ŵr\r\n")).text == "Hello\nWyn Ŵr"


def test_a_page_is_read_without_its_markup() -> None:
    page = (
        "From: a@nhs.net\r\nContent-Type: text/html; charset=iso-8859-1\r\n\r\n"
        "<html><head><style>p{color:red}</style></head><body><p>Caf\xe9 &amp; tea<br>at noon</p><script>x()</script>"
    ).encode("latin-1")
    assert replies.read(page).text == "Café & tea\nat noon"


def test_a_long_message_is_cut_where_a_mail_of_ours_can_still_carry_it() -> None:
    assert len(replies.read(words("a" * 9_000)).text) == replies.LONGEST_EXCERPT
    assert len(replies.read(words("😀" * 9_000)).text.encode()) <= 12_000


@pytest.mark.parametrize("charset", ["nonsense", "idna", "base64", "utf-16", "x\x00y", "unicode_escape"])
def test_a_message_in_no_encoding_is_still_a_message(charset: str) -> None:
    raw = f'From: a@nhs.net\r\nContent-Type: text/plain; charset="{charset}"\r\n\r\nHello there\r\n'.encode()
    assert replies.read(raw).sender == "a@nhs.net"


SEEDS = [outlook(entry()), gmail(entry()), apple(entry()), words("Hello", subject="=?utf-8?b?///?=")]


@st.composite
def mangled(draw: st.DrawFn) -> bytes:
    """A real mail in which some bytes were lost, doubled or changed."""
    raw = bytearray(draw(st.sampled_from(SEEDS)))
    for _ in range(draw(st.integers(1, 8))):
        place = draw(st.integers(0, len(raw) - 1))
        length = draw(st.integers(0, 40))
        raw[place : place + length] = draw(st.binary(max_size=20) | st.just(bytes(raw[place : place + length]) * 2))
    return bytes(raw)


@given(st.binary(max_size=500) | mangled())
@example(b"")
@example(b"From: \xff\xfe\r\nSubject: =?x?q?=ff?=\r\nContent-Type: text/calendar; charset=\xff\r\n\r\nMETHOD:REPLY\r\n")
def test_no_bytes_ever_raise_anything_but_that_they_are_dropped(raw: bytes) -> None:
    try:
        letter = replies.read(raw)
        reply = replies.reply_in(letter)
    except Dropped:
        return
    letter.subject.encode()
    letter.text.encode()
    assert isinstance(letter.sender, str | None)
    assert reply is None or reply.value in AnswerValue
    assert replies.proven(told(dmarc="FAIL"), letter) is False


@pytest.mark.parametrize("name", ["", "a b", "../x", "a" * 201, "x/y"])
def test_a_mail_whose_name_is_none_is_not_looked_for(name: str) -> None:
    with pytest.raises(ValueError, match="message_id"):
        Arrival.of(arrival(name))
