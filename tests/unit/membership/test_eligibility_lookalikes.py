"""Addresses that pretend to be the health service's, and those that only look as if they did."""

# ruff: noqa: RUF001 - ambiguous letters are what these tests are about.

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from functions.membership.addresses import NotAnAddress, parse
from functions.membership.eligibility import Decision, Evidence, Outcome, decide, grade_of
from functions.membership.register import Grade, register


def decided_for(address: str) -> Decision:
    """The best a person could have: a safety role, a colleague's word, a page and a proven mailbox."""
    return decide(Evidence(address=address, role="psm", nation="england", vouched=True, profile=True, proven=True))


@pytest.mark.parametrize(
    "domain",
    [
        "evilnhs.net",
        "nhs.net.evil.com",
        "nhs.net.evil.example",
        "nhs-net.com",
        "n-h-s.net",
        "n.h.s.net",
        "nhs.net-login.com",
        "kch-nhs.uk",
        "nhs.uk.com",
        "nhsmail.net",
        "nh5.net",
        "NHS-Mail.Org",
        "nhs.co",
        "hscni.net.evil.com",
        "hscnl.net",
        "h-s-c-n-1.net",
        "belfasttrust-hscni.net",
        "nhѕ.net",
        "ո\u04bbs.net",
        "νhs.net",
        "nħs.net",
        "nhs.nеt",
        "xn--nh-fmc.net",
        "xn--nhs.net",
        "mail.xn--80ak6aa92e.com",
        "nhsproviders.org.evil.com",
        "nhs-providers.org",
        "nhs.net.nhsconfed.co",
    ],
)
def test_requirement_23_an_imitation_of_the_health_service_is_for_a_person_to_look_at(domain: str) -> None:
    """Security requirement 23: domains are compared after IDNA and case folding, on the boundary of a label."""
    decision = decided_for(f"jo@{domain}")

    assert (decision.grade, decision.outcome, decision.reason) == (Grade.LOOKALIKE, Outcome.REFER, "E06")


@pytest.mark.parametrize(
    "typed",
    [
        "jo@NHS.NET",
        "jo@nhs.net.",
        "jo@ｎｈｓ.ｎｅｔ",
        "jo＠nhs.net",
        "jo@nhs。net",
        "jo@nhſ.net",
        "Jo+tag@Nhs.Net",
        " jo@nhs.net ",
    ],
)
def test_requirement_23_another_spelling_of_the_real_name_is_the_real_name(typed: str) -> None:
    """Security requirement 23: what the DNS reads as one name is one name here."""
    assert parse(typed).domain == "nhs.net"
    assert decided_for(typed).reason == "A01"


@pytest.mark.parametrize(
    "typed",
    [
        "jo@nhs.net@evil.com",
        "jo@nhs.net..",
        "jo@nhs\u200b.net",
        "jo@\u202enhs.net",
        "jo@nhs.net\r\nBcc: a@b.uk",
        "jo@nhs_net.uk",
    ],
)
def test_requirement_23_what_no_mail_system_is_called_is_not_an_address(typed: str) -> None:
    """Security requirement 23: hidden characters and second @ signs are refused, not cleaned away."""
    assert decided_for(typed).reason == "E01"


def test_the_health_services_name_before_the_at_sign_proves_nothing() -> None:
    assert decided_for("nhs.net@gmail.com").grade is Grade.PERSONAL
    assert decided_for("jo+nhs.net@evil.co.uk").grade is Grade.GENERIC


@pytest.mark.parametrize(
    "domain",
    [
        "stchristophers-hospice.org.uk",
        "manchester-hospital.co.uk",
        "johnshealth.co.uk",
        "hsj.co.uk",
        "hse.gov.uk",
        "hse.ie",
        "hsbc.co.uk",
        "englishheritage.org.uk",
        "northernhealthscience.org",
        "townhouse.org.uk",
        "sunshine-care.co.uk",
        "trans-health.scot",
        "benhope.scot",
        "inhealthgroup.com",
        "hsc.org.uk",
        "schools.wales",
    ],
)
def test_an_ordinary_name_is_not_a_false_alarm(domain: str) -> None:
    assert not register().imitates(domain)


@given(st.from_regex(r"[a-z0-9]([a-z0-9-]{0,8}[a-z0-9])?(\.[a-z]{2,6}){0,3}", fullmatch=True))
def test_requirement_23_no_line_is_reached_but_on_the_boundary_of_a_label(front: str) -> None:
    """Security requirement 23: putting letters straight before a registered domain never borrows its grade."""
    for domain in ("nhs.net", "nhs.uk", "nhs.scot", "nhs.wales", "hscni.net"):
        assert grade_of(parse(f"jo@{front}{domain}")) is Grade.LOOKALIKE
        assert grade_of(parse(f"jo@{front}.{domain}")) is Grade.HEALTH_SERVICE


@given(st.text(min_size=1, max_size=20))
def test_requirement_23_nothing_typed_after_a_real_name_keeps_its_grade(behind: str) -> None:
    """Security requirement 23: only the end of a domain says whose it is."""
    try:
        address = parse(f"jo@nhs.net.{behind}")
    except NotAnAddress:
        return
    assume(address.domain != "nhs.net")

    assert not address.domain.endswith(".nhs.net") or grade_of(address) is Grade.HEALTH_SERVICE
    assert address.domain.endswith(tuple(f".{line}" for line in register().domains)) or grade_of(address) in {
        Grade.LOOKALIKE,
        Grade.THROWAWAY,
    }
