"""Who each kind of run is for, and what it has for each of them."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from functions.invites.emails import Notice
from functions.invites.model import Counts, Part
from functions.invites.store import Plans
from functions.invites.telling import held, telling
from functions.mail.kinds import Choice
from functions.mail.model import Mail
from functions.mail.store import Choices
from functions.membership.model import Member
from functions.sessions.store import Answers

type Page = tuple[list[Mail], Counts]


class Audience(Protocol):
    """The people of a run."""

    def pages(self, part: Part) -> Iterator[Sequence[Member]]:
        """Those of one part that it has not got to yet, a page at a time."""

    def mail(self, members: Sequence[Member]) -> Page:
        """The messages that a page of them has to get and has not, and how many they are of how many."""


@dataclass(frozen=True, slots=True)
class EveryMember:
    """Whoever has to hear of one edition of a session: an invitation, a new time, new words, or that it is off."""

    notice: Notice
    plans: Plans
    choices: Choices
    answers: Answers
    due: bool
    """Whether the invitations to the session have to be out."""
    at: datetime
    run: str | None

    def pages(self, part: Part) -> Iterator[Sequence[Member]]:
        """The members of one shard."""
        return self.plans.members(part.shard, part.after)

    def mail(self, members: Sequence[Member]) -> Page:
        """What each of them is told, by what they have been told before."""
        session = self.notice.session
        stopped = self.choices.without(Choice.INVITES, [member.id for member in members])
        keys_of = {member.id: self.notice.keys_for(member) for member in members}
        rows = self.plans.told([key for keys in keys_of.values() for key in keys])
        answers = self.answers.of_members(session.id, sorted(stopped)) if stopped else {}
        mails: list[Mail] = []
        unheard = 0
        for member in members:
            *_, present = own = keys_of[member.id]
            before = held([row for key in own for row in rows.get(key, ())])
            accepted = member.id in answers and answers[member.id].value == "yes"
            wants = member.id not in stopped
            told = present in rows
            what = (
                None
                if told
                else telling(session, self.notice.words, before, due=self.due, wants=wants, accepted=accepted)
            )
            if what is not None:
                mails.append(self.notice.mail_to(member, what, before, accepted=accepted, run=self.run, now=self.at))
            else:
                unheard += not wants
        counts = Counts(planned=len(mails), stopped=unheard, already=len(members) - len(mails) - unheard)
        return mails, counts


@dataclass(frozen=True, slots=True)
class Some:
    """The some of the members whom a reminder, a question or a digest is for."""

    choice: Choice
    ids: Callable[[], Iterator[str]]
    """Their ids, in order."""
    write: Callable[[Member], Mail]
    plans: Plans
    choices: Choices

    def pages(self, part: Part) -> Iterator[Sequence[Member]]:
        """Those of them who are members now."""
        return self.plans.profiles(self.ids(), part.after)

    def mail(self, members: Sequence[Member]) -> Page:
        """One message for each who gets mail of this kind and has not got this one."""
        without = self.choices.without(self.choice, [member.id for member in members])
        mails = [self.write(member) for member in members if member.id not in without]
        rows = self.plans.rows([mail.key for mail in mails])
        missing = [mail for mail in mails if mail.key not in rows]
        return missing, Counts(planned=len(missing), stopped=len(without), already=len(rows))


@dataclass(frozen=True, slots=True)
class CameOver:
    """Whoever was a member on the hub, and has not been told yet that their membership has come over."""

    write: Callable[[Member], Mail]
    plans: Plans

    def pages(self, part: Part) -> Iterator[Sequence[Member]]:
        """The members of one shard."""
        return self.plans.members(part.shard, part.after)

    def mail(self, members: Sequence[Member]) -> Page:
        """One message for each of them, once."""
        mails = [self.write(member) for member in members if member.came_over]
        rows = self.plans.rows([mail.key for mail in mails])
        missing = [mail for mail in mails if mail.key not in rows]
        return missing, Counts(planned=len(missing), already=len(members) - len(missing))
