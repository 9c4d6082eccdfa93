"""Handing a message to the mail service: a service on this machine answers the real SDK in every way there is."""

from collections.abc import Iterator

import pytest

from functions.mail.pace import Quota
from functions.mail.post import Outcome, Posted, PostOffice
from tests.network import ENVIRONMENT
from tests.ses_double import Does, SesDouble, closed_port, listening, office_at

OUTCOMES = {
    Does.ACCEPTS: Outcome.ACCEPTED,
    Does.REFUSES: Outcome.REFUSED,
    Does.BUSY: Outcome.BUSY,
    Does.FORBIDS: Outcome.BUSY,
    Does.PAUSED: Outcome.PAUSED,
    Does.SET_PAUSED: Outcome.PAUSED,
    Does.SUSPENDED: Outcome.PAUSED,
    Does.OUT_OF_QUOTA: Outcome.PAUSED,
}


@pytest.fixture(scope="module")
def service() -> Iterator[SesDouble]:
    with listening() as double:
        yield double


@pytest.fixture
def office(service: SesDouble, monkeypatch: pytest.MonkeyPatch) -> PostOffice:
    for name, value in ENVIRONMENT.items():
        monkeypatch.setenv(name, value)
    return office_at(service.server_port, monkeypatch)


def posted(office: PostOffice) -> Posted:
    return office.post(
        b"Subject: Hello\r\n\r\nAnn", sender="a@psmn.test", recipient="ann@nhs.net",
        configuration_set="signin", tags={"intent": "k"},
    )  # fmt: skip


@pytest.mark.parametrize("does", Does)
def test_requirements_72_and_78_each_answer_has_one_meaning_and_no_message_is_handed_over_twice(
    service: SesDouble, office: PostOffice, does: Does
) -> None:
    service.begin(does)
    assert posted(office).outcome is OUTCOMES.get(does, Outcome.UNCLEAR)
    assert (does not in OUTCOMES) == (not does.is_heard)
    assert service.asked == 1
    assert service.copies_of("k") == int(does.takes)


def test_the_service_gets_the_message_for_one_reader_and_tells_its_name(service: SesDouble, office: PostOffice) -> None:
    service.begin()
    assert posted(office) == Posted(Outcome.ACCEPTED, "m-1")
    (taken,) = service.taken
    assert (taken.intent, taken.recipient, taken.configuration_set) == ("k", "ann@nhs.net", "signin")
    assert taken.raw == b"Subject: Hello\r\n\r\nAnn"
    assert "Destinations.member.2" not in taken.fields


def test_a_service_that_is_not_there_has_certainly_sent_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in ENVIRONMENT.items():
        monkeypatch.setenv(name, value)
    office = office_at(closed_port(), monkeypatch)
    assert posted(office).outcome is Outcome.BUSY
    assert office.quota() is None


def test_the_service_says_how_much_we_may_send(office: PostOffice) -> None:
    assert office.quota() == Quota(each_second=500, each_day=50_000, sent=0)


@pytest.mark.parametrize(
    ("name", "header"),
    [
        ("0102-a-000000", "<0102-a-000000@eu-west-2.amazonses.com>"),
        ("a@email.amazonses.com", "<a@email.amazonses.com>"),
    ],
)
def test_a_message_is_found_again_by_the_name_that_the_service_gave_it(
    office: PostOffice, name: str, header: str
) -> None:
    assert office.header_of(name) == header
