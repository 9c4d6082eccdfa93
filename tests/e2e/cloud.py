"""The whole network as it is deployed on this machine: its pages, its mail, and the command of those who run it."""

import os
import re
import socket
import subprocess
import sys
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any

import boto3

from cli.places import Places
from cli.stack import Stack
from functions.kernel import clock
from functions.kernel.table import Table
from functions.kernel.when import in_uk, uk_local
from functions.sessions import edit
from functions.sessions.model import Status
from functions.sessions.store import Programme
from infra import stages
from infra.stages import ROOT
from tests.e2e.mailbox import Letter, Mailbox
from tests.e2e.visitor import Visitor
from tests.network import code_in, text_of

JOIN_CODE = "Your code to join"
SIGN_IN_CODE = "Your code to sign in"
_AFTER_UNDO = timedelta(minutes=11)
"""A decision can be undone for 10 minutes."""

_numbers = count(1)


def like(person: Mapping[str, Any], name: str) -> dict[str, Any]:
    """Somebody in the same position as a person, with another name and a mailbox of their own."""
    box = name.lower().replace(" ", ".")
    return {**person, "name": name, "email": f"{box}@{person['email'].partition('@')[2]}"}


def told(person: Mapping[str, Any], **more: str) -> dict[str, Any]:
    """What somebody types on the page about them."""
    return {name: value for name, value in {**person, **more}.items() if name != "email"}


@dataclass(frozen=True, slots=True)
class Cloud:
    """One local cloud that runs, and the people at its doors."""

    places: Places
    stack: Stack
    mailbox: Mailbox

    @property
    def environment(self) -> dict[str, str]:
        """What the ``psmn`` command needs to find this cloud and no other."""
        return surroundings(self.places)

    def visitor(self) -> Visitor:
        """A browser that has never been here."""
        return Visitor(self.stack.url)

    def code_for(self, address: str, subject: str) -> str:
        """The code in the next letter to an address."""
        return code_in(self.mailbox.next(address, subject).message)

    def begin(self, person: Mapping[str, Any]) -> Visitor:
        """A browser in which somebody has proven their mailbox."""
        visitor = self.visitor()
        assert visitor.post("/join", email=person["email"]).location == "/join/code"
        answer = visitor.post("/join/code", code=self.code_for(person["email"], JOIN_CODE))
        assert answer.location == "/join/about-you"
        return visitor

    def join(self, person: Mapping[str, Any], **more: str) -> Visitor:
        """A browser in which somebody has sent their application."""
        visitor = self.begin(person)
        assert visitor.post("/join/about-you", told(person, **more)).location == "/join/check"
        assert visitor.post("/join/check").location == "/join/outcome"
        return visitor

    def sign_in(self, address: str, visitor: Visitor | None = None) -> Visitor:
        """A browser in which a member has signed in."""
        visitor = visitor or self.visitor()
        visitor.post("/sign-in", email=address)
        answer = visitor.post("/sign-in/code", code=self.code_for(address, SIGN_IN_CODE))
        assert answer.location == "/home", answer.text
        return visitor

    def path_in(self, letter: Letter, start: str) -> str:
        """The first link of a letter to one of our pages, as a path."""
        words = text_of(letter.message)
        found = re.search(re.escape(self.stack.url) + rf"({re.escape(start)}[^\s>]*)", words)
        assert found is not None, words
        return found[1]

    def let_mail_pass(self) -> None:
        """Wait until a message that is planned now has come, and with it all that was planned before it."""
        nobody = f"nobody.{next(_numbers)}@anytown.nhs.uk"
        self.visitor().post("/sign-in", email=nobody)
        self.mailbox.next(nobody, "No member has this email address")

    def settle(self, after: timedelta = _AFTER_UNDO) -> Any:
        """Do what the schedule does some time from now, when the time to undo is over."""
        at = datetime.now(UTC) + after
        return self.stack.invoke("membership.settle", {"network": "psmn", "at": at.isoformat()})

    def psmn(self, *words: str) -> str:
        """What the command prints. It has to succeed."""
        done = run(self.places, *words)
        assert done.returncode == 0, (words, done.stdout, done.stderr)
        return done.stdout

    def plan_sessions(self, day: date) -> None:
        """Make the sessions around a day, as the schedule does when that day comes near."""
        at = uk_local(day - timedelta(weeks=1), datetime.min.time().replace(hour=3))
        self.stack.invoke("sessions.programme", {"network": "psmn", "at": at.isoformat()})
        # Some of them fall on a bank holiday, and nobody is invited before a person has said that they go ahead.
        programme = Programme(Table(self.stack.table, self.stack.client("dynamodb")))
        for session in list(programme.between(at)):
            edit.decide(session, None, Status.CONFIRMED, by="test", programme=programme, now=clock.now())

    def in_the_place_of(self, function: str, service: str) -> Any:
        """A client that may do what a function may, and no more."""
        arn = f"arn:aws:iam::{stages.find(stages.LOCAL).account}:role/{self.stack.functions[function]}"
        given = self.stack.client("sts").assume_role(RoleArn=arn, RoleSessionName="test")["Credentials"]
        return boto3.client(
            service,
            endpoint_url=self.stack.endpoint_url,
            region_name=self.stack.region,
            aws_access_key_id=given["AccessKeyId"],
            aws_secret_access_key=given["SecretAccessKey"],
            aws_session_token=given["SessionToken"],
        )

    def items(self) -> list[dict[str, Any]]:
        """Every item of the table, in the table's own notation."""
        pages = self.stack.client("dynamodb").get_paginator("scan").paginate(TableName=self.stack.table)
        return [item for page in pages for item in page["Items"]]


def free_places(folder: Path) -> Places:
    """Ports that nobody has, and a folder, for a local cloud beside all others."""
    names = ("PSMN_PORT", "PSMN_MAIL_PORT", "PSMN_SMTP_PORT")
    with ExitStack() as stack:
        taken = [stack.enter_context(socket.create_server(("127.0.0.1", 0))) for _ in names]
        ports = dict(zip(names, (each.getsockname()[1] for each in taken), strict=True))
    return Places.model_validate({**ports, "PSMN_STATE_DIR": folder})


def surroundings(places: Places) -> dict[str, str]:
    """The environment of a command that works on the cloud of these places."""
    chosen = {
        "PSMN_PORT": str(places.port),
        "PSMN_MAIL_PORT": str(places.mail_port),
        "PSMN_SMTP_PORT": str(places.smtp_port),
        "PSMN_STATE_DIR": str(places.folder),
    }
    return {**os.environ, **chosen}


def run(places: Places, *words: str, typed: str | None = None) -> subprocess.CompletedProcess[str]:
    """Run the ``psmn`` command as a person does who types something when they are asked."""
    command = [str(Path(sys.executable).with_name("psmn")), *words]
    return subprocess.run(
        command,
        cwd=ROOT,
        env=surroundings(places),
        input=typed,
        capture_output=True,
        text=True,
        check=False,
        timeout=180,
    )


def monday_of(day: date) -> str:
    """The moment of that week when invitations go, as ``psmn invites run`` takes it."""
    return f"{day - timedelta(days=day.weekday())}T09:00"


def fridays_around_the_next_clock_change() -> tuple[date, date]:
    """The Fridays just before and just after UK clocks next change, both more than a week ahead."""
    day = in_uk(datetime.now(UTC)).date() + timedelta(days=15)
    while _offset(day) == _offset(day + timedelta(days=1)):
        day += timedelta(days=1)
    before = day - timedelta(days=(day.weekday() - 4) % 7)
    return before, before + timedelta(weeks=1)


def _offset(day: date) -> timedelta | None:
    return in_uk(datetime(day.year, day.month, day.day, tzinfo=UTC)).utcoffset()
