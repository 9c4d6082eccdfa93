"""Planning what members are told: rows of the ledger, written a page of people at a time.

A page's rows and the note of how far planning got commit together. So a run may be repeated, doubled or cut off
anywhere, and its counts are right: it adds what is missing and nothing else. What is not finished is found by the
minute's tick, which goes on with it.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Self

from functions.invites import emails, planning, warm_up
from functions.invites.audience import Audience, CameOver, EveryMember, Some
from functions.invites.emails import Notice
from functions.invites.model import Counts, Part, Report, Skipped, Tally
from functions.invites.settings import InvitesSettings
from functions.invites.store import Plans
from functions.invites.telling import Telling
from functions.kernel import clock, keys, tokens
from functions.kernel.errors import Clash, Unavailable
from functions.kernel.table import Table
from functions.mail.kinds import Choice
from functions.mail.model import Mail, Run, RunState
from functions.mail.store import Choices, Ledger, Runs
from functions.membership.model import Member
from functions.sessions.model import Session, Status
from functions.sessions.store import Answers, Attendance, Programme

type HasTime = Callable[[], bool]

_ID_LENGTH = 32
_TRIES = 4
ALL = "all"
"""The one part of a run for some of the members."""

INDEX_LAG = timedelta(minutes=1)
"""Somebody who joined so short a time before a run may not be in the index that the run reads, so they are
invited as if they had joined after it. Should both happen, the row decides."""

LEASE = timedelta(minutes=1)
"""Nobody else takes up a part on which somebody worked so short a time ago."""


def always() -> bool:
    """There is time."""
    return True


@dataclass(frozen=True, slots=True)
class Planner:
    """Plans for one network."""

    programme: Programme
    plans: Plans
    choices: Choices
    answers: Answers
    attendance: Attendance
    runs: Runs
    ledger: Ledger
    settings: InvitesSettings

    @classmethod
    def on(cls, table: Table, settings: InvitesSettings) -> Self:
        """The planner of the network in one table."""
        return cls(
            Programme(table),
            Plans(table),
            Choices(table),
            Answers(table),
            Attendance(table),
            Runs(table),
            Ledger(table),
            settings,
        )

    def week(self, at: datetime, *, dry_run: bool = False, has_time: HasTime = always) -> Report:
        """Plan what is due at a moment, for every member. A dry run counts the same and writes nothing."""
        around = self._around(at)
        skipped = [_skipped(session, why) for session in around if (why := planning.why_not(session, at))]
        tallies: list[Tally] = []
        unfinished = 0
        for session in planning.due(around, at):
            why = planning.waits(session, at) or self._stopped(session)
            if why is not None:
                skipped.append(_skipped(session, why))
                continue
            if dry_run:
                counts, _ = self.would_tell(session, at, has_time)
            else:
                counts, left = self._tell(session, at, has_time)
                unfinished += left
            tallies.append(_tally(session, counts))
        return Report(at=at, dry_run=dry_run, sessions=tuple(tallies), skipped=tuple(skipped), unfinished=unfinished)

    def _stopped(self, session: Session) -> str | None:
        run = self.runs.get(run_id("session", session.id, session.edition))
        return "A coordinator stopped it." if run is not None and run.state is RunState.STOPPED else None

    def would_tell(self, session: Session, at: datetime, has_time: HasTime = always) -> tuple[Counts, bool]:
        """How many would be told of a session at a moment, and whether there was time to count everybody."""
        audience, counts = self.every_member(session, at, run=None), Counts()
        for shard in keys.SHARDS:
            for members in audience.pages(Part(run="", shard=shard, touched_at=at)):
                if not has_time():
                    return counts, False
                counts = counts.plus(audience.mail(members)[1])
        return counts, True

    def _tell(self, session: Session, at: datetime, has_time: HasTime) -> tuple[Counts, int]:
        """Plan what is to be told of a session; give what that made, and how many parts are left to the tick."""
        before = self._begin_for_all(session, Telling.INVITE, at)
        if all(part.finished for part in before):
            before = [self._once_more(part) for part in before]
        after = [self.work(part, has_time) for part in before]
        made = Counts()
        for old, new in zip(before, after, strict=True):
            made = made.plus(
                Counts(
                    planned=new.planned - old.planned,
                    already=new.already - old.already,
                    stopped=new.stopped - old.stopped,
                )
            )
        return made, sum(not part.finished for part in after)

    def _once_more(self, part: Part) -> Part:
        """A finished part, ready to be gone through again for what is missing."""
        fresh = part.model_copy(
            update={"after": "", "finished": False, "already": 0, "stopped": 0, "pages": part.pages + 1}
        )
        try:
            self.plans.keep(part, fresh)
        except Clash:
            return part
        return fresh

    def tick(self, at: datetime, has_time: HasTime = always) -> dict[str, int]:
        """Begin what has become due since the last minute, and go on with what was not finished."""
        around = self._around(at)
        begun = [
            *self._announcements(at),
            *(self._begin_for_all(each, Telling.INVITE, at) for each in around if planning.missed(each, at)),
            *self._begin_for_some("reminder", [each for each in around if planning.to_remind(each, at)], at),
            *self._questions(at),
            *self._digests(at),
        ]
        parts = [part for parts in begun for part in parts if not part.finished]
        known = {(part.run, part.shard) for part in parts}
        left = self.plans.unfinished(clock.now() - LEASE)
        parts += [part for part in left if (part.run, part.shard) not in known]
        worked = [self.work(part, has_time) for part in parts]
        return {"begun": len(begun), "parts": len(worked), "unfinished": sum(not part.finished for part in worked)}

    def _announcements(self, at: datetime) -> Iterator[list[Part]]:
        """What members are told of sessions that a coordinator changed."""
        for session in self.programme.announcements(at):
            if session.invited or planning.why_not(session, at) is None:
                yield self._begin_for_all(session, _leading(session), at)
            self.programme.announced(session)

    def _begin_for_all(self, session: Session, tells: Telling, at: datetime) -> list[Part]:
        # First, so that whoever was told of a session is told of its changes, wherever this is cut off.
        self.programme.mark_invited(session.id)
        return self.plans.begin(self.session_run(session, tells, at), keys.SHARDS, clock.now())

    def _questions(self, at: datetime) -> Iterator[list[Part]]:
        past = self.programme.between(at - planning.LONGEST_WAIT_TO_ASK, at)
        return self._begin_for_some("after", [each for each in past if planning.to_ask_about(each, at)], at)

    def _begin_for_some(self, kind: str, sessions: Iterable[Session], at: datetime) -> Iterator[list[Part]]:
        for session in sessions:
            run = Run(
                id=run_id(kind, session.id, session.sequence),
                mail_kind=kind,
                words=f"{session.title}, {session.when}",
                thing=session.id,
                edition=session.edition,
                at=at,
            )
            if self.runs.get(run.id) is None:
                yield self.plans.begin(run, (ALL,), clock.now())

    def _digests(self, at: datetime) -> Iterator[list[Part]]:
        saturday = planning.digest_due(at)
        if saturday is None or not any(planning.is_new(session, at) for session in self._fortnight(at)):
            return
        day = saturday.isoformat()
        run = Run(id=run_id("digest", day, 0), mail_kind="digest", words="The weeks ahead", thing=day, at=at)
        if self.runs.get(run.id) is None:
            yield self.plans.begin(run, (ALL,), clock.now())

    def work(self, part: Part, has_time: HasTime = always) -> Part:
        """Go on with a part until it is finished, there is no more time, or somebody paused or stopped the run."""
        run = self.runs.get(part.run)
        audience = self._audience(run) if run is not None else None
        if run is None or audience is None or run.state is RunState.STOPPED:
            return self._finished(part)
        if run.state is RunState.PAUSED:
            return part
        ahead = self._ahead_of(part, run)
        for members in audience.pages(part):
            if not has_time():
                return part
            try:
                part = self._page(part, audience, members, run, ahead)
            except Clash:
                # Another worker has this part, and goes on with it.
                return part
        return self._finished(part)

    def _finished(self, part: Part) -> Part:
        if part.finished:
            return part
        done = part.model_copy(update={"finished": True, "pages": part.pages + 1, "touched_at": clock.now()})
        try:
            self.plans.keep(part, done)
        except Clash:
            return part
        return done

    def _page(self, part: Part, audience: Audience, members: Sequence[Member], run: Run, ahead: int) -> Part:
        """Plan one page of people. Raises ``Clash`` when another worker did."""
        for _ in range(_TRIES):
            mails, counts = audience.mail(members)
            if run.at_once is not None:
                mails = [
                    mail.model_copy(update={"not_before": warm_up.not_before(place, run.at_once, run.at)})
                    for place, mail in enumerate(mails, start=ahead + part.planned)
                ]
            place = {
                "after": members[-1].id if members else part.after,
                "pages": part.pages + 1,
                "touched_at": clock.now(),
            }
            after = part.plus(counts).model_copy(update=place)
            try:
                self.plans.keep(part, after, mails)
            except Clash as clash:
                if 0 in clash.failed:
                    raise
                # Somebody who has just joined was invited meanwhile. The next look sees their row.
                continue
            return after
        raise Unavailable

    def newcomer(self, member: Member, joined_at: datetime) -> int:
        """Plan for a new member, or for one with a new address, what the others have been invited to already.

        Says how many messages that made.
        """
        due_at = joined_at + INDEX_LAG
        made = 0
        for session in planning.due(self._around(due_at), due_at):
            if planning.waits(session, due_at) or self._stopped(session):
                continue
            mails, _ = self.every_member(session, joined_at, run=None, due_at=due_at).mail([member])
            made += sum(self.plans.add(mail) for mail in mails)
        return made

    def session_run(self, session: Session, tells: Telling, at: datetime) -> Run:
        """The run that tells all members of one edition of a session."""
        return Run(
            id=run_id("session", session.id, session.edition),
            mail_kind=tells.value,
            words=f"{session.title}, {session.when}",
            thing=session.id,
            edition=session.edition,
            at_once=warm_up.at_once(self.runs.proven()) if self.settings.warm_up else None,
            at=at,
        )

    def _audience(self, run: Run) -> Audience | None:
        """Who a run is for; ``None`` when what it tells has been overtaken."""
        if run.mail_kind == "digest":
            return self._digest_readers(run)
        if run.mail_kind == "came-over":
            return CameOver(partial(emails.came_over, run=run.id, now=run.at), self.plans)
        session = self.programme.get(run.thing)
        if session is None:
            return None
        if run.mail_kind == "reminder":
            return self._whoever_said_yes(session, run)
        if run.mail_kind == "after":
            return self._whoever_came(session, run)
        return self.every_member(session, run.at, run=run.id) if session.edition == run.edition else None

    def every_member(
        self, session: Session, at: datetime, *, run: str | None, due_at: datetime | None = None
    ) -> EveryMember:
        """Whoever has to hear of a session as it is now, from messages planned at ``at``."""
        return EveryMember(
            notice=Notice.of(session, self.settings, at),
            plans=self.plans,
            choices=self.choices,
            answers=self.answers,
            due=planning.why_not(session, due_at or at) is None,
            at=at,
            run=run,
        )

    def _whoever_said_yes(self, session: Session, run: Run) -> Some:
        def coming() -> Iterator[str]:
            answers = self.answers.of_session(session.id)
            return (member_id for member_id, answer in answers if emails.counts_on(answer, session))

        def write(member: Member) -> Mail:
            return emails.reminder(member, session, self.settings, run=run.id, now=run.at)

        return Some(Choice.REMINDERS, coming, write, self.plans, self.choices)

    def _whoever_came(self, session: Session, run: Run) -> Some:
        def write(member: Member) -> Mail:
            return emails.after(member, session, self.settings, run=run.id, now=run.at)

        return Some(Choice.FOLLOW_UPS, partial(self.attendance.came, session.id), write, self.plans, self.choices)

    def _digest_readers(self, run: Run) -> Some:
        sessions = self._fortnight(run.at)
        coming = [f"{each.title}: {each.when}" for each in sessions if each.goes_ahead]
        called_off = [f"{each.title}: {each.when}" for each in sessions if each.status is Status.CANCELLED]

        def write(member: Member) -> Mail:
            return emails.digest(
                member,
                coming=coming,
                called_off=called_off,
                week=run.thing,
                settings=self.settings,
                run=run.id,
                now=run.at,
            )

        return Some(Choice.DIGEST, partial(self.choices.digest_readers, ""), write, self.plans, self.choices)

    def _ahead_of(self, part: Part, run: Run) -> int:
        """How many messages of the run come before those of a part, which matters while it goes out in waves."""
        if run.at_once is None:
            return 0
        return sum(other.planned for other in self.plans.parts(run.id) if other.shard < part.shard)

    def _around(self, at: datetime) -> list[Session]:
        listed = self.programme.between(at - planning.LOOKS_BACK, at + planning.LOOKS_AHEAD)
        return self.programme.now_of(listed)

    def _fortnight(self, at: datetime) -> list[Session]:
        return list(self.programme.between(at, at + planning.DIGEST_LOOKS_AHEAD))


def run_id(what: str, thing: str, version: int) -> str:
    """What makes a run the same run, however often something sets it going."""
    return tokens.digest("run", what, thing, str(version))[:_ID_LENGTH]


def _leading(session: Session) -> Telling:
    """What most members are told of a session that was changed."""
    if not session.invited:
        return Telling.INVITE
    if not session.goes_ahead:
        return Telling.CANCELLED
    before = session.before
    moved = before is not None and (before.start, before.end) != (session.start, session.end)
    return Telling.NEW_TIME if moved else Telling.CHANGED


def _tally(session: Session, counts: Counts) -> Tally:
    return Tally(
        session=session.id, edition=session.edition, title=session.title, when=session.when, **counts.model_dump()
    )


def _skipped(session: Session, why: str) -> Skipped:
    return Skipped(session=session.id, title=session.title, when=session.when, why=why)
