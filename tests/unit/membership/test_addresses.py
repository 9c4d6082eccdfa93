"""One mailbox is one person, however its address is typed."""

# ruff: noqa: RUF001 - ambiguous letters are part of what these tests are about.

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.membership.addresses import LONGEST_ADDRESS, NotAnAddress, parse


@pytest.mark.parametrize(
    ("typed", "delivered_to", "key"),
    [
        ("jo@nhs.net", "jo@nhs.net", "jo@nhs.net"),
        ("  Jo.Bloggs@NHS.net ", "Jo.Bloggs@nhs.net", "jo.bloggs@nhs.net"),
        ("jo+psmn@nhs.net", "jo+psmn@nhs.net", "jo@nhs.net"),
        ("jo@nhs.net.", "jo@nhs.net", "jo@nhs.net"),
        ("ｊｏ＠ｎｈｓ．ｎｅｔ", "jo@nhs.net", "jo@nhs.net"),
        ("sian.o'brien@nhs.net", "sian.o'brien@nhs.net", "sian.o'brien@nhs.net"),
        ("j.o.bloggs+x@gmail.com", "j.o.bloggs+x@gmail.com", "jobloggs@gmail.com"),
        ("jobloggs@googlemail.com", "jobloggs@googlemail.com", "jobloggs@gmail.com"),
        ("+jo@nhs.net", "+jo@nhs.net", "+jo@nhs.net"),
        ("wyn@bŵrdd.cymru", "wyn@xn--brdd-b9a.cymru", "wyn@xn--brdd-b9a.cymru"),
    ],
)
def test_an_address_has_one_form_to_write_to_and_one_to_compare(typed: str, delivered_to: str, key: str) -> None:
    address = parse(typed)

    assert (str(address), address.key) == (delivered_to, key)


def test_two_people_whose_names_differ_by_a_dot_stay_two_people() -> None:
    assert parse("jo.bloggs@nhs.net").key != parse("jobloggs@nhs.net").key


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "jo",
        "@nhs.net",
        "jo@",
        "jo@@nhs.net",
        "jo@nhs",
        "jo@.net",
        "jo@nhs..net",
        "jo@nhs.net..",
        ".jo@nhs.net",
        "jo.@nhs.net",
        "j..o@nhs.net",
        "jo bloggs@nhs.net",
        '"jo bloggs"@nhs.net',
        "<jo@nhs.net>",
        "mailto:jo@nhs.net",
        "jo@nhs.net, sam@nhs.net",
        "jo@[192.0.2.1]",
        "jo@192.0.2.1",
        "jo@-nhs.net",
        "jo@nhs-.net",
        "jo@n_hs.net",
        "jo@nhs.net/evil.com",
        "jo@nhs.net?x",
        "jo@nhs.net\n",
        "jo@nhs.net\r\nBcc: x@y.uk",
        "jo\x00@nhs.net",
        "jo@nhs\u200b.net",
        "jo\u202e@nhs.net",
        "jo\u00ad@nhs.net",
        "jo\ud800@nhs.net",
        "siân@nhs.net",
        "jo@\U0001f600.net",
        f"{'j' * 65}@nhs.net",
        f"jo@{'n' * 64}.net",
        f"{'j' * 64}@{'.'.join(['n' * 60] * 4)}.net",
        "j" * 1_000_000 + "@nhs.net",
    ],
    ids=lambda typed: ascii(typed)[:40],
)
def test_what_cannot_be_written_to_is_refused_with_a_sentence(typed: str) -> None:
    with pytest.raises(NotAnAddress, match=r"^[A-Z][^\n]+\.$"):
        parse(typed)


def test_somebody_with_a_long_address_keeps_it() -> None:
    longest = f"{'j' * 64}@{'.'.join(['n' * 61] * 3)}.uk"

    assert str(parse(longest)) == longest
    assert len(longest) <= LONGEST_ADDRESS


@given(st.text() | st.emails())
def test_reading_what_was_read_changes_nothing(typed: str) -> None:
    try:
        address = parse(typed)
    except NotAnAddress:
        return

    assert parse(str(address)) == address
    assert parse(str(address).upper()).key == address.key
    assert parse(address.key).key == address.key
    assert str(address).isascii()
