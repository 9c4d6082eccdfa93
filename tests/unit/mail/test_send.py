"""What the sender makes of each answer of the mail service, and when it asks at all."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest

from functions.kernel import keys, tokens
from functions.kernel.errors import Clash
from functions.mail.kinds import Secret
from functions.mail.model import Mail, State, new_mail
from functions.mail.pace import Pace, Quota
from functions.mail.post import Outcome, Posted, PostOffice
from functions.mail.send import FIRST_WAIT, LONGEST_WAIT, Later, Sender
from functions.mail.settings import MailSettings
from functions.mail.store import ROW, SUPPRESSION, Ledger

NOW = datetime(2026, 11, 23, 10, tzinfo=UTC)
SETTINGS = MailSettings(
    table_name="none",
    site_origin="https://psmn.test",
    deployment="psmn-test",
    account_sender="account@account.psmn.test",
    events_sender="events@events.psmn.test",
    reply_to="hello@psmn.test",
    mail_queue_url="none",
    bulk_queue_url="none",
)


@dataclass
class OneRow:
    """A ledger of one message that lives in memory and keeps the ledger's own rules."""

    mail: Mail
    clash: tuple[int, ...] = ()
    digests: Mapping[Secret, str] = field(default_factory=dict)
    moves: list[State] = field(default_factory=list)

    def start(self, mail: Mail, digests: Mapping[Secret, str], now: datetime) -> Mail:
        assert mail == self.mail
        if self.clash:
            raise Clash(*self.clash)
        assert self.mail.state is State.PLANNED
        self.digests = digests
        self._move(State.SENDING, sending_at=now)
        return self.mail

    def end(self, mail: Mail, state: State, now: datetime, **more: object) -> None:
        assert mail == self.mail
        self._move(state, ended_at=now, **more)

    def put_back(self, mail: Mail, until: datetime) -> None:
        assert mail == self.mail
        assert mail.state is State.SENDING
        self._move(State.PLANNED, sending_at=None, not_before=until, refusals=mail.refusals + 1)

    def put_off(self, mail: Mail, until: datetime) -> None:
        assert mail == self.mail
        self.mail = mail.model_copy(update={"not_before": until})

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


def invitation() -> Mail:
    context = {"subject": "Friday", "title": "Friday", "when": "Friday", "summary": "", "page": "https://psmn.test/"}
    return new_mail("invite", key="k", to_address="ann@nhs.net", address_digest="d", context=context, now=NOW)


GENEROUS = Quota(each_second=10_000, each_day=-1, sent=0)
SPENT = Quota(each_second=10_000, each_day=100, sent=90)


def result(row: OneRow, post: Post, now: datetime = NOW, quota: Quota = GENEROUS) -> State | Later | None:
    ledger: Ledger = row  # type: ignore[assignment] # A double.
    office: PostOffice = post  # type: ignore[assignment] # A double.
    pace = Pace(lambda: quota, lambda: 0, lambda _: None)
    return Sender(ledger, office, pace, SETTINGS).send(row.mail, now)


def sent(row: OneRow, post: Post, now: datetime = NOW) -> State | None:
    state = result(row, post, now)
    assert not isinstance(state, Later)
    return state


def waits(row: OneRow, post: Post, now: datetime = NOW, quota: Quota = GENEROUS) -> timedelta:
    later = result(row, post, now, quota)
    assert isinstance(later, Later)
    return later.wait


def test_a_message_that_is_accepted_is_sent_and_keeps_the_name_the_service_gave_it() -> None:
    row, post = OneRow(code_mail()), Post(Outcome.ACCEPTED)
    assert sent(row, post) is State.SENT
    assert row.moves == [State.SENDING, State.SENT]
    assert (row.mail.message_id, row.mail.ended_at) == ("m1", NOW)


def test_a_message_that_is_refused_is_over() -> None:
    row = OneRow(code_mail())
    assert sent(row, Post(Outcome.REFUSED)) is State.REJECTED
    assert row.moves == [State.SENDING, State.REJECTED]


@pytest.mark.parametrize("outcome", [Outcome.BUSY, Outcome.PAUSED])
def test_requirement_78_a_message_that_certainly_did_not_leave_waits_and_goes_later(outcome: Outcome) -> None:
    row = OneRow(code_mail())
    wait = waits(row, Post(outcome))
    assert row.moves == [State.SENDING, State.PLANNED]
    assert row.mail.not_before == NOW + wait
    assert waits(row, Post(Outcome.ACCEPTED)) == wait
    assert sent(row, Post(Outcome.ACCEPTED), NOW + wait) is State.SENT


def test_requirement_78_it_waits_longer_each_time_and_never_past_its_own_time() -> None:
    row, now = OneRow(code_mail()), NOW
    steps: list[timedelta] = []
    while row.mail.state is State.PLANNED:
        after = result(row, Post(Outcome.BUSY), now)
        if isinstance(after, Later):
            steps.append(after.wait)
            now += after.wait
    assert row.mail.state is State.EXPIRED
    assert now == row.mail.not_after
    for place, step in enumerate(steps[:-1]):
        assert FIRST_WAIT * 2**place / 2 <= step <= min(FIRST_WAIT * 2**place, LONGEST_WAIT)
    assert len(steps) >= 7


def test_requirement_78_neighbours_do_not_come_back_in_the_same_moment() -> None:
    found = {waits(OneRow(code_mail(refusals=6)), Post(Outcome.BUSY)) for _ in range(30)}
    assert len(found) > 3


def test_requirement_78_mail_to_many_leaves_the_last_tenth_of_a_days_quota_alone() -> None:
    row, post = OneRow(invitation()), Post(Outcome.ACCEPTED)
    assert waits(row, post, quota=SPENT) == LONGEST_WAIT
    assert not row.moves
    assert not post.posted
    assert result(OneRow(code_mail()), post, quota=SPENT) is State.SENT


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


def test_a_message_whose_time_is_over_expires_to_the_second() -> None:
    for late, state in ((timedelta(seconds=-1), State.SENT), (timedelta(0), State.EXPIRED)):
        row, post = OneRow(code_mail()), Post(Outcome.ACCEPTED)
        assert sent(row, post, NOW + timedelta(minutes=15) + late) is state
        assert bool(post.posted) == (state is State.SENT)


def test_a_message_that_is_for_later_waits() -> None:
    row, post = OneRow(code_mail(not_before=NOW + timedelta(minutes=5))), Post(Outcome.ACCEPTED)
    assert waits(row, post) == timedelta(minutes=5)
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


@pytest.mark.parametrize("outcome", [Outcome.REFUSED, Outcome.ACCEPTED])
def test_what_may_have_left_in_a_first_attempt_is_never_said_not_to_have(outcome: Outcome) -> None:
    row = OneRow(code_mail(attempt=2))
    assert sent(row, Post(outcome)) is (State.SENT if outcome is Outcome.ACCEPTED else State.UNKNOWN)
    for failed in (SUPPRESSION, 2):
        assert sent(OneRow(code_mail(attempt=2), clash=(failed,)), Post(outcome)) is State.UNKNOWN
    assert sent(OneRow(code_mail(attempt=2)), Post(outcome), row.mail.not_after) is State.UNKNOWN


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
    wait = waits(row, Post(Outcome.BUSY))
    first = row.digests
    sent(row, Post(Outcome.ACCEPTED), NOW + wait)
    assert row.digests != first
