"""The whole network in one process, on moto: its pages, its mail, its clock."""

import email
import email.policy
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from functools import cache
from itertools import count
from operator import itemgetter
from typing import Any

import boto3
import pytest
from moto.core import DEFAULT_ACCOUNT_ID
from moto.dynamodb.models import dynamodb_backends
from moto.ses import ses_backends

from functions.kernel import clock, keys, tokens
from functions.kernel.auth import Role
from functions.kernel.table import Item, Table, put_new, unmarshal
from functions.mail import jobs as mail_jobs
from functions.mail.kinds import Stream
from functions.mail.model import Mail, mail_key
from functions.mail.store import Ledger
from functions.membership.addresses import parse
from functions.membership.coordinators import Coordinators, with_another
from functions.membership.model import Draft, Member, Verdict
from functions.membership.store import Codes, address_digest, member_kept
from tests.web import Browser, Event

REGION = "eu-west-2"
TABLE = "psmn"
ENVIRONMENT = {
    "AWS_ACCESS_KEY_ID": "testing",
    "AWS_SECRET_ACCESS_KEY": "testing",
    "AWS_DEFAULT_REGION": REGION,
    "TABLE_NAME": TABLE,
    "SITE_ORIGIN": "https://psmn.test",
    "VERSION": "test",
    "ACCOUNT_SENDER": "account@account.psmn.test",
    "EVENTS_SENDER": "events@events.psmn.test",
    "REPLY_TO": "hello@psmn.test",
    "DEPLOYMENT": "psmn-test",
    "WARM_UP": "false",
    "INBOUND_BUCKET": "inbound",
    "QUARANTINE_BUCKET": "quarantine",
    "LIBRARY_BUCKET": "library",
    "ORIGIN_SECRET_ARN": "psmn-origin",
    "SEALS_BUCKET": "seals",
    "POWERTOOLS_METRICS_NAMESPACE": "psmn-test",
}

_MAIL_WAITING = {keys.mail_waiting(stream, part) for stream in Stream for part in keys.MAIL_PARTS}
_CODE = re.compile(r"^\s*(\d{4} \d{4})\s*$", re.MULTILINE)


@cache
def client_of(service: str) -> Any:
    """What the tests themselves ask AWS with. moto answers it as it answers everybody."""
    return boto3.client(service)


def make_table() -> Table:
    """The table, with the keys and indexes that the template gives it."""
    client = client_of("dynamodb")
    names = ("pk", "sk", "gsi1pk", "gsi1sk", "gsi2pk", "gsi2sk")
    client.create_table(
        TableName=TABLE,
        BillingMode="PAY_PER_REQUEST",
        AttributeDefinitions=[{"AttributeName": name, "AttributeType": "S"} for name in names],
        KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}, {"AttributeName": "sk", "KeyType": "RANGE"}],
        GlobalSecondaryIndexes=[
            {
                "IndexName": index,
                "KeySchema": [
                    {"AttributeName": f"{index}pk", "KeyType": "HASH"},
                    {"AttributeName": f"{index}sk", "KeyType": "RANGE"},
                ],
                "Projection": {"ProjectionType": "ALL"},
            }
            for index in (keys.LISTS, keys.WAITING)
        ],
    )
    return Table.connect(TABLE)


def _listed_in(names: set[str]) -> Iterator[Item]:
    """The items that wait in lists of these names, past the SDK: the product would ask for each of 48 lists."""
    for partition in dynamodb_backends[DEFAULT_ACCOUNT_ID][REGION].tables[TABLE].items.values():
        for item in partition.values():
            name = item.attrs.get("gsi2pk")
            if name and name.value in names:
                yield unmarshal(item.to_json()["Attributes"])


@dataclass(slots=True)
class Clock:
    """A clock that stands still until a test moves it."""

    moment: datetime = field(default_factory=lambda: datetime(2026, 11, 23, 10, 0, tzinfo=UTC))

    def now(self) -> datetime:
        """What the clock shows."""
        return self.moment

    def move(self, **by: float) -> None:
        """Let time pass, in the words of ``timedelta``."""
        self.moment += timedelta(**by)


@dataclass(slots=True)
class Network:
    """The network, and the people at its doors."""

    table: Table
    clock: Clock
    serve: Callable[[Event, Any], Event]

    def browser(self, client: str = "192.0.2.1") -> Browser:
        """A browser that has never been here."""
        return Browser(self.serve, client=client)

    def deliver(self) -> list[str]:
        """Send all mail whose time has come, as the queue would. Gives the state each ended in."""
        due = self.waiting()
        if not due:
            return []
        records = [{"messageId": mail.key, "body": mail.key} for mail in due]
        failures = mail_jobs.send({"Records": records}, None)["batchItemFailures"]
        failed = {each["itemIdentifier"] for each in failures}
        kept = [Ledger(self.table).get(mail.key) for mail in due]
        return ["failed" if mail.key in failed else mail.state.value for mail in kept if mail is not None]

    def waiting(self) -> list[Mail]:
        """The messages whose turn has come, in the order in which it came. Of two at once, a code is the newer one."""
        until = clock.stamp(self.clock.now() + timedelta(seconds=1))
        listed = sorted(_listed_in(_MAIL_WAITING), key=itemgetter("gsi2pk"))
        due = [Mail.model_validate(item) for item in listed if item["gsi2sk"] < until]
        return sorted(due, key=lambda mail: (mail.due_at, mail.about.stream is Stream.ACCOUNT))

    def mail(self) -> Iterator[EmailMessage]:
        """Every message that reached the mail service, oldest first."""
        for sent in ses_backends[DEFAULT_ACCOUNT_ID][REGION].sent_messages:
            yield email.message_from_string(sent.raw_data, policy=email.policy.default)  # type: ignore[misc] # The policy makes it one.

    def inbox(self, address: str) -> list[EmailMessage]:
        """The messages in one mailbox, after all mail that is due has been sent."""
        self.deliver()
        return [message for message in self.mail() if address in str(message["to"])]

    def code_for(self, address: str) -> str:
        """The code in the newest message to an address."""
        return code_in(self.inbox(address)[-1])

    def member(self, name: str, address: str, *, coordinator: bool = False) -> Member:
        """Somebody who joined before the test begins."""
        digest = address_digest(parse(address).key)
        member = Member(
            id=tokens.new_id(),
            name=name,
            address=address,
            address_digest=digest,
            role="psm",
            nation="england",
            organisation="Anytown NHS Foundation Trust",
            roles=(Role.COORDINATOR,) if coordinator else (),
            appointed_at=self.clock.now() if coordinator else None,
            verdict=Verdict(outcome="ACCEPT", reason="A01", grade="G1", rules_version="test"),
            joined_at=self.clock.now(),
        )
        claim = put_new("address", keys.address(digest), {"member_id": member.id})
        listed = [with_another(member.id, Coordinators(self.table).ids())] if coordinator else []
        self.table.transact([member_kept(member), claim, *listed])
        return member

    def put(self, kind: str, key: keys.Key, item: dict[str, Any]) -> None:
        """Put something in the table that no page makes."""
        self.table.write(put_new(kind, key, item))

    def everything(self) -> list[Item]:
        """Every item there is, for looking at what is kept. The product itself never reads like this."""
        return [unmarshal(image) for image in self.table.client.scan(TableName=TABLE)["Items"]]

    def draft_of(self, browser: Browser) -> Draft:
        """The draft that belongs to a browser."""
        draft = Codes(self.table).draft(tokens.digest(browser.cookies["__Host-join"]))
        assert draft is not None
        return draft

    def signed_in(self, address: str) -> Browser:
        """A browser in which the member of this address has signed in, by the pages."""
        browser = self.browser()
        browser.post("/sign-in", email=address)
        browser.post("/sign-in/code", code=self.code_for(address))
        return browser

    def begin(self, person: dict[str, Any]) -> Browser:
        """A browser in which somebody has proven their address."""
        browser = self.browser()
        browser.post("/join", email=person["email"])
        browser.post("/join/code", code=self.code_for(person["email"]))
        return browser

    def join(self, person: dict[str, Any]) -> Browser:
        """A browser in which somebody has sent their application."""
        browser = self.begin(person)
        told = {name: value for name, value in person.items() if name != "email"}
        browser.post("/join/about-you", told)
        browser.post("/join/check")
        return browser


def in_one_shard(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], str]:
    """Let one shard stand for all sixteen, so that whoever looks through them is done sooner.

    Gives what makes the key of a message of one kind in that shard, never the same one twice.
    """
    monkeypatch.setattr(keys, "SHARDS", keys.SHARDS[:1])

    def key_of(kind: str) -> str:
        made = (mail_key(kind, tokens.new_id(), "ann") for _ in count())
        return next(key for key in made if key[0] in keys.SHARDS)

    return key_of


def text_of(message: EmailMessage) -> str:
    """The words of a message."""
    part = message.get_body(("plain",))
    assert part is not None
    return str(part.get_content())


def code_in(message: EmailMessage) -> str:
    """The code on a line of its own."""
    found = _CODE.search(text_of(message))
    assert found is not None, text_of(message)
    return found[1]


def link_in(message: EmailMessage, path: str) -> str:
    """The first link of a message to one of our pages, as a path."""
    found = re.search(rf"https://psmn\.test({re.escape(path)}[^\s>]*)", text_of(message))
    assert found is not None, text_of(message)
    return found[1]
