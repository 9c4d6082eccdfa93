"""What the sender makes of each answer of the mail service, and when it asks at all."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest

from functions.kernel import keys, tokens
from functions.kernel.errors import Clash
from functions.mail.model import Mail, Secret, State, new_mail
from functions.mail.post import Outcome, Posted, PostOffice
from functions.mail.send import NotYet, Sender
from functions.mail.settings import MailSettings
from functions.mail.store import ROW, SUPPRESSION, Ledger

NOW = datetime(2026, 11, 23, 10, tzinfo=UTC)
SETTINGS = MailSettings(
    table_name="none",
    site_origin="https://psmn.test",
    account_sender="account@account.psmn.test",
    events_sender="events@events.psmn.test",
    reply_to="hello@psmn.test",
    mail_queue_url="none",
)


@dataclass
class OneRow:
    """A ledger of one message that lives in memory and keeps the ledger's own rules."""

    mail: Mail
    clash: tuple[int, ...] = ()
    digests: Mapping[Secret, str] = field(default_factory=dict)
    moves: list[State] = field(default_factory=list)

    def get(self, key: str) -> Mail | None:
        return self.mail if key == self.mail.key else None

    def start(self, mail: Mail, digests: Mapping[Secret, str], now: datetime) -> None:
        assert mail.key == self.mail.key
        if self.clash:
            raise Clash(*self.clash)
        assert self.mail.state is State.PLANNED
        self.digests = digests
        self._move(State.SENDING, sending_at=now)

    def end(self, mail: Mail, state: State, now: datetime, **more: object) -> None:
        assert mail.key == self.mail.key
        self._move(state, ended_at=now, **{name: value for name, value in more.items() if name == "message_id"})

    def put_back(self, mail: Mail) -> None:
        assert (mail.key, self.mail.state) == (self.mail.key, State.SENDING)
        self._move(State.PLANNED, sending_at=None)

    def _move(self, state: State, **more: object) -> None:
        self.moves.append(state)
        self.mail = self.mail.model_copy(update={"state": state, **more})


@dataclass
class Post:
    """A mail service that says what the test tells it to."""

    outcome: Outcome
    posted: list[bytes] = field(default_factory=list)

    def post(self, raw: bytes, **_: object) -> Posted:
        self.posted.append(raw)
        return Posted(self.outcome, "m1" if self.outcome is Outcome.ACCEPTED else None)


def code_mail(**more: object) -> Mail:
    mail = new_mail(
        "join-code", key="k", to_address="ann@nhs.net", address_digest="d", secrets_in=keys.draft("b"), now=NOW
    )
    return mail.model_copy(update=more)


def sent(row: OneRow, post: Post, now: datetime = NOW, key: str = "k") -> State | None:
    ledger: Ledger = row  # type: ignore[assignment]
    office: PostOffice = post  # type: ignore[assignment]
    return Sender(ledger, office, SETTINGS).send(key, now)


def test_a_message_that_is_accepted_is_sent_and_keeps_the_name_the_service_gave_it() -> None:
    row, post = OneRow(code_mail()), Post(Outcome.ACCEPTED)
    assert sent(row, post) is State.SENT
    assert row.moves == [State.SENDING, State.SENT]
    assert (row.mail.message_id, row.mail.ended_at) == ("m1", NOW)


def test_a_message_that_is_refused_is_over() -> None:
    row = OneRow(code_mail())
    assert sent(row, Post(Outcome.REFUSED)) is State.REJECTED
    assert row.moves == [State.SENDING, State.REJECTED]


def test_a_message_that_certainly_did_not_leave_waits_again() -> None:
    row = OneRow(code_mail())
    with pytest.raises(NotYet):
        sent(row, Post(Outcome.NOT_SENT))
    assert row.moves == [State.SENDING, State.PLANNED]
    assert sent(row, Post(Outcome.ACCEPTED)) is State.SENT


def test_a_message_whose_answer_never_came_is_never_sent_again() -> None:
    row, post = OneRow(code_mail()), Post(Outcome.UNCLEAR)
    assert sent(row, post) is State.SENDING
    assert sent(row, post) is None
    assert len(post.posted) == 1


@pytest.mark.parametrize("state", set(State) - {State.PLANNED})
def test_a_message_that_is_not_waiting_is_left_alone(state: State) -> None:
    row, post = OneRow(code_mail(state=state)), Post(Outcome.ACCEPTED)
    assert sent(row, post) is None
    assert not row.moves
    assert not post.posted


def test_a_key_of_no_message_is_nothing_to_do() -> None:
    assert sent(OneRow(code_mail()), Post(Outcome.ACCEPTED), key="another") is None


def test_a_message_whose_time_is_over_expires_to_the_second() -> None:
    for late, state in ((timedelta(seconds=-1), State.SENT), (timedelta(0), State.EXPIRED)):
        row, post = OneRow(code_mail()), Post(Outcome.ACCEPTED)
        assert sent(row, post, NOW + timedelta(minutes=15) + late) is state
        assert bool(post.posted) == (state is State.SENT)


def test_a_message_that_is_for_later_waits() -> None:
    row, post = OneRow(code_mail(not_before=NOW + timedelta(minutes=5))), Post(Outcome.ACCEPTED)
    with pytest.raises(NotYet):
        sent(row, post)
    assert not row.moves
    assert not post.posted
    assert sent(row, post, NOW + timedelta(minutes=5)) is State.SENT


@pytest.mark.parametrize(
    ("clash", "state"),
    [
        ((ROW,), None),
        ((ROW, SUPPRESSION, 2), None),
        ((SUPPRESSION,), State.SUPPRESSED),
        ((SUPPRESSION, 2), State.SUPPRESSED),
        ((2,), State.STALE),
        ((3,), State.STALE),
    ],
)
def test_requirement_80_a_condition_that_no_longer_holds_stops_the_message(
    clash: Sequence[int], state: State | None
) -> None:
    row, post = OneRow(code_mail(), clash=tuple(clash)), Post(Outcome.ACCEPTED)
    assert sent(row, post) is state
    assert row.moves == ([state] if state else [])
    assert not post.posted


def test_requirement_3_the_code_is_in_the_message_and_its_digest_in_the_ledger() -> None:
    row, post = OneRow(code_mail()), Post(Outcome.ACCEPTED)
    sent(row, post)
    assert list(row.digests) == [Secret.CODE]
    (raw,) = post.posted
    subject = next(line for line in raw.decode().splitlines() if line.startswith("Subject:"))
    code = "".join(character for character in subject if character.isdigit())
    assert row.digests[Secret.CODE] == tokens.code_digest(code, keys.draft("b").pk)


def test_each_attempt_makes_a_code_of_its_own() -> None:
    row = OneRow(code_mail())
    with pytest.raises(NotYet):
        sent(row, Post(Outcome.NOT_SENT))
    first = row.digests
    sent(row, Post(Outcome.ACCEPTED))
    assert row.digests != first
