"""What came of a demo: every row of the ledger and every message in the mailbox, counted one by one."""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from urllib.request import Request, urlopen

import click
from icalendar import Calendar

from cli.stack import Stack
from functions.kernel import keys
from functions.kernel.table import Table
from functions.mail.kinds import Choice
from functions.mail.model import ENDS, Run
from functions.mail.store import Choices, Ledger, Runs
from functions.membership.store import Members
from functions.sessions.model import Session

_ADDRESS = re.compile(r"[\w.+'-]+@[\w-]+(?:\.[\w-]+)+")
_OUR_OWN = "psmn.test"


@dataclass
class Inspection:
    """The sums."""

    runs: list[tuple[Run, int, dict[str, int]]] = field(default_factory=list)
    """Each send, what it planned, and how its messages ended by its own counters."""
    recounted: dict[str, dict[str, int]] = field(default_factory=dict)
    """The same by counting the rows, by run."""
    alone: dict[str, int] = field(default_factory=dict)
    """How the messages ended that belong to no send, such as those to people who joined late."""
    messages: int = 0
    duplicates: int = 0
    """Messages that somebody got twice."""
    stale: int = 0
    """Entries that show something else than the programme, but for people who stopped hearing of it."""
    strangers: int = 0
    """Messages that name another member's address."""

    @property
    def is_right(self) -> bool:
        """Whether everything adds up."""
        sums = all(
            planned == sum(ended.values()) and ended == self.recounted.get(run.id, {})
            for run, planned, ended in self.runs
        )
        return sums and self.messages == self._left and not (self.duplicates or self.stale or self.strangers)

    @property
    def _left(self) -> int:
        """How many messages the rows say have left."""
        left = {"sent", "delivered", "bounced", "complained"}
        rows = [self.alone, *self.recounted.values()]
        return sum(number for counts in rows for state, number in counts.items() if state in left)

    def as_json(self) -> dict[str, Any]:
        """The sums for a program."""
        return {
            "runs": [
                {"about": run.words, "kind": run.mail_kind, "planned": planned, "ended": ended}
                for run, planned, ended in self.runs
            ],
            "alone": self.alone,
            "messages": self.messages,
            "duplicates": self.duplicates,
            "stale": self.stale,
            "cross_member_addresses": self.strangers,
            "adds_up": self.is_right,
        }

    def in_words(self) -> str:
        """The sums as a table."""
        states = [state for state in ENDS if any(ended.get(state) for _, _, ended in self.runs)]
        head = f"{'':44}{'planned':>9}" + "".join(f"{state:>12}" for state in states) + f"{'together':>10}"
        lines = ["", head]
        total: Counter[str] = Counter()
        for run, planned, ended in self.runs:
            right = planned == sum(ended.values()) and ended == self.recounted.get(run.id, {})
            about = f"{run.mail_kind:10} {run.words.partition(', ')[2].partition(',')[0] or run.thing}"
            cells = "".join(f"{ended.get(state, 0):>12,}" for state in states)
            lines.append(f"{about:44}{planned:>9,}{cells}{sum(ended.values()):>10,}{'' if right else '  <-'}")
            total.update(ended)
            total["planned"] += planned
        cells = "".join(f"{total[state]:>12,}" for state in states)
        together = sum(total[state] for state in states)
        lines += [f"{'Together':44}{total['planned']:>9,}{cells}{together:>10,}", ""]
        told = ", ".join(f"{number:,} {state}" for state, number in sorted(self.alone.items()))
        lines.append(f"{'Messages that belong to no send':44}{told or 'none'}")
        for words, number, wanted in (
            ("Messages in the mailbox", self.messages, self._left),
            ("Messages that somebody got twice", self.duplicates, 0),
            ("Calendars that do not show the programme", self.stale, 0),
            ("Messages with another member's address", self.strangers, 0),
        ):
            lines.append(f"{words:44}{number:>9,}{'' if number == wanted else f'  <- {wanted:,} expected'}")
        return "\n".join(lines)


def inspect(table: Table, folder: Path, sessions: list[Session]) -> Inspection:
    """Count everything."""
    found = Inspection()
    runs = Runs(table)
    for run in sorted(runs.newest(10_000), key=lambda run: run.at):
        parts = table.children(keys.run(run.id).pk, keys.run_part("", "").sk)
        ended = {state.value: number for state, number in runs.counts(run.id).items() if number}
        found.runs.append((run, sum(part["planned"] for part in parts), ended))
    members = {member.address: member.id for member in Members(table).every()}
    alone: Counter[str] = Counter()
    recounted: dict[str, Counter[str]] = {}
    for member_id in members.values():
        for mail in Ledger(table).of(member_id):
            (recounted.setdefault(mail.run, Counter()) if mail.run else alone)[mail.state.value] += 1
    found.recounted = {run: dict(counts) for run, counts in recounted.items()}
    found.alone = dict(alone)
    deaf = Choices(table).without(Choice.INVITES, sorted(members.values()))
    _read(found, folder, members, sessions, deaf={address for address, each in members.items() if each in deaf})
    return found


def _read(found: Inspection, folder: Path, members: dict[str, str], sessions: list[Session], *, deaf: set[str]) -> None:
    seen: Counter[tuple[str, ...]] = Counter()
    calendars: dict[str, dict[str, tuple[Any, Any]]] = {}
    files = list(folder.glob("*.eml"))
    with click.progressbar(files, label="Reading the mailbox") as bar:
        for file in bar:
            message: Any = message_from_bytes(file.read_bytes(), policy=default)
            (reader,) = [mailbox.addr_spec for mailbox in message["to"].addresses]
            if reader not in members:
                continue
            found.messages += 1
            named = set(_ADDRESS.findall("".join(_texts(message))))
            found.strangers += any(each in members and each != reader for each in named)
            entry = _entry(message)
            seen[reader, str(message["subject"]), *([str(entry[0]), str(entry[1])] if entry else [])] += 1
            if entry:
                uid, order, shown = entry
                held = calendars.setdefault(reader, {})
                if uid not in held or order > held[uid][0]:
                    held[uid] = (order, shown)
    found.duplicates = sum(number - 1 for number in seen.values())
    programme = {
        session.id: (session.start, session.end, session.title) if session.goes_ahead else None for session in sessions
    }
    for held in (held for reader, held in calendars.items() if reader not in deaf):
        for uid, (_, shown) in held.items():
            found.stale += shown is not _WITHDRAWN and shown != programme.get(uid.partition("@")[0].partition("-")[0])


_WITHDRAWN = object()


def _texts(message: EmailMessage) -> Iterator[str]:
    yield str(message["to"])
    for part in message.walk():
        if not part.is_multipart():
            payload = part.get_payload(decode=True)
            assert isinstance(payload, bytes)
            yield payload.decode(errors="replace").replace("\r\n ", "")


def _entry(message: EmailMessage) -> tuple[str, tuple[int, Any], Any] | None:
    for part in message.walk():
        if part.get_content_type() == "text/calendar":
            payload: Any = part.get_payload(decode=True)
            calendar: Any = Calendar.from_ical(payload)
            (event,) = calendar.events
            order = (int(event["sequence"]), event["dtstamp"].dt)
            if calendar["method"] == "CANCEL":
                return str(event["uid"]), order, None if "status" in event else _WITHDRAWN
            title = str(event["summary"]).rpartition(", ")[0]
            return str(event["uid"]), order, (event["dtstart"].dt, event["dtend"].dt, title)
    return None


def one_click(stack: Stack, folder: Path, address: str) -> None:
    """Press "unsubscribe" as a mail program does (RFC 8058), in the newest message that offers it to an address."""
    offers = [
        message
        for file in sorted(folder.glob("*.eml"), key=lambda file: file.stat().st_mtime)
        if address.encode() in (raw := file.read_bytes())[:3000]
        and (message := message_from_bytes(raw, policy=default))["list-unsubscribe"]
        and address in str(message["to"])
    ]
    if not offers:
        return
    path = urlsplit(str(offers[-1]["list-unsubscribe"]).partition(">")[0].lstrip("<")).path
    gateway, host = urlsplit(stack.endpoint_url), urlsplit(stack.url).netloc
    request = Request(
        f"{gateway.scheme}://{gateway.netloc}{path}",
        data=b"List-Unsubscribe=One-Click",
        headers={"host": host, "content-type": "application/x-www-form-urlencoded"},
    )
    with urlopen(request, timeout=30) as answer:
        answer.read()
