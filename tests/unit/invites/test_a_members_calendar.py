"""Whatever coordinators do to a session, and whatever happens to the mail, a member's calendar shows the programme.

The rules are the real ones: the edits, what is told of them, the entry that is written and what the sender checks.
Only the table and the mail service are missing.
"""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.invites import planning
from functions.invites.emails import Notice
from functions.invites.settings import InvitesSettings
from functions.invites.telling import Telling, held, telling
from functions.mail import mime
from functions.mail.model import Mail, State
from functions.mail.send import calendar_of
from functions.membership.model import Member, Verdict
from functions.sessions.model import DROP_IN, Session, Status
from functions.sessions.programme import Changes, ahead, edited, told_at_once, undone
from tests.attendee import Attendee, NaiveAttendee, Shown

MONDAY = datetime(2026, 11, 23, 8, 30, tzinfo=UTC)
FRIDAY = ahead(DROP_IN, MONDAY)[0]
SETTINGS = InvitesSettings(
    table_name="psmn",
    site_origin="https://psmn.test",
    events_sender="events@events.psmn.test",
    reply_to="hello@psmn.test",
    inbound_bucket="inbound",
    warm_up=False,
)
WYN = Member(
    id="0" * 32,
    name="Wyn Ŵr O'Neil",
    address="wyn.oneil@nhs.wales",
    address_digest="d" * 64,
    role="psm",
    nation="wales",
    organisation="Bwrdd Iechyd Enghraifft",
    verdict=Verdict(outcome="ACCEPT", reason="A01", grade="G1", rules_version="test"),
    joined_at=MONDAY,
)
MOVES = {"hour later": 1, "hour earlier": -1, "week later": 7 * 24, "week earlier": -7 * 24}
EDITS = [*MOVES, "off", "on", "words", "quiet words", "undo", "tell now"]
SENDING = ["send", "send, and hear nothing", "lose the queue"]
STEPS = [*EDITS, "plan", "tick", *SENDING, "accept"]


@dataclass
class Life:
    """A session, one member's rows of the ledger, and the mails that have left, in their order."""

    session: Session = FRIDAY
    now: datetime = MONDAY
    rows: dict[str, Mail] = field(default_factory=dict)
    left: list[bytes] = field(default_factory=list)
    wants: bool = True
    accepted: bool = False
    kinds: list[str] = field(default_factory=list)

    def do(self, step: str, minutes: int) -> None:
        """Let some time pass, and then one thing happen."""
        self.now += timedelta(minutes=minutes)
        match step:
            case "plan" if planning.waits(self.session, self.now) is None:
                if planning.why_not(self.session, self.now) is None:
                    self._tell()
            case "tick":
                self._tick()
            case "send" | "send, and hear nothing":
                self._send(State.SENT if step == "send" else State.UNKNOWN)
            case "accept":
                self.accepted = True
            case _ if step in EDITS:
                self.session = self._edited(step)

    def settle(self) -> None:
        """Let Monday at nine pass, and everything that is on its way arrive."""
        self.do("tick", 11)
        self.do("plan", 40)
        for _ in range(2):
            self.do("tick", 11)
            self.do("send", 0)

    def _edited(self, what: str) -> Session:
        session, now = self.session, self.now
        if what == "undo":
            return undone(session, now)
        if what == "tell now":
            return told_at_once(session, now)
        wanted: dict[str, object] = {}
        if what in MOVES:
            by = timedelta(hours=MOVES[what])
            wanted = {"start": session.start + by, "end": session.end + by}
            if session.start + by <= now:
                return session
        elif what in {"off", "on"}:
            wanted = {"status": Status.CANCELLED if what == "off" else Status.CONFIRMED}
        else:
            wanted = {"title": f"About {session.version}"}
        fields = ("title", "summary", "start", "end", "meeting_url", "status")
        changes = Changes(**{name: getattr(session, name) for name in fields} | wanted)  # type: ignore[arg-type] # By name.
        return edited(session, changes, now, tell=what == "words")

    def _tick(self) -> None:
        if self.session.announce_at is not None and self.session.announce_at <= self.now:
            if self.session.invited or planning.why_not(self.session, self.now) is None:
                self._tell()
            self.session = self.session.model_copy(update={"announce_at": None, "before": None})

    def _tell(self) -> None:
        self.session = self.session.model_copy(update={"invited": True})
        notice = Notice.of(self.session, SETTINGS, self.now)
        *_, present = own = notice.keys_for(WYN)
        if present in self.rows:
            return
        before = held([self.rows[key] for key in own if key in self.rows])
        due = planning.why_not(self.session, self.now) is None
        what = telling(self.session, notice.words, before, due=due, wants=self.wants, accepted=self.accepted)
        if what is not None:
            self.kinds.append(what)
            self.rows[present] = notice.mail_to(WYN, what, before, accepted=self.accepted, run=None, now=self.now)

    def _send(self, ends: State) -> None:
        for key, mail in self.rows.items():
            if mail.state is not State.PLANNED:
                continue
            (edition,) = [guard.equals["edition"] for guard in mail.guards if "edition" in guard.equals]
            wanted = self.wants or not any(guard.absent for guard in mail.guards)
            if edition != self.session.edition or not wanted:
                state = State.STALE
            elif self.now >= mail.not_after:
                state = State.EXPIRED
            else:
                state = ends
                self.left.append(raw(mail))
            self.rows[key] = mail.model_copy(update={"state": state})


def raw(mail: Mail) -> bytes:
    """The message that the sender makes of a row."""
    return mime.build(
        mime.Message(
            key=mail.key,
            date=mail.planned_at,
            from_name="Patient Safety Management Network",
            from_address=SETTINGS.events_sender,
            to_name=mail.to_name,
            to_address=mail.to_address,
            reply_to="hello@psmn.test",
            subject=mail.context["subject"],
            text="text",
            html="html",
            calendar=calendar_of(mail),
        )
    )


def on(calendar: Attendee) -> list[Shown]:
    """The entries that a person believes in."""
    return [shown for shown in calendar.shows().values() if not shown.cancelled]


steps = st.lists(st.tuples(st.sampled_from(STEPS), st.sampled_from([0, 1, 12, 40])), max_size=14)


@given(steps=steps, data=st.data())
def test_requirement_73_the_calendar_ends_up_as_the_programme_in_any_order_of_arrival(
    steps: list[tuple[str, int]], data: st.DataObject
) -> None:
    life = Life()
    for step, minutes in steps:
        life.do(step, minutes)
    life.settle()
    session = life.session
    arrivals = data.draw(st.permutations(life.left))
    repeats = data.draw(st.lists(st.sampled_from(life.left), max_size=3)) if life.left else []
    for calendar, letters in (
        (Attendee(WYN.address), [*arrivals, *repeats]),
        # A calendar that looks at no version needs the order in which they left.
        (NaiveAttendee(WYN.address), life.left),
    ):
        for letter in letters:
            calendar.receive(letter)
        shown = on(calendar)
        assert len(shown) <= 1
        if not session.goes_ahead:
            assert shown == []
        elif planning.why_not(session, life.now) is None or shown:
            assert [(each.start, each.end) for each in shown] == [(session.start, session.end)]
            if "quiet words" not in [step for step, _ in steps]:
                assert shown[0].summary.startswith(f"{session.title}, ")


@given(steps=steps)
def test_nobody_is_told_twice_of_one_edition_or_anything_that_they_know(steps: list[tuple[str, int]]) -> None:
    life = Life()
    for step, minutes in steps:
        life.do(step, minutes)
    life.settle()
    before = list(life.left)
    for step in ("plan", "tick", "send", "plan", "tick", "send"):
        life.do(step, 20)
    assert life.left == before
    assert len(life.left) <= life.session.edition + 1


def told(*what: str, wants: bool = True) -> Life:
    """The life of an entry, a minute between two things."""
    life = Life(wants=wants)
    for step in what:
        life.do(step, 40 if step == "plan" else 12)
    return life


@pytest.mark.parametrize(
    ("steps", "kinds"),
    [
        (["plan", "send"], ["invite"]),
        (["plan", "send", "hour later", "tick", "send"], ["invite", "new-time"]),
        (["plan", "send", "week later", "tick", "send"], ["invite", "new-time"]),
        (["plan", "send", "off", "tick", "send"], ["invite", "cancelled"]),
        (["plan", "send", "off", "tick", "send", "on", "tick", "send"], ["invite", "cancelled", "invite"]),
        (["plan", "send", "words", "tick", "send"], ["invite", "changed"]),
        (["plan", "send", "quiet words", "tick", "send"], ["invite"]),
        (["off", "tick", "plan", "send"], []),
        (["plan", "hour later", "send", "tick", "send"], ["invite", "invite"]),
        (["plan", "off", "send", "tick", "send"], ["invite"]),
    ],
)
def test_what_a_member_is_told_over_the_life_of_an_entry(steps: list[str], kinds: list[str]) -> None:
    assert told(*steps).kinds == kinds


def test_somebody_who_accepted_and_then_stopped_hears_when_it_moves_and_somebody_who_only_stopped_does_not() -> None:
    for accepted, kinds in ((True, ["invite", "new-time"]), (False, ["invite"])):
        life = told("plan", "send")
        life.wants, life.accepted = False, accepted
        for step in ("hour later", "tick", "send"):
            life.do(step, 12)
        assert life.kinds == kinds
        assert len(life.left) == len(kinds)


def test_a_change_that_was_undone_in_time_reaches_nobody_but_those_whose_mail_it_stopped() -> None:
    life = told("plan")
    life.do("hour later", 1)
    life.do("send", 1)
    assert life.left == []
    life.do("undo", 1)
    life.do("tick", 1)
    life.do("send", 1)
    assert life.kinds == ["invite", Telling.INVITE]
    assert len(life.left) == 1


def test_two_versions_that_were_made_in_the_same_moment_are_told_apart() -> None:
    life = told("plan")
    for step in ("send", "words", "tell now", "tick", "send"):
        life.do(step, 0)
    assert life.kinds == ["invite", "changed"]
    for letters in (life.left, life.left[::-1]):
        calendar = Attendee(WYN.address)
        for letter in letters:
            calendar.receive(letter)
        (shown,) = on(calendar)
        assert shown.summary.startswith(f"{life.session.title}, ")
