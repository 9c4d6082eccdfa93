"""What a message has in common with its neighbours is made once, and nobody can tell."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from functions.kernel import ical
from functions.kernel.pages import render_email, render_to_one
from functions.kernel.pages.engine import engine
from functions.mail.kinds import KINDS
from functions.mail.mime import build
from functions.mail.model import CalendarPart, Mail, mail_key, new_mail
from functions.mail.pace import Pace
from functions.mail.send import Sender, _made
from tests.conventions.test_mail_kinds import NAMES, Contexts
from tests.unit.golden.examples import LIFE, ON
from tests.unit.mail.test_mime_bytes import ADDRESSES
from tests.unit.mail.test_send import GENEROUS, NOW, SETTINGS

TYPED = (
    st.text() | st.sampled_from(list(NAMES.values())) | st.sampled_from(["", " ", "\x00", "\ue000", "-", "- a", "'\"&"])
)
TOKEN = st.from_regex(r"\A[A-Za-z0-9_-]{43}\Z")
SITE = "https://psmn.test"


@pytest.mark.parametrize("kind", KINDS)
@settings(max_examples=20)
@given(to_name=TYPED, typed=TYPED, token=TOKEN, stops=st.booleans())
@example(to_name='Ann <b>&amp;"O\'Neil" [x](y)', typed="a", token="-" * 43, stops=True)
def test_every_kind_reads_as_if_it_had_been_written_for_its_reader_alone(
    kind: str, to_name: str, typed: str, token: str, stops: bool
) -> None:
    alike = Contexts(typed) | {"site": SITE}
    personal = {
        "to_name": to_name,
        "code": "3812 0457",
        "token": token,
        "stop_url": f"{SITE}/unsubscribe/k.{token}?from=mail" if stops else None,
        "reply_url": f"{SITE}/reply/k.{token}",
    }
    template = f"{KINDS[kind].template}.jinja"
    assert render_to_one(template, alike, personal) == render_email(template, **alike, **personal)


@settings(max_examples=30)
@given(
    name=TYPED,
    address=ADDRESSES,
    typed=TYPED,
    stamp=st.datetimes(datetime(2026, 1, 1), datetime(2027, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001 - hypothesis adds the zone.
)
@pytest.mark.parametrize("kind", LIFE)
def test_an_entry_is_the_one_that_would_be_written_for_its_reader_alone(
    kind: str, name: str, address: str, typed: str, stamp: datetime
) -> None:
    entry, write = LIFE[kind]
    entry = entry.model_copy(update={"stamp": stamp, "summary": typed, "description": typed, "location": typed})
    method = "REQUEST" if write is ical.request else "CANCEL"
    alone = ical._to_one_person(method, entry, ical._attendee(name, address), with_status=write is not ical.withdraw)
    assert write(entry, name, address) == ical._written(alone)


def test_two_moments_of_the_hour_that_comes_twice_are_two_entries() -> None:
    first = datetime(2026, 10, 25, 1, 30, tzinfo=ZoneInfo("Europe/London"))
    entries = [
        ON.model_copy(update={"start": start, "end": start + timedelta(hours=3)})
        for start in (first, first.replace(fold=1))
    ]
    written = [ical.request(entry, "Ann", "ann@nhs.net") for entry in entries]
    assert b"DTSTART:20261025T003000Z" in written[0]
    assert b"DTSTART:20261025T013000Z" in written[1]


def invitation(number: int, run: str = "r") -> Mail:
    context = {"subject": "Friday", "title": "Friday", "when": "Friday", "summary": run, "page": f"{SITE}/sessions/s1"}
    return new_mail(
        "invite",
        key=mail_key("invite", run, str(number)),
        to_address=f"ann{number}@nhs.net",
        to_name=f"Ann Example {number}",
        address_digest="d",
        context=context,
        calendar=CalendarPart(method="REQUEST", entry=ON.model_dump(mode="json")),
        now=NOW,
    )


class Counter:
    """How often something is done."""

    def __init__(self, does: Callable[..., Any]) -> None:
        self.does = does
        self.done = 0

    def __call__(self, *given: Any, **named: Any) -> Any:
        self.done += 1
        return self.does(*given, **named)


def test_the_words_and_the_entry_of_a_session_are_made_once_for_all_its_readers(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    words, entries = Counter(engine().render_email), Counter(ical._to_one_person)
    monkeypatch.setattr(engine(), "render_email", words)
    monkeypatch.setattr(ical, "_to_one_person", entries)
    ical._around_reader.cache_clear()
    sender = Sender(None, None, Pace(lambda: GENEROUS, lambda: 0, lambda _: None), SETTINGS)  # type: ignore[arg-type] # Nothing is sent.
    raw = set()
    for number in range(20):
        mail = invitation(number, run="once")
        made = {name: _made(name) for name in mail.about.secrets}
        raw.add(build(sender._written(mail, made, NOW)))
    assert len(raw) == 20
    assert (words.done, entries.done) == (1, 1)
