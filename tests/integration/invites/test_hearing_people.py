"""Mail that people and their mail programs send back: a stop, out-of-office, and words for a person."""

import pytest

from functions.invites import hear as hear_module
from functions.invites import jobs
from functions.mail.kinds import Choice
from functions.mail.store import Choices, Ledger
from functions.membership.model import Member
from tests.inbound import EVENTS_BOX, arrival, hear, posted, words
from tests.integration.invites.conftest import Plan
from tests.network import Network, text_of
from tests.people import ANN

STAFF = "hello@psmn.test"


def stop_mail(network: Network, member: Member, plan: Plan) -> tuple[str, str]:
    """Where, and with which subject, the member's mail program writes when they press "unsubscribe"."""
    plan()
    header = str(network.inbox(member.address)[-1]["list-unsubscribe"])
    way = next(way.strip(" <>") for way in header.split(",") if "mailto:" in way)
    address, _, subject = way.removeprefix("mailto:").partition("?subject=")
    return address, subject


def test_requirement_49_a_mail_program_that_presses_unsubscribe_by_mail_stops_the_invitations(
    network: Network, ann: Member, plan: Plan
) -> None:
    address, subject = stop_mail(network, ann, plan)
    assert address == "unsubscribe@events.psmn.test"
    for _ in range(2):
        assert hear(words("", subject=subject), recipient=address) == "stopped"
    assert Choice.INVITES not in Choices(network.table).of(ann.id)
    receipts = [str(message["subject"]) for message in network.inbox(ann.address)]
    assert receipts.count("You have stopped the weekly invitations") == 1


def test_requirement_49_nobody_can_unsubscribe_another(network: Network, ann: Member, plan: Plan) -> None:
    address, subject = stop_mail(network, ann, plan)
    key, _, secret = subject.partition(".")
    for made_up in (f"{key}.{secret[::-1]}", f"{key[::-1]}.{secret}"):
        assert hear(words("", subject=made_up), recipient=address) == "not-ours"
    assert hear(words("Stop", subject=f"unsubscribe {ann.address}"), recipient=address) == "forwarded"
    assert hear(words("", subject=subject), recipient=EVENTS_BOX) == "forwarded"
    assert Choice.INVITES in Choices(network.table).of(ann.id)


def test_a_stop_that_is_told_of_again_after_the_member_started_again_stays_started(
    network: Network, ann: Member, plan: Plan
) -> None:
    address, subject = stop_mail(network, ann, plan)
    event = posted(words("", subject=subject), recipient=address)
    jobs.hear(event, None)
    Choices(network.table).start(Choice.INVITES, ann.id, network.clock.now())
    jobs.hear(event, None)
    assert Choice.INVITES in Choices(network.table).of(ann.id)


def test_what_a_person_writes_reaches_people(network: Network, ann: Member) -> None:
    raw = words("Can I bring\r\na colleague?\r\n\r\n[Press](https://evil.test)", subject="A question about Friday")
    assert hear(raw) == "forwarded"
    (message,) = network.inbox(STAFF)
    text = text_of(message).replace("\r\n", "\n")
    assert [part.get_content_type() for part in message.walk()] == ["multipart/alternative", "text/plain", "text/html"]
    assert str(message["from"]).endswith("<account@account.psmn.test>")
    for told in (f"From: {ann.address}", "Subject: A question about Friday", "Can I bring\n\na colleague?"):
        assert told in text
    assert "could not check" not in text
    assert 'href="https://evil.test"' not in str(message)


HOSTILE = (
    "<script>alert(1)</script><a href='https://evil.test'>x</a>\n    1234 5678\n- one\n--\n[Press](https://evil.test)\n"
    "{{ 11111111*3 }}{% include 'x' %}\nBcc: all@psmn.test\nBEGIN:VEVENT\n=?utf-8?q?=0d=0aBcc:_x@evil.test?="
)


def test_requirement_53_what_a_stranger_writes_is_words_and_nothing_else(network: Network) -> None:
    assert hear(words(HOSTILE, "wyn@trust.example", subject="<b>[x](https://evil.test)</b>")) == "forwarded"
    (message,) = network.inbox(STAFF)
    assert not {"bcc", "cc"} & {header.lower() for header in message}
    assert [part.get_content_type() for part in message.walk()] == ["multipart/alternative", "text/plain", "text/html"]
    page = str(message.get_body(("html",)).get_content())
    for made in ("<script", "<a ", "<b>", "33333333"):
        assert made not in page
    assert page.count("<ul>") == 1
    for line in HOSTILE.splitlines():
        assert " ".join(line.split()) in text_of(message)


def test_the_longest_message_of_the_widest_letters_is_passed_on(network: Network) -> None:
    page = "&'\"<😀" * 2_000
    assert hear(words(page)) == "forwarded"
    assert network.deliver() == ["sent"]


def test_a_message_with_a_large_file_is_passed_on_without_it(network: Network) -> None:
    file = "--x\r\nContent-Type: application/pdf\r\nContent-Disposition: attachment\r\n\r\n" + "A" * 2_000_000
    raw = (
        "From: wyn@trust.example\r\nSubject: Poster\r\nContent-Type: multipart/mixed; boundary=x\r\n\r\n"
        f"--x\r\nContent-Type: text/plain\r\n\r\nSee attached.\r\n{file}\r\n--x--\r\n"
    ).encode()
    assert hear(raw, source="wyn@trust.example") == "forwarded"
    text = text_of(network.inbox(STAFF)[0])
    assert "See attached." in text
    assert "AAAA" not in text


def test_people_are_told_when_it_is_not_certain_who_wrote(network: Network, ann: Member) -> None:
    assert hear(words("Give me her address."), dmarc="FAIL") == "forwarded"
    assert "We could not check that it really comes from this address." in text_of(network.inbox(STAFF)[0])
    assert list(Ledger(network.table).of(ann.id)) == []


@pytest.mark.parametrize(
    ("raw", "source", "outcome"),
    [
        (words("I am away.", more="Auto-Submitted: auto-replied\r\n"), ANN["email"], "automatic"),
        (words("I am away.", more="X-Auto-Response-Suppress: All\r\n"), ANN["email"], "automatic"),
        (words("Not delivered"), "", "ours"),
        (words("Not delivered"), "<>", "ours"),
        (words("Round", "account@account.psmn.test"), "x@bounce.account.psmn.test", "ours"),
        (words("Round", STAFF), STAFF, "ours"),
        (words("Round", "events@events.psmn.test"), ANN["email"], "ours"),
        (words("Who?", "a@nhs.net, b@nhs.net"), ANN["email"], "forged"),
    ],
)
def test_nothing_goes_round_and_no_program_is_answered(network: Network, raw: bytes, source: str, outcome: str) -> None:
    assert hear(raw, source=source) == outcome
    assert list(network.mail()) == []
    assert network.deliver() == []


def test_a_flood_of_messages_ends(network: Network, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hear_module, "FORWARDS_OF_ONE", 2)
    monkeypatch.setattr(hear_module, "FORWARDS_IN_ALL", 4)
    assert [hear(words("Hello", "wyn@trust.example")) for _ in range(3)] == ["forwarded", "forwarded", "too-many"]
    others = [hear(words("Hello", f"wyn{number}@trust.example")) for number in range(3)]
    assert others == ["forwarded", "forwarded", "too-many"]


def test_a_mail_that_is_not_in_the_bucket_fails_loudly_so_that_it_is_kept_for_a_person(network: Network) -> None:
    with pytest.raises(Exception, match="NoSuchKey"):
        jobs.hear(arrival("gone"), None)
