"""Decisions take effect ten minutes later, once, whatever happens in between."""

from collections.abc import Iterable
from datetime import timedelta

import pytest

from functions.kernel import keys
from functions.kernel.errors import Clash
from functions.kernel.table import Table, Write, change
from functions.membership import jobs, review
from functions.membership.model import Application, Choice, Status
from functions.membership.store import Applications, Members
from tests.coordinators import QUEUE, cora, decided, now_of, sams, settle, waiting, what_was_written
from tests.network import Network, code_in, link_in, text_of
from tests.people import CORA, PAT, SAM, VERA


def test_nothing_is_sent_or_granted_for_ten_minutes_and_then_sam_is_a_member(network: Network) -> None:
    application, browser = sams(network), cora(network)
    before = len(network.inbox(SAM["email"]))

    answer = decided(browser, application, decision="accept", reason="A04", note="Welcome, Sam.")

    assert answer.status == 303
    page = browser.get(answer.location)
    assert "Nothing is sent for 10 minutes, so you can undo it" in page.words
    assert "so you can undo until Monday 23 November 2026, 10:10am (UK time)" in page.words
    network.clock.move(minutes=9, seconds=59)
    assert settle(network)["decisions"] == 0
    assert now_of(network, application).status is Status.WAITING
    assert len(network.inbox(SAM["email"])) == before

    network.clock.move(seconds=1)

    assert settle(network) == {"decisions": 1, "leavers": 0, "questions": 0, "complaints": 0, "failed": 0}
    after = now_of(network, application)
    assert after.status is Status.ACCEPTED
    assert after.member_id is not None
    member = Members(network.table).get(after.member_id)
    assert member is not None
    assert (member.verdict.outcome, member.verdict.reason) == ("ACCEPT", "A04")
    letter = network.inbox(SAM["email"])[-1]
    assert letter["subject"] == "You are a member of the Patient Safety Management Network"
    assert "A coordinator added: Welcome, Sam." in text_of(letter)
    assert network.signed_in(SAM["email"]).get("/home").status == 200


def test_sam_is_asked_one_thing_and_the_outcome_page_says_it(network: Network) -> None:
    sam = network.join(SAM)
    application = waiting(network)[0]
    decided(cora(network), application, decision="ask", reason="E16", note="Which part is safety?")
    network.clock.move(minutes=10)

    settle(network)

    assert now_of(network, application).status is Status.ASKED
    letter = network.inbox(SAM["email"])[-1]
    assert letter["subject"].startswith("A question about your application")
    assert "A coordinator asks: Which part is safety?" in text_of(letter)
    assert sam.get("/join/outcome").reason == "E16"


def test_sam_is_declined_by_a_person_and_forgotten_after_90_days(network: Network) -> None:
    application = sams(network)
    decided(cora(network), application, decision="decline", reason="D05")
    network.clock.move(minutes=10)

    settle(network)

    letter = network.inbox(SAM["email"])[-1]
    assert "A person made this decision." in text_of(letter)
    assert "until Monday 21 December 2026" in text_of(letter)
    network.clock.move(days=89)
    assert now_of(network, application).status is Status.DECLINED
    network.clock.move(days=2)
    assert Applications(network.table).get(application.id) is None
    assert network.join(SAM).get("/join/outcome").reason == "E11"


def test_a_decision_is_dropped_when_the_answers_change_before_it_takes_effect(network: Network) -> None:
    sam = network.join(SAM)
    application, browser = waiting(network)[0], cora(network)
    decided(browser, application, decision="decline", reason="D05")
    told = {name: value for name, value in SAM.items() if name != "email"}
    sam.post("/join/about-you", {**told, "organisation": "Changed Supplies"})
    sam.post("/join/check")
    network.clock.move(minutes=10)

    assert settle(network)["decisions"] == 0

    assert now_of(network, application).status is Status.WAITING
    assert "Sam Seller" in browser.get(QUEUE).words


def test_requirement_73_a_second_run_of_the_job_does_nothing_more(network: Network) -> None:
    application = sams(network)
    decided(cora(network), application, decision="accept")
    network.clock.move(minutes=10)

    first, second = settle(network), settle(network)

    assert (first["decisions"], second["decisions"]) == (1, 0)
    members = [each for each in Members(network.table).every() if each.name == "Sam Seller"]
    assert len(members) == 1
    assert [str(each["subject"]) for each in network.inbox(SAM["email"])].count(
        "You are a member of the Patient Safety Management Network"
    ) == 1


class AnswerLost(BaseException):
    """The process ends after the table did what it was told, and before it heard so."""


class Deaf(Table):
    """A table that does what it is told, and whose answer never comes."""

    def transact(self, writes: Iterable[Write]) -> None:
        """Write, and end."""
        super().transact(writes)
        raise AnswerLost


def test_requirement_82_a_job_that_never_heard_back_does_nothing_twice(network: Network) -> None:
    application = sams(network)
    decided(cora(network), application, decision="accept")
    network.clock.move(minutes=10)
    deaf = Applications(Deaf(network.table.name, network.table.client))
    with pytest.raises(AnswerLost):
        review.settle(application.id, applications=deaf, at=network.clock.now())

    assert settle(network)["decisions"] == 0

    assert what_was_written(network, application.id).count("took effect: accept") == 1
    assert len([each for each in Members(network.table).every() if each.name == "Sam Seller"]) == 1


def test_requirement_61_no_name_and_no_address_reaches_the_logs(
    network: Network, caplog: pytest.LogCaptureFixture
) -> None:
    application, browser = sams(network), cora(network)
    decided(browser, application, decision="accept", reason="D05", note="Sam again")
    decided(browser, application, decision="accept", note="Welcome, Sam")
    browser.post("/coordinate/members", email=CORA["email"])
    network.table.write(change(keys.application(application.id), set={"answers": "Sam Seller"}))
    network.clock.move(minutes=10)
    settle(network)
    browser.post("/account/leave")

    logged = " ".join(str(vars(record)) for record in caplog.records)

    assert "'fault': 'ValidationError'" in logged
    for words in ("Sam", "sam.example", "Cora", "cora.example"):
        assert words not in logged


def test_an_undo_that_comes_first_wins_over_the_job(network: Network) -> None:
    application = sams(network)
    by = network.member(CORA["name"], CORA["email"], coordinator=True)
    applications, now = Applications(network.table), network.clock.now()
    review.decide(application.id, Choice.ACCEPT, "", "", seen=None, by=by, applications=applications, now=now)

    class Overtaken(Applications):
        """The undo lands between the job's reading and its writing."""

        def get(self, application_id: str) -> Application | None:
            found = super().get(application_id)
            review.undo(application_id, by=by, applications=applications, now=now)
            return found

    with pytest.raises(Clash):
        review.settle(application.id, applications=Overtaken(network.table), at=now + timedelta(minutes=10))

    assert now_of(network, application).status is Status.WAITING


def test_one_broken_application_keeps_nobody_else_waiting(network: Network) -> None:
    application = sams(network)
    network.join({**SAM, "email": "sue@vendor.example.co.uk", "name": "Sue Seller"})
    sue = next(each for each in waiting(network) if each.answers.name == "Sue Seller")
    browser = cora(network)
    for each in (application, sue):
        decided(browser, each, decision="accept")
    network.table.write(change(keys.application(application.id), set={"answers": "broken"}))
    network.clock.move(minutes=10)

    assert settle(network) == {"decisions": 1, "leavers": 0, "questions": 0, "complaints": 0, "failed": 1}

    assert now_of(network, sue).status is Status.ACCEPTED


@pytest.mark.parametrize(
    "event", [{}, {"network": "psmn"}, {"network": "psmn", "at": "now"}, {"at": "2026-11-23T10:00:00"}]
)
def test_the_job_refuses_an_event_that_is_not_the_schedules(event: dict[str, str]) -> None:
    with pytest.raises(ValueError, match="Tick"):
        jobs.settle(event, None)


def test_a_contact_who_confirms_too_late_brings_pat_back_to_a_person_and_not_in(network: Network) -> None:
    network.join({**PAT, "voucher_name": VERA["name"], "voucher_email": VERA["email"]})
    asked = network.inbox(VERA["email"])[-1]
    (application,) = Applications(network.table).decided(Status.VOUCHING, network.clock.now())
    decided(cora(network), application, decision="decline", reason="D03")
    network.clock.move(minutes=10)
    settle(network)
    network.clock.move(minutes=1)

    network.browser().post(link_in(asked, "/vouch/"), code=code_in(asked), answer="yes")

    assert now_of(network, application).status is Status.WAITING
    assert now_of(network, application).vouched_at is not None
    assert "A coordinator will now look at your application." in text_of(network.inbox(PAT["email"])[-1])
    network.clock.move(days=100)
    assert now_of(network, application).status is Status.WAITING
