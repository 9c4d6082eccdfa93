"""What people and jobs do in a network of any size, each done once while somebody counts the calls to AWS."""

import random
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest

from functions.invites import jobs as invite_jobs
from functions.invites.telling import Telling
from functions.kernel import keys, tokens
from functions.kernel.table import Table
from functions.mail import jobs as mail_jobs
from functions.mail.store import Ledger
from functions.membership.model import Member
from functions.membership.store import Applications, Codes, member_kept
from functions.resources.indexing import Indexer
from functions.resources.routes import catalogue
from functions.sessions import edit
from functions.sessions import jobs as session_jobs
from functions.sessions.model import Session
from functions.sessions.store import Programme
from tests.conftest import running
from tests.library import Sharing, arrival, verdict
from tests.network import TABLE, Network, code_in, link_in
from tests.people import ANN, CORA, SAM
from tests.quiet import quiet
from tests.reports import report, tell
from tests.shelves import FALLS, begin
from tests.trips import Trip, Watch, watch
from tests.web import Browser

PAGE = 99
"""Members that are planned for at a time (``functions/invites/store.py``)."""
ITEMS = 21
"""Items of the library that fit one search: one more than a page of hits."""
TEN_TO_NOON = datetime(2026, 11, 27, 11, 50, tzinfo=UTC)
"""On a Friday with a session at noon: the door is open, and who has not been invited still is."""
_BATCH = 25

type Taken = Mapping[str, list[Trip]]


def measured(members: int) -> Taken:
    """The calls of each operation in a network of so many members."""
    with pytest.MonkeyPatch.context() as monkeypatch:
        # The same every time, so that two runs write to the same places and the same number of bytes.
        chance = random.Random(7)
        monkeypatch.setattr(tokens, "new_id", lambda: chance.randbytes(16).hex())
        monkeypatch.setattr(tokens, "new_secret", lambda: chance.randbytes(32).hex()[:43])
        monkeypatch.setattr(tokens, "new_code", lambda: f"{chance.randrange(10**8):08}")
        with running(monkeypatch) as network, TemporaryDirectory() as folder:
            day = Day(network, watch(monkeypatch), Path(folder))
            day.prepare()
            seed(network, day.ann, members - PAGE, [each for each in keys.SHARDS if each != day.ann.id[0]])
            day.join()
            day.sign_in()
            day.come()
            day.share()
            day.coordinate()
            day.hear_of_it()
            searched = catalogue().connection
            assert searched is not None
            searched.close()
        return {**day.taken, **quiet(monkeypatch)}


def seed(network: Network, like: Member, count: int, shards: list[str] | tuple[str, ...]) -> None:
    """Put so many more members into the table, past every rule."""
    image = member_kept(like).parameters["Item"]
    for start in range(0, count, _BATCH):
        requests = []
        for number in range(start, min(start + _BATCH, count)):
            shard = shards[number % len(shards)]
            member_id = f"{shard}{number:031x}"
            own = {
                "pk": keys.member(member_id).pk,
                "gsi1pk": keys.members_of(shard),
                "gsi1sk": member_id,
                "id": member_id,
                "address_digest": tokens.digest(member_id),
            }
            item = image | {name: {"S": value} for name, value in own.items()}
            requests.append({"PutRequest": {"Item": item}})
        # By a connection of its own, which nobody watches.
        network.table.client.batch_write_item(RequestItems={TABLE: requests})


@dataclass(slots=True)
class Day:
    """A Friday in the life of the network."""

    network: Network
    watching: Watch
    folder: Path
    """For the index of the search."""
    taken: dict[str, list[Trip]] = field(default_factory=dict)
    ann: Member = field(init=False)
    cora: Member = field(init=False)
    session: Session = field(init=False)
    sharing: Sharing = field(init=False)
    published: str = field(init=False)
    anns: Browser = field(init=False)
    coras: Browser = field(init=False)

    @contextmanager
    def counted(self, operation: str) -> Iterator[None]:
        """Count the calls of one operation, a second after the one before."""
        self.network.clock.move(seconds=1)
        with self.watching.during() as trips:
            yield
        self.taken[operation] = trips

    def prepare(self) -> None:
        """Two members, the programme, a shelf of items with their search, and somebody who waits for a decision."""
        network = self.network
        network.clock.moment = TEN_TO_NOON
        self.ann = network.member(ANN["name"], ANN["email"])
        self.cora = network.member(CORA["name"], CORA["email"], coordinator=True)
        session_jobs.programme({"network": "psmn", "at": network.clock.now().isoformat()}, None)
        programme = Programme(network.table)
        friday = next(programme.between(network.clock.now()))
        link = {"by": self.cora.id, "programme": programme, "now": network.clock.now()}
        edit.link(friday, "https://meet.example.org/falls", **link)  # type: ignore[arg-type] # By name.
        self.session = programme.get(friday.id) or friday
        # From here on even what stands for AWS is watched.
        watched = Network(Table.connect(TABLE), network.clock, network.serve)
        self.sharing = Sharing(watched)
        for number in range(ITEMS):
            item = self.sharing.published(self.ann, self.cora, f"Falls huddle {number}", topics=("falls",))
            self.published = item.id
        indexer = Indexer(self.sharing.library, self.sharing.shelf, self.folder / "index.sqlite")
        indexer.refresh(network.clock.now(), lambda: True)
        catalogue().path = self.folder / "catalogue.sqlite"
        network.join(SAM)
        self.anns, self.coras = network.browser(), network.signed_in(CORA["email"])

    def join(self) -> None:
        """Somebody whom the rules accept becomes a member."""
        browser, person = self.network.browser(), {**ANN, "email": "bob.example@nhs.net", "name": "Bob Example"}
        with self.counted("Sign up: `POST /join`"):
            browser.post("/join", email=person["email"])
        code = self._code(self.network.draft_of(browser).mail)
        with self.counted("Type the code: `POST /join/code`"):
            assert browser.post("/join/code", code=code).location == "/join/about-you"
        told = {name: value for name, value in person.items() if name != "email"}
        with self.counted("Say who you are: `POST /join/about-you`"):
            assert browser.post("/join/about-you", told).location == "/join/check"
        with self.counted("Send it: `POST /join/check`"):
            assert browser.post("/join/check").location == "/join/outcome"
        with self.counted("Read the outcome: `GET /join/outcome`"):
            assert browser.get("/join/outcome").reason == "A01"

    def sign_in(self) -> None:
        """Ann signs in and looks at her home page."""
        browser = self.anns
        with self.counted("Ask to sign in: `POST /sign-in`"):
            browser.post("/sign-in", email=ANN["email"])
        wish = Codes(self.network.table).ask(tokens.digest(browser.cookies["__Host-ask"]))
        assert wish is not None
        code = self._code(wish.mail)
        with self.counted("Type the code: `POST /sign-in/code`"):
            assert browser.post("/sign-in/code", code=code).location == "/home"
        with self.counted("Home: `GET /home`"):
            assert browser.get("/home").status == 200

    def come(self) -> None:
        """Ann says that she comes, and goes in."""
        browser, path = self.anns, f"/sessions/{self.session.id}"
        with self.counted("A session: `GET /sessions/{id}`"):
            assert browser.get(path).status == 200
        with self.counted("Say that you come: `POST /sessions/{id}/reply`"):
            assert browser.post(f"{path}/reply", answer="yes").status == 303
        with self.counted("Go in: `POST /sessions/{id}/door`"):
            assert browser.post(f"{path}/door", agree="yes").location == self.session.meeting_url

    def share(self) -> None:
        """Ann looks for something, takes it, and shares something of her own, which Cora publishes."""
        browser = self.anns
        browser.get("/library")  # The index comes once to each machine.
        with self.counted("Search: `GET /library`, 20 of 21 hits"):
            assert "Falls huddle" in browser.get("/library?q=falls").words
        with self.counted("An item: `GET /library/{id}`, by its owner"):
            assert browser.get(f"/library/{self.published}").status == 200
        with self.counted("Download: `POST /library/{id}/file`"):
            assert browser.post(f"/library/{self.published}/file").status == 303
        with self.counted("Begin to share: `POST /library/share`"):
            resource_id = begin(browser)
        path = f"/library/share/{resource_id}"
        with self.counted("Say what it is: `POST /library/share/{id}/details`"):
            assert browser.post(f"{path}/details", FALLS).location == f"{path}/file"
        with self.counted("The page that sends the file: `GET /library/share/{id}/file`"):
            assert browser.get(f"{path}/file").status == 200
        item = self.sharing.library.get(resource_id)
        assert item is not None
        key, version = self.sharing.sent(item)
        with self.counted("A file has come: job"):
            self.sharing.hear(arrival(key, version))
        with self.counted("A file is clean: job"):
            self.sharing.hear(verdict(key, version))
        with self.counted("Publish: `POST /coordinate/library/{id}`"):
            page = self.coras.post(f"/coordinate/library/{resource_id}", decision="publish")
            assert page.location.endswith("done=published")

    def coordinate(self) -> None:
        """Cora decides on an application."""
        browser = self.coras
        with self.counted("The queue: `GET /coordinate/applications`, one waiting"):
            assert SAM["name"] in browser.get("/coordinate/applications").words
        (application,) = Applications(self.network.table).waiting()
        decision = {"decision": "accept", "reason": "A04", "version": str(application.version)}
        with self.counted("Decide: `POST /coordinate/applications/{id}`"):
            page = browser.post(f"/coordinate/applications/{application.id}", decision)
            assert page.location.endswith("said=decided")

    def hear_of_it(self) -> None:
        """Ann is invited with a page of others, answers from her mail, and stops the invitations."""
        shard = self.ann.id[0]
        there = sum(1 for _ in self.network.table.every(keys.LISTS, keys.members_of(shard)))
        seed(self.network, self.ann, PAGE - there, (shard,))
        planner, now = invite_jobs.planner(), self.network.clock.now()
        run = planner.session_run(self.session, Telling.INVITE, now)
        parts = planner.plans.begin(run, keys.SHARDS, now)
        (part,) = (each for each in parts if each.shard == shard)
        with self.counted(f"Plan {PAGE} invitations: job"):
            assert planner.work(part).planned == PAGE
        records = list(islice(self._planned(), 11))
        with self.counted("Queue 10 messages: job"):
            assert mail_jobs.dispatch({"Records": records[1:]}, None) == {"batchItemFailures": []}
        self._send(records[0]["dynamodb"]["SequenceNumber"])  # The quota is asked for once in a while.
        (mine,) = (mail for mail in Ledger(self.network.table).of(self.ann.id) if mail.calendar is not None)
        with self.counted("Send one invitation: job"):
            self._send(mine.key)
        with self.counted("Hear that it left: job"):
            assert tell(report("sent", mine.key)) == []
        with self.counted("Hear that it arrived: job"):
            assert tell(report("delivered", mine.key)) == []
        invitation = list(self.network.mail())[-1]
        visitor = self.network.browser()
        with self.counted("Answer from a mail: `POST /reply/{token}`"):
            path = link_in(invitation, "/reply/").partition("?")[0]
            assert visitor.post(path, answer="no").location.endswith("done=answered")
        path = link_in(invitation, "/unsubscribe/").partition("?")[0]
        with self.counted("Stop the invitations: `POST /unsubscribe/{token}`"):
            assert visitor.post(path, invites="stop").status == 303

    def _code(self, mail: str) -> str:
        """Send one message alone, since to look for all that are due takes long here. Gives the code in it."""
        self._send(mail)
        return code_in(list(self.network.mail())[-1])

    def _planned(self) -> Iterator[dict[str, Any]]:
        """What the table's stream says of messages that have just been planned."""
        table = self.network.table
        for part in keys.MAIL_PARTS:
            for item in table.every(keys.WAITING, keys.mail_waiting("events", part)):
                key = {"pk": {"S": item["pk"]}, "sk": {"S": item["sk"]}}
                image = table.client.get_item(TableName=TABLE, Key=key)["Item"]  # type: ignore[arg-type] # A plain dictionary is one.
                yield {"dynamodb": {"SequenceNumber": item["key"], "NewImage": image}}

    @staticmethod
    def _send(key: str) -> None:
        answer = mail_jobs.send({"Records": [{"messageId": key, "body": key}]}, None)
        assert answer == {"batchItemFailures": []}
