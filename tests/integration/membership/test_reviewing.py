"""Coordinators read applications, decide on them and undo it, by the pages."""

from datetime import timedelta

import pytest

from functions.kernel import keys
from functions.kernel.errors import Invalid, NotFound
from functions.kernel.table import change
from functions.membership import review
from functions.membership.model import Application, Choice, Status
from functions.membership.store import Applications
from tests.coordinators import DEV, QUEUE, cora, decided, now_of, sams, settle, waiting, what_was_written
from tests.network import Network
from tests.people import ANN, CORA, PAT, SAM


def test_cora_sees_who_waits_longest_first_and_what_the_rules_say(network: Network) -> None:
    network.join(SAM)
    network.clock.move(hours=1)
    network.join({**SAM, "email": "sue@vendor.example.co.uk", "name": "Sue Seller", "role": "journalist"})

    queue = cora(network).get(QUEUE)

    assert queue.words.index("Sam Seller") < queue.words.index("Sue Seller")
    assert "Example Supplies" in queue.words
    assert "I work for a supplier, or I am a consultant who sells services, Scotland" in queue.words
    assert "A person has to look: A person will look at what you supply (E11)" in queue.words
    assert "Past 2 working days" not in queue.words


def test_cora_sees_that_an_answer_is_late_after_two_working_days(network: Network) -> None:
    application = sams(network)
    network.clock.move(days=2)
    assert "Past 2 working days" not in cora(network).get(QUEUE).words

    network.clock.move(days=1)

    browser = network.signed_in(CORA["email"])
    assert "Past 2 working days" in browser.get(QUEUE).words
    assert "by Wednesday 25 November 2026" in browser.get(f"{QUEUE}/{application.id}").words


def test_cora_reads_everything_that_is_known_about_sam(network: Network) -> None:
    application = sams(network)

    page = cora(network).get(f"{QUEUE}/{application.id}")

    assert "Sam Seller" in page.title
    assert "an address of an organisation we do not know (G6)" in page.words
    assert "They named nobody" in page.words
    assert "People who supply services can join in some cases" in page.words
    assert application.verdict.rules_version in page.words
    assert "Decided by the rules. A person has to look (E11)" in page.words


def test_a_public_page_is_a_link_that_tells_the_other_site_nothing(network: Network) -> None:
    network.join({**SAM, "profile_url": "https://vendor.example.co.uk/sam"})

    page = cora(network).get(f"{QUEUE}/{waiting(network)[0].id}")

    assert '<a class="govuk-link as-typed" href="https://vendor.example.co.uk/sam" rel="noreferrer">' in page.text


def test_requirement_69_every_step_of_a_decision_is_written_down(network: Network) -> None:
    application, browser = sams(network), cora(network)
    network.clock.move(minutes=1)
    decided(browser, application, decision="decline", reason="D05")
    network.clock.move(minutes=1)
    browser.post(f"{QUEUE}/{application.id}", decision="undo")
    network.clock.move(minutes=1)
    decided(browser, now_of(network, application), decision="accept")
    network.clock.move(minutes=10)
    settle(network)

    assert what_was_written(network, application.id) == [
        "decided by the rules",
        "decided: decline",
        "undone: decline",
        "decided: accept",
        "took effect: accept",
    ]


def test_accepting_without_a_reason_gives_the_usual_one(network: Network) -> None:
    network.join({**PAT, "role": "campaigner"})
    application = waiting(network)[0]

    decided(cora(network), application, decision="accept")

    decision = now_of(network, application).decision
    assert decision is not None
    assert decision.reason == "A02"


@pytest.mark.parametrize(
    ("decision", "reason"),
    [
        ("accept", "E16"),
        ("ask", "A01"),
        ("ask", "D05"),
        ("ask", ""),
        ("decline", "E11"),
        ("decline", ""),
        ("accept", "X99"),
    ],
)
def test_a_reason_that_does_not_go_with_the_decision_is_refused(network: Network, decision: str, reason: str) -> None:
    application, browser = sams(network), cora(network)

    answer = decided(browser, application, decision=decision, reason=reason, note="Kept as typed")

    assert answer.status == 422
    assert answer.title.startswith("Error: ")
    assert (answer.error_beside("reason") or "").startswith(f"Choose a reason to {decision}. The ")
    assert "Kept as typed" in answer.text
    assert now_of(network, application).decision is None


def test_cora_undoes_and_sam_is_back_in_the_queue(network: Network) -> None:
    application, browser = sams(network), cora(network)
    decided(browser, application, decision="decline", reason="D05")
    assert "Nobody is waiting." in browser.get(QUEUE).words
    assert "Decline, D05" in browser.get(f"{QUEUE}?show=undo").words
    network.clock.move(minutes=9)

    answer = browser.post(f"{QUEUE}/{application.id}", decision="undo")

    assert "Undone. Nothing was sent." in browser.get(answer.location).words
    assert "Sam Seller" in browser.get(QUEUE).words
    network.clock.move(minutes=5)
    assert settle(network)["decisions"] == 0
    again = browser.post(f"{QUEUE}/{application.id}", decision="undo")
    assert "There was no decision to undo." in browser.get(again.location).words


def test_after_ten_minutes_it_is_too_late_to_undo_even_before_the_job_has_run(network: Network) -> None:
    application, browser = sams(network), cora(network)
    decided(browser, application, decision="ask", reason="E16")
    network.clock.move(minutes=10)

    early = browser.post(f"{QUEUE}/{application.id}", decision="undo")
    settle(network)
    late = browser.post(f"{QUEUE}/{application.id}", decision="undo")

    assert early.status == late.status == 422
    assert "this decision is being carried out" in early.words
    assert "It is too late to undo this." in late.words
    assert now_of(network, application).status is Status.ASKED


def test_pressing_twice_decides_once_and_says_so(network: Network) -> None:
    application, browser = sams(network), cora(network)
    decided(browser, application, decision="ask", reason="E16")
    network.clock.move(minutes=1)

    again = decided(browser, application, decision="ask", reason="E16")

    assert "You had decided this already. Pressing again changed nothing." in browser.get(again.location).words
    decision = now_of(network, application).decision
    assert decision is not None
    assert decision.effective_at == network.clock.now() + timedelta(minutes=9)
    assert what_was_written(network, application.id).count("decided: ask") == 1


def test_two_coordinators_at_once_make_one_decision_and_the_second_keeps_what_they_typed(
    network: Network,
) -> None:
    application, browser = sams(network), cora(network)
    network.member(DEV["name"], DEV["email"], coordinator=True)
    dev = network.signed_in(DEV["email"])
    decided(browser, application, decision="accept", reason="A04")

    second = decided(dev, application, decision="decline", reason="D05", note="Not for us")

    assert second.status == 422
    assert "Somebody has decided on this already" in second.words
    assert "Decided: Accept, A04" in second.words
    assert "by Cora Example" in second.words
    assert "Not for us" in second.text


def test_two_coordinators_in_the_same_moment_make_one_decision(network: Network) -> None:
    application = sams(network)
    first = network.member(CORA["name"], CORA["email"], coordinator=True)
    second = network.member(DEV["name"], DEV["email"], coordinator=True)

    class Overtaken(Applications):
        """Somebody else saves between the reading and the writing."""

        def get(self, application_id: str) -> Application | None:
            found = super().get(application_id)
            review.decide(
                application_id,
                Choice.ACCEPT,
                "A04",
                "",
                seen=None,
                by=second,
                applications=Applications(network.table),
                now=network.clock.now(),
            )
            return found

    with pytest.raises(Invalid) as refused:
        review.decide(
            application.id,
            Choice.DECLINE,
            "D05",
            "",
            seen=application.version,
            by=first,
            applications=Overtaken(network.table),
            now=network.clock.now(),
        )

    assert refused.value.fields == {"decision": review.CHANGED}
    decision = now_of(network, application).decision
    assert decision is not None
    assert decision.by == second.id


def test_cora_is_told_when_sam_changed_the_answers_while_she_read_them(network: Network) -> None:
    sam = network.join(SAM)
    application, browser = waiting(network)[0], cora(network)
    told = {name: value for name, value in SAM.items() if name != "email"}
    sam.post("/join/about-you", {**told, "organisation": "Changed Supplies"})
    sam.post("/join/check")

    answer = decided(browser, application, decision="decline", reason="D05", note="Seen the old one")

    assert answer.status == 422
    assert answer.error_beside("decision") == review.CHANGED
    assert "Changed Supplies" in answer.words
    assert "Seen the old one" in answer.text
    assert answer.value_of("version") == str(now_of(network, application).version)


def test_cora_decides_on_several_and_one_that_went_stale_is_named(network: Network) -> None:
    sam = network.join(SAM)
    network.join({**SAM, "email": "sue@vendor.example.co.uk", "name": "Sue Seller"})
    browser = cora(network)
    marks = [f"{each.id}.{each.version}" for each in waiting(network)]
    told = {name: value for name, value in SAM.items() if name != "email"}
    sam.post("/join/about-you", {**told, "organisation": "Changed Supplies"})
    sam.post("/join/check")

    answer = browser.post(QUEUE, {"application": marks}, decision="decline", reason="D05")

    assert answer.status == 422
    assert answer.error_beside("application") == "1 of 2 were done. Read what became of each below"
    assert f"Sam Seller Not done {review.CHANGED}" in answer.words
    assert "Sue Seller Done Decided." in answer.words
    rest = browser.get(QUEUE).words
    assert "Sam Seller" in rest
    assert "Sue Seller" not in rest


def test_cora_decides_on_several_and_undoes_them_together(network: Network) -> None:
    network.join(SAM)
    network.join({**SAM, "email": "sue@vendor.example.co.uk", "name": "Sue Seller"})
    browser = cora(network)
    marks = [f"{each.id}.{each.version}" for each in waiting(network)]

    answer = browser.post(QUEUE, {"application": marks}, decision="decline", reason="D05")

    page = browser.get(answer.location)
    assert "Sam Seller" in page.words
    assert "Sue Seller" in page.words
    undone = browser.post(QUEUE, {"application": [mark.partition(".")[0] for mark in marks]}, decision="undo")
    assert "Undone. Nothing was sent." in browser.get(undone.location).words
    assert len(waiting(network)) == 2


def test_nothing_ticked_is_a_sentence(network: Network) -> None:
    sams(network)

    answer = cora(network).post(QUEUE, decision="accept")

    assert answer.status == 422
    assert answer.error_beside("application") == "Choose at least one application"


def test_nobody_decides_on_their_own_application(network: Network) -> None:
    by = network.member(CORA["name"], CORA["email"], coordinator=True)
    application = sams(network)
    network.table.write(change(keys.application(application.id), set={"address_digest": by.address_digest}))
    browser = network.signed_in(CORA["email"])

    page = browser.get(f"{QUEUE}/{application.id}")
    answer = decided(browser, application, decision="accept")

    assert "This is your own application" in page.words
    assert answer.status == 422
    assert now_of(network, application).decision is None


def test_somebody_else_takes_the_second_look_at_what_cora_declined(network: Network) -> None:
    application, browser = sams(network), cora(network)
    network.member(DEV["name"], DEV["email"], coordinator=True)
    decided(browser, application, decision="decline", reason="D05")
    network.clock.move(minutes=10)
    settle(network)
    declined = now_of(network, application)

    assert decided(browser, declined, decision="accept").status == 422
    assert decided(network.signed_in(DEV["email"]), declined, decision="accept").status == 303

    network.clock.move(minutes=10)
    settle(network)
    assert now_of(network, application).status is Status.ACCEPTED
    network.clock.move(days=100)
    assert now_of(network, application).status is Status.ACCEPTED


def test_requirement_18_somebody_who_stops_being_a_coordinator_decides_nothing(network: Network) -> None:
    application = sams(network)
    by = network.member(CORA["name"], CORA["email"], coordinator=True)
    network.table.write(change(keys.member(by.id), set={"roles": []}))

    with pytest.raises(NotFound):
        review.decide(
            application.id,
            Choice.ACCEPT,
            "",
            "",
            seen=None,
            by=by,
            applications=Applications(network.table),
            now=network.clock.now(),
        )

    assert now_of(network, application).decision is None


def test_requirement_14_a_member_sees_the_same_page_as_where_nothing_is(network: Network) -> None:
    application = sams(network)
    network.member(ANN["name"], ANN["email"])
    ann = network.signed_in(ANN["email"])

    real, made_up = ann.get(f"{QUEUE}/{application.id}"), ann.get(f"{QUEUE}/{'0' * 32}")

    assert real.status == made_up.status == 404
    assert real.body == made_up.body
    assert decided(ann, application, decision="accept").status == 404
    assert cora(network).get(f"{QUEUE}/{'0' * 32}").status == 404
