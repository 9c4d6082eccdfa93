"""``psmn demo``: twelve weeks of Fridays on a local cloud of its own, with what happens to real networks, and the sums.

Nothing is faked but time and people: the deployed functions plan and send, and the mailbox receives. A demo that is
cut off goes on where it was, because each of its steps can be made twice without harm.
"""

import json
import time
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path

import click
from pydantic import AwareDatetime, BaseModel, Field

from cli import options, people
from cli.demo_events import bounce, stream_record
from cli.demo_mailbox import Inspection, inspect, one_click
from cli.local import end_when_asked, finish_in_peace
from cli.local_cloud import LocalCloud
from cli.places import Places
from cli.stack import Stack
from functions.invites.planning import GO_AT, REMIND_AT
from functions.kernel import clock, keys
from functions.kernel.table import Table
from functions.kernel.when import uk_local
from functions.mail.kinds import Choice, Stream
from functions.mail.model import Mail, State
from functions.mail.store import Choices, Ledger, Runs
from functions.membership.model import Member
from functions.membership.store import Members
from functions.sessions import edit
from functions.sessions.forms import EditSessionForm
from functions.sessions.model import DROP_IN, Answer, AnswerValue, Session, Source, Status
from functions.sessions.store import Answers, Programme

BY = "demo"
"""Who an audit line says it was."""
LATE_JOINERS, STOPS, BOUNCES, COMING, READERS = 20, 10, 5, 30, 10
"""People: who join after the invitations of a week went, who stop, whose address fails, who say that they are coming
each week, and who read the digest."""
TROUBLE, MOVE, SWAP, CALL_OFF = range(1, 8, 2)
"""Weeks, counted from 0: when addresses fail, and when a Friday moves, changes places and is called off."""
SWAP_WITH = 3
"""How many weeks later the other Friday of the swap is."""
PATIENCE = 300.0
"""Seconds without a message before something must be wrong."""


class Progress(BaseModel):
    """What has been done, kept in a file so that a demo can go on."""

    first_monday: AwareDatetime
    members: int
    organisations: int
    weeks: int
    done: set[str] = Field(default_factory=set)


@click.command()
@click.option("--members", default=1100, show_default=True, help="How many members the network begins with.")
@click.option("--organisations", default=652, show_default=True, help="How many organisations they are from.")
@click.option("--weeks", default=12, show_default=True, help="How many Fridays.")
@click.option("--fresh", is_flag=True, help="Begin anew, and not where the last demo was cut off.")
@options.as_json
def demo(*, members: int, organisations: int, weeks: int, fresh: bool, as_json: bool) -> None:
    """Run a network through simulated weeks, and check that every sum adds up.

    One Friday moves, two swap, one is called off; 20 people join late, 10 stop, and 5 addresses fail.
    """
    end_when_asked()
    places = Places.from_environment()
    places = places.model_copy(update={"folder": places.folder / "demo"})
    cloud = LocalCloud(places)
    cloud.check_that_nothing_is_in_the_way()
    if fresh:
        cloud.forget()
        (places.folder / "progress.json").unlink(missing_ok=True)
    try:
        stack = cloud.up(members=0, empty=True)
        found = Demo(stack, places.folder, members=members, organisations=organisations, weeks=weeks).run()
    finally:
        finish_in_peace()
        cloud.down()
    click.echo(json.dumps(found.as_json(), indent=2) if as_json else found.in_words())
    if not found.is_right:
        raise click.ClickException("Something does not add up. The lines marked with an arrow say what.")


class Demo:
    """One demo on one local cloud."""

    def __init__(self, stack: Stack, folder: Path, *, members: int, organisations: int, weeks: int) -> None:
        self.stack = stack
        self.table = Table(stack.table, stack.client("dynamodb"))
        self.programme, self.runs, self.ledger = Programme(self.table), Runs(self.table), Ledger(self.table)
        self.mail_folder = folder / "mail"
        self._file = folder / "progress.json"
        self.progress = self._begun(members=members, organisations=organisations, weeks=weeks)

    def _begun(self, *, members: int, organisations: int, weeks: int) -> Progress:
        if self._file.exists():
            return Progress.model_validate_json(self._file.read_bytes())
        # Two weeks ahead, so that nothing of it is due by the clock of this machine.
        today = clock.now().date()
        monday = today + timedelta(days=14 - today.weekday())
        return Progress(first_monday=uk_local(monday, GO_AT), members=members, organisations=organisations, weeks=weeks)

    def run(self) -> Inspection:
        """Make every step that has not been made, and look at what came of it."""
        steps = list(self._steps())
        with click.progressbar(steps, label=f"{self.progress.weeks} weeks") as bar:
            for name, do in bar:
                if name not in self.progress.done:
                    do()
                    self.progress.done.add(name)
                    self._file.write_text(self.progress.model_dump_json(indent=2), encoding="utf-8")
        return inspect(self.table, self.mail_folder, self._fridays())

    def _steps(self) -> Iterator[tuple[str, Callable[[], None]]]:
        yield "people", self._people
        yield "programme", self._make_programme
        for week in range(self.progress.weeks):
            for name, do in (
                ("plan", self._plan),
                ("send", self._send),
                ("trouble", self._trouble),
                ("joiners", self._joiners),
                ("stops", self._stops),
                ("changes", self._changes),
                ("answers", self._answers),
                ("day", self._day),
                ("saturday", self._saturday),
            ):
                yield f"{week + 1}. {name}", lambda do=do, week=week: do(week)  # type: ignore[misc] # Bound at once.

    def _people(self) -> None:
        for member in self._made_up(self.progress.members, "first"):
            people.join(self.table, member)
        for member in self._everybody()[:READERS]:
            Choices(self.table).start(Choice.DIGEST, member.id, clock.now())

    def _make_programme(self) -> None:
        self.programme.begin(DROP_IN.model_copy(update={"meeting_url": people.MEETING}))
        before = self.progress.first_monday - timedelta(days=1)
        self.stack.invoke("sessions.programme", {"network": "psmn", "at": clock.stamp(before)})
        for session in self._fridays():
            if session.status is Status.PROPOSED_BREAK:
                edit.decide(session, None, Status.CONFIRMED, by=BY, programme=self.programme, now=clock.now())

    def _plan(self, week: int) -> None:
        monday = self._monday(week)
        report = self.stack.invoke("invites.plan", {"network": "psmn", "at": clock.stamp(monday)})
        while report["unfinished"]:
            report = self._tick(monday + timedelta(minutes=5))

    def _send(self, _week: int) -> None:
        self._until_all_have_ended()

    def _trouble(self, week: int) -> None:
        """Addresses fail: the mail service reports it as it does, on the queue that it reports to."""
        if week != TROUBLE:
            return
        sqs = self.stack.client("sqs")
        for member in self._everybody()[100 : 100 + BOUNCES]:
            for mail in self._invitations(member):
                sqs.send_message(QueueUrl=self.stack.queues["feedback"], MessageBody=json.dumps(bounce(mail)))
        self._wait_for(
            lambda: all(
                self.table.get(keys.suppressed(member.address_digest))
                for member in self._everybody()[100 : 100 + BOUNCES]
            )
        )

    def _joiners(self, week: int) -> None:
        """People join on a Tuesday, and the table's stream says so at that moment."""
        share = LATE_JOINERS // self.progress.weeks + (week < LATE_JOINERS % self.progress.weeks)
        tuesday = self._monday(week) + timedelta(days=1)
        for member in self._made_up(share, f"late {week}"):
            people.join(self.table, member)
            item = self.table.get(keys.member(member.id))
            assert item is not None
            self.stack.invoke("invites.welcome", {"Records": [stream_record(item, tuesday)]})
        self._until_all_have_ended()

    def _stops(self, week: int) -> None:
        """People press "unsubscribe" in their mail program."""
        share = STOPS // self.progress.weeks + (week < STOPS % self.progress.weeks)
        first = 200 + week * STOPS
        for member in self._everybody()[first : first + share]:
            one_click(self.stack, self.mail_folder, member.address)

    def _changes(self, week: int) -> None:
        fridays = self._fridays()
        if week == MOVE:
            self._edit(fridays[week], hours=2)
        elif week == SWAP and week + SWAP_WITH < len(fridays):
            self._retitle(fridays[week], "How we learn from falls")
            self._retitle(fridays[week + SWAP_WITH], "What good looks like on a ward")
            first, second = self._fridays()[week], self._fridays()[week + SWAP_WITH]
            edit.swap(first, None, second.id, by=BY, programme=self.programme, now=clock.now())
        elif week == CALL_OFF:
            self._edit(fridays[week], status=Status.CANCELLED)
        else:
            return
        # The ten minutes in which it could be undone have passed by Tuesday.
        self._tick(self._monday(week) + timedelta(days=1))
        self._until_all_have_ended()

    def _edit(self, session: Session, *, hours: int = 0, status: Status = Status.CONFIRMED, title: str = "") -> None:
        start, end = session.start + timedelta(hours=hours), session.end + timedelta(hours=hours)
        form = EditSessionForm.model_validate(
            {
                "title": title or session.title,
                "summary": session.summary,
                "date": session.day.isoformat(),
                "start": f"{start:%H:%M}",
                "end": f"{end:%H:%M}",
                "meeting_url": session.meeting_url,
                "status": status,
            }
        )
        edit.save(session, form, by=BY, programme=self.programme, now=clock.now())

    def _retitle(self, session: Session, title: str) -> None:
        self._edit(session, title=title)

    def _answers(self, week: int) -> None:
        session = self._fridays()[week]
        for member in self._everybody()[300 : 300 + COMING]:
            yes = Answer(value=AnswerValue.YES, sequence=session.sequence, stamp=clock.now(), source=Source.SITE)
            Answers(self.table).record(member.id, session.id, yes)

    def _day(self, week: int) -> None:
        friday = self._fridays()[week]
        self._tick(uk_local(friday.day, REMIND_AT))
        self._until_all_have_ended()

    def _saturday(self, week: int) -> None:
        friday = self._fridays()[week]
        self._tick(uk_local(friday.day + timedelta(days=1), GO_AT))
        self._until_all_have_ended()

    def _tick(self, at: datetime) -> dict[str, int]:
        counts: dict[str, int] = self.stack.invoke("invites.tick", {"network": "psmn", "at": clock.stamp(at)})
        return counts

    def _monday(self, week: int) -> datetime:
        first = self.progress.first_monday.date()
        return uk_local(first + timedelta(weeks=week), GO_AT)

    def _fridays(self) -> list[Session]:
        """The sessions of the demo as they are now, in order."""
        ends = self.progress.first_monday + timedelta(weeks=self.progress.weeks)
        return self.programme.now_of(self.programme.between(self.progress.first_monday, ends))

    def _everybody(self) -> list[Member]:
        return sorted(Members(self.table).every(), key=lambda member: member.address)

    def _made_up(self, count: int, which: str) -> Iterator[Member]:
        return people.crowd(count, self.progress.organisations, which, joined_at=self.progress.first_monday)

    def _invitations(self, member: Member) -> list[Mail]:
        return [mail for mail in self.ledger.of(member.id) if mail.calendar and mail.state is State.SENT]

    def _until_all_have_ended(self) -> None:
        ends = self._monday(self.progress.weeks + 4)
        self._wait_for(lambda: all(next(self.ledger.waiting(stream, ends), None) is None for stream in Stream))

    def _wait_for(self, is_so: Callable[[], bool]) -> None:
        """Wait until something is so, as long as mail goes on arriving. Fails with a sentence when it does not."""
        arrived, since = -1, time.monotonic()
        while not is_so():
            now = sum(1 for _ in self.mail_folder.glob("*.eml"))
            if now != arrived:
                arrived, since = now, time.monotonic()
            if time.monotonic() - since > PATIENCE:
                raise click.ClickException("No mail has arrived for five minutes, and there is more to come.")
            time.sleep(2)
