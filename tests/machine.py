"""What AWS does around the functions of mail: it brings what waits, and brings it again when a function dies."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from boto3.dynamodb.types import TypeSerializer

from functions.kernel import keys
from functions.mail import jobs
from functions.mail.model import Mail
from functions.mail.store import planned
from tests.faults import Crash, Faults, fields_of
from tests.network import Network
from tests.reports import Report, report

OUT_OF_SIGHT = timedelta(minutes=30)
"""How long a queue waits before it brings a message again that was not worked off."""


@dataclass(slots=True)
class Machine:
    """The stream, the queues, the mail service and the clock, as far as our functions can tell."""

    network: Network
    faults: Faults
    stream: list[dict[str, Any]] = field(default_factory=list)
    queued: list[tuple[str, datetime]] = field(default_factory=list)
    """The keys in the queues, and when each is brought."""
    told: list[Report] = field(default_factory=list)
    left: list[str] = field(default_factory=list)
    """The key of each message that the mail service took, once for each copy."""
    reports: tuple[str, ...] = ()
    """What the mail service reports of each message it takes."""
    copies: int = 1
    """How many times everything is brought at once."""
    loses: int = 0
    """How many messages the queues lose, the first ones they get."""

    def hear(self, name: str, request: Any) -> None:
        """See what a call has done."""
        if name == "sqs.SendMessageBatch":
            for entry in json.loads(request.body)["Entries"]:
                due = self.network.clock.now() + timedelta(seconds=entry["DelaySeconds"])
                if self.loses:
                    self.loses -= 1
                else:
                    self.queued.append((entry["MessageBody"], due))
        if name == "ses.SendRawEmail":
            (key,) = fields_of(request)["Tags.member.1.Value"]
            self.left.append(key)
            self.told += [report(case, key, feedback_id=f"{case} {key}") for case in self.reports]

    def plan(self, mail: Mail) -> None:
        """Let somebody plan a message. The stream reports it."""
        self.network.table.write(planned(mail))
        item = self.network.table.get(keys.mail(mail.key))
        assert item is not None
        image = {name: TypeSerializer().serialize(value) for name, value in item.items()}
        self.stream.append({"dynamodb": {"SequenceNumber": mail.key, "NewImage": image}})

    def turn(self) -> None:
        """Bring everything that is due, once."""
        for _ in range(self.copies):
            if self.stream and self._run(jobs.dispatch, {"Records": self.stream}) == [] and self.copies == 1:
                self.stream.clear()
        now = self.network.clock.now()
        due = [key for key, at in self.queued if at <= now]
        self.queued = [each for each in self.queued if each[1] > now]
        self.queued += [(key, now + OUT_OF_SIGHT) for key in self._brought(jobs.send, due)]
        told, self.told = self.told, []
        self.told += map(json.loads, self._brought(jobs.feedback, [json.dumps(each) for each in told]))
        if self.copies > 1:
            self.stream.clear()

    def sweep(self) -> dict[str, int] | None:
        """Ring the sweep. The scheduler does not wait for what it says."""
        try:
            counts: dict[str, int] = jobs.sweep({"network": "psmn", "at": self.network.clock.now().isoformat()}, None)
        except (Crash, Exception):  # noqa: BLE001 - whatever a function raises, it has failed.
            return None
        finally:
            self.faults.heal()
        return counts

    def _brought(self, function: Callable[..., Any], bodies: list[str]) -> list[str]:
        """Bring messages of a queue. Gives those that it has to bring again."""
        if not bodies:
            return []
        records = [{"messageId": str(place), "body": body} for place, body in enumerate(bodies * self.copies)]
        failed = self._run(function, {"Records": records})
        # A machine that died has worked off nothing, as far as its queue knows.
        return bodies if failed is None else [records[int(place)]["body"] for place in failed]

    def _run(self, function: Callable[..., Any], event: dict[str, Any]) -> list[str] | None:
        """Run a function. Gives what it failed at, or ``None`` when it died or raised."""
        try:
            answer = function(event, None)
        except (Crash, Exception):  # noqa: BLE001 - whatever a function raises, it has failed.
            return None
        finally:
            self.faults.heal()
        return [each["itemIdentifier"] for each in answer["batchItemFailures"]]

    @property
    def is_quiet(self) -> bool:
        """Whether nothing is on its way."""
        return not (self.stream or self.queued or self.told)
