"""One send to many, as coordinators see it: what it tells, to how many, and how each message ended. It adds up."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from functions.invites import planning
from functions.invites.model import Counts
from functions.invites.plan import Planner
from functions.invites.telling import Telling, held, telling
from functions.kernel import audit, clock
from functions.kernel.pages import render_email
from functions.kernel.pages.message import Email
from functions.mail.model import Mail, Run, RunState, State, mail_key
from functions.mail.store import planned
from functions.membership.model import Member
from functions.sessions.model import Session

ABOUT_SESSIONS = frozenset(Telling)
"""The kinds of send that tell every member of one session."""

NEWEST = 20
"""Sends on the first page: about two months of them."""
LONGEST_COUNT = timedelta(seconds=3)
"""A page does not count members for longer than this."""


@dataclass(frozen=True, slots=True)
class Sent:
    """A send that has begun."""

    run: Run
    people: Counts
    """Whom planning came to."""
    ended: dict[State, int]
    is_planning: bool
    """Whether it is still being planned."""

    @property
    def waiting(self) -> int:
        """How many of its messages have not ended. With the ended ones they are as many as were planned."""
        return self.people.planned - sum(self.ended.values())

    @property
    def is_over(self) -> bool:
        """Whether nothing of it is still to go."""
        return not (self.is_planning or self.waiting)


@dataclass(frozen=True, slots=True)
class Coming:
    """A send that has not begun."""

    run: Run
    session: Session
    tells_of_a_change: bool


def sent(run: Run, planner: Planner) -> Sent:
    """A send, and how its messages ended."""
    parts = planner.plans.parts(run.id)
    people = Counts()
    for part in parts:
        people = people.plus(part)
    return Sent(run, people, planner.runs.counts(run.id), not all(part.finished for part in parts))


def coming(planner: Planner, now: datetime) -> Iterator[Coming]:
    """The sends about sessions that begin by themselves in the weeks ahead, in order of the sessions."""
    for session in planner.programme.between(now, now + planning.LOOKS_AHEAD):
        if session.announce_at is not None:
            begins, change = session.announce_at, session.invited
        elif session.goes_ahead:
            begins, change = planning.invitations_at(session), False
        else:
            continue
        run = planner.session_run(session, Telling.INVITE, begins)
        if planner.runs.get(run.id) is None:
            yield Coming(run, session, change)


def example(member: Member, session: Session, planner: Planner, now: datetime) -> Mail:
    """What one member gets, or has got, about a session as it is now."""
    audience = planner.every_member(session, now, run=None)
    own = audience.notice.keys_for(member)
    rows = planner.plans.told(own)
    if own[-1] in rows:
        return rows[own[-1]][0]
    before = held([row for each in rows.values() for row in each])
    what = telling(session, audience.notice.words, before, due=True, wants=True, accepted=False) or Telling.INVITE
    return audience.notice.mail_to(member, what, before, accepted=False, run=None, now=now)


def how_many(send: Coming, planner: Planner, now: datetime) -> tuple[int, bool]:
    """How many members a coming send goes to, as things are now, and whether all were counted in good time."""
    until = clock.now() + LONGEST_COUNT
    counts, whole = planner.would_tell(send.session, max(now, send.run.at), lambda: clock.now() < until)
    return counts.planned, whole


def in_words(mail: Mail, site: str) -> Email:
    """A message as its reader gets it, with links to pages that hold no secret."""
    return render_email(
        f"{mail.about.template}.jinja",
        **mail.context,
        site=site,
        to_name=mail.to_name,
        code=None,
        token=None,
        stop_url=f"{site}/account/emails",
        reply_url=f"{site}/sessions/{mail.context['session']}",
    )


def try_out(member: Member, mail: Mail, planner: Planner, now: datetime) -> None:
    """Send a coordinator the message that members get, marked as a test. It counts in no report."""
    planner.plans.add(
        mail.model_copy(
            update={
                "key": mail_key("test", mail.key, member.id, clock.stamp(now)),
                "context": mail.context | {"subject": f"Test: {mail.context['subject']}"},
                "guards": (),
                "run": None,
                "planned_at": now,
                "state": State.PLANNED,
            }
        )
    )


def see_to(mail: Mail, *, again: bool, by: str, planner: Planner, now: datetime) -> bool:
    """Decide about a message whose fate nobody knows: send it again under a key of its own, or leave it.

    ``False`` when somebody else has decided.
    """
    what = "message sent again, since it did not arrive" if again else "message left, since it did arrive"
    line = audit.line(mail.key, what, by=by, now=now)
    if not again:
        return planner.ledger.seen_to(mail, line)
    fresh = {
        "key": mail_key("again", mail.key, clock.stamp(now)),
        "attempt": 1,
        "state": State.PLANNED,
        "planned_at": now,
        "not_before": None,
        "not_after": now + mail.about.good_for,
        "sending_at": None,
        "ended_at": None,
    }
    return planner.ledger.seen_to(mail, line, planned(mail.model_copy(update=fresh)))


def stop(send: Sent | Coming, *, by: str, planner: Planner, now: datetime) -> bool:
    """Stop a send for good: what has gone has gone, and nothing more goes.

    One that has not begun never begins. Stopping twice is stopping once. ``False`` when it changed meanwhile.
    """
    if send.run.state is RunState.STOPPED:
        return True
    why, line = "A coordinator stopped it.", audit.line(send.run.id, "send stopped", by=by, now=now)
    if isinstance(send, Sent):
        return planner.runs.move(send.run, RunState.STOPPED, why, line)
    return planner.plans.begin_stopped(send.run.model_copy(update={"state": RunState.STOPPED, "why": why}), line, now)


def go_on(send: Sent, *, by: str, planner: Planner, now: datetime) -> bool:
    """Let a paused send go on. ``False`` when it is not paused, since what was stopped stays so."""
    if send.run.state is not RunState.PAUSED:
        return False
    line = audit.line(send.run.id, "send went on", by=by, now=now)
    return planner.runs.move(send.run, RunState.GOING, "", line)
