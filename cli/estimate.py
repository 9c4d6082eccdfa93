"""What a network of any size costs a month: a sum over what was counted, what AWS asks, and how members live.

What each operation asks of AWS, and what the template holds, is counted (``bench/counted.json``, which
``python -m bench.trips --write`` makes). Prices are dated (``bench/prices.toml``). What nobody can count before there
are members is assumed, and stands here.
"""

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Self

from pydantic import BaseModel, ConfigDict

from functions.mail.pace import SHARE, WORKERS
from infra.stages import ROOT

COUNTED = ROOT / "bench" / "counted.json"
PRICES = ROOT / "bench" / "prices.toml"

WEEKS = 52 / 12
"""In a month."""
MINUTES = 365 * 24 * 60 / 12
INVITATIONS, CHANGES, LETTERS = WEEKS, 4 / 12, 0.8
"""Messages to each member a month: Friday's invitation; four changes a year, which go to all; codes and the rest."""
MESSAGES = INVITATIONS + CHANGES + LETTERS
SIGN_INS, VISITS, ANSWERS, AT_THE_DOOR = 0.5, 2.0, 1.5, 90 / 1_100 * WEEKS
"""Of each member a month. About 90 of 1,100 come each Friday."""
JOINED, SHARED, LOOKED_FOR, STOPPED = 0.02, 0.03, 0.3, 0.01
PAGE, BATCH = 99, 10
"""Members in one page of a plan, and messages in one call of a queue."""
EVENTS_HEARD = 2
"""Reports of the mail service about each message: it left, and it arrived."""

HABITS: Mapping[str, float] = {
    "Sign up: `POST /join`": JOINED,
    "Type the code: `POST /join/code`": JOINED,
    "Say who you are: `POST /join/about-you`": JOINED,
    "Send it: `POST /join/check`": JOINED,
    "Read the outcome: `GET /join/outcome`": JOINED,
    "Ask to sign in: `POST /sign-in`": SIGN_INS,
    "Type the code: `POST /sign-in/code`": SIGN_INS,
    "Home: `GET /home`": VISITS,
    "A session: `GET /sessions/{id}`": VISITS,
    "Say that you come: `POST /sessions/{id}/reply`": ANSWERS / 2,
    "Go in: `POST /sessions/{id}/door`": AT_THE_DOOR,
    "Search: `GET /library`, 20 of 21 hits": LOOKED_FOR,
    "An item: `GET /library/{id}`, by its owner": LOOKED_FOR,
    "Download: `POST /library/{id}/file`": LOOKED_FOR,
    "Begin to share: `POST /library/share`": SHARED,
    "Say what it is: `POST /library/share/{id}/details`": SHARED,
    "The page that sends the file: `GET /library/share/{id}/file`": SHARED,
    "A file has come: job": SHARED,
    "A file is clean: job": SHARED,
    "Publish: `POST /coordinate/library/{id}`": SHARED,
    "The queue: `GET /coordinate/applications`, one waiting": JOINED,
    "Decide: `POST /coordinate/applications/{id}`": JOINED,
    "Plan 99 invitations: job": (INVITATIONS + CHANGES) / PAGE,
    "Queue 10 messages: job": MESSAGES / BATCH,
    "Send one invitation: job": MESSAGES,
    "Hear that it left: job": MESSAGES,
    "Hear that it arrived: job": MESSAGES,
    "Answer from a mail: `POST /reply/{token}`": ANSWERS / 2,
    "Stop the invitations: `POST /unsubscribe/{token}`": STOPPED,
}
"""How often each operation is done for each member in a month. A code is counted as if it were an invitation."""
NOTHING_TO_DO = re.compile(r"Nothing to do, `(?P<job>[a-z.]+)`: job")

ASKED_WHEN_EMPTY = 5 * 60 / 20
"""Requests a minute to each queue: Lambda has five that wait there, for 20 seconds at a time (AWS, "Using Lambda with
Amazon SQS")."""
METRICS = 3
"""As many as would cost the same if they were written in every hour. A metric costs for the hours in which it is."""
KB_LOGGED = 1.5
"""By each run, what Lambda and the gateway say themselves included."""
KB_OF_A_PAGE = 8
"""On the way to a browser, squeezed, most of its files being there from the time before."""
KB_OF_A_MESSAGE, MONTHS_KEPT = 4, 13
"""Its row and the copies of it in the indexes, and how long they are kept."""
KB_OF_A_MEMBER = 10
MB_OF_A_FILE, YEARS_OF_FILES = 3, 3
BACKUPS_KEPT = 12
"""Copies of the table in the vault."""
GB_OF_A_REQUEST, GB_OF_A_JOB = 1.0, 0.5
"""Memory of the two kinds of function (``infra/function.py``)."""


class Operation(BaseModel):
    """What one operation asks of AWS."""

    model_config = ConfigDict(frozen=True)

    calls: dict[str, int]
    read_units: float
    write_units: int


class Standing(BaseModel):
    """What is there and costs by the month, or by the clock."""

    model_config = ConfigDict(frozen=True)

    schedules: dict[str, str]
    """When each job runs, as EventBridge Scheduler writes it, by the name of its function."""
    queues: int
    """Those from which functions get work."""
    alarms: int
    secrets: int
    distributions: int
    firewalls: int
    firewall_rules: int
    free_plans: int
    """Whether AWS's flat-rate plan for nothing has CloudFront and the firewall, up to its limits."""
    backup_plans: int


class Counted(BaseModel):
    """All that was counted."""

    model_config = ConfigDict(frozen=True)

    operations: dict[str, Operation]
    standing: Standing

    @classmethod
    def read(cls) -> Self:
        """What was counted last."""
        return cls.model_validate_json(COUNTED.read_bytes())


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the bill."""

    what: str
    dollars: float


@dataclass(frozen=True, slots=True)
class Month:
    """What is done in a month: how often each operation, and how often each job of the clock."""

    members: int
    counted: Counted

    def times(self) -> Iterator[tuple[str, float]]:
        """Each operation, and how often it is done."""
        for operation in self.counted.operations:
            idle = NOTHING_TO_DO.fullmatch(operation)
            if idle:
                yield operation, runs_of(self.counted.standing.schedules[idle["job"]])
            else:
                yield operation, self.members * HABITS[operation]

    def total(self, of: str) -> float:
        """A sum over all operations of calls to one service or operation of AWS, or of units."""
        return sum(times * _amount(self.counted.operations[name], of) for name, times in self.times())

    @property
    def requests(self) -> float:
        """What browsers ask."""
        return sum(times for name, times in self.times() if not name.endswith(": job"))

    @property
    def runs(self) -> float:
        """How often any function runs."""
        return sum(times for _, times in self.times())

    @property
    def messages(self) -> float:
        """How many messages are sent."""
        return self.members * MESSAGES

    @property
    def gigabytes_in_table(self) -> float:
        """What the table holds once everything has reached its age."""
        return self.members * (MESSAGES * MONTHS_KEPT * KB_OF_A_MESSAGE + KB_OF_A_MEMBER) / 1e6

    @property
    def gigabytes_of_files(self) -> float:
        """What the library holds after some years."""
        return self.members * SHARED * 12 * YEARS_OF_FILES * MB_OF_A_FILE / 1e3

    def gigabyte_seconds(self, waits: Mapping[str, Any], rate: float) -> float:
        """What the functions are paid for: the time they run, waiting included, by their memory.

        :param rate: messages a second that the mail service takes. A message of a send to many waits for its turn.
        """
        found = 0.0
        turn = WORKERS / (SHARE * rate)
        for name, times in self.times():
            seconds = waits["run_ms"] / 1e3
            for call, number in self.counted.operations[name].calls.items():
                seconds += number * waits["mail_ms" if call.startswith("ses.") else "table_ms"] / 1e3
            if name == "Send one invitation: job":
                seconds = max(seconds, turn)
            found += times * seconds * (GB_OF_A_JOB if name.endswith(": job") else GB_OF_A_REQUEST)
        return found


def _amount(operation: Operation, of: str) -> float:
    match of:
        case "read_units":
            return operation.read_units
        case "write_units":
            return operation.write_units
        case _:
            return sum(number for call, number in operation.calls.items() if call.startswith(of))


def runs_of(schedule: str) -> float:
    """How often a month a schedule runs a job. Raises ``ValueError`` for one that nobody has worked out."""
    if rate := re.fullmatch(r"rate\((\d+) (minute|hour)s?\)", schedule):
        return MINUTES / int(rate[1]) / (60 if rate[2] == "hour" else 1)
    if once := re.fullmatch(r"cron\(\d+ \d+ \S+ \* (\S+) \*\)", schedule):
        return 365 / 12 if once[1] in {"*", "?"} else WEEKS
    raise ValueError(f"Say in cli/estimate.py how often a month {schedule} is.")


def prices() -> dict[str, Any]:
    """What AWS asks."""
    return tomllib.loads(PRICES.read_text(encoding="utf-8"))


def estimate(members: int, counted: Counted, asked: Mapping[str, Any], *, rate: float) -> list[Line]:
    """The bill of a month in US dollars, line by line, the dearest first. Nothing that AWS gives for free is taken off.

    :param rate: messages a second that the mail service takes.
    """
    month, standing = Month(members, counted), counted.standing
    mega, thousand = 1e6, 1e3
    clock = sum(runs_of(each) for each in standing.schedules.values())
    runs = month.runs
    logged = runs * KB_LOGGED / mega
    sent_out = month.requests * KB_OF_A_PAGE / mega
    shared = members * SHARED
    # Each is put into a queue, brought and taken out. Besides, Lambda asks whether there is any.
    queued = (3 / BATCH + EVENTS_HEARD * 3 / BATCH) * month.messages + standing.queues * ASKED_WHEN_EMPTY * MINUTES
    table, files, edge, watching = asked["table"], asked["files"], asked["edge"], asked["watching"]
    lines = {
        "SES, mail that goes out": month.messages * asked["mail"]["thousand"] / thousand,
        "SES, answers that come in": members * ANSWERS / 2 * asked["mail"]["received_thousand"] / thousand,
        "DynamoDB, writes": month.total("write_units") * table["million_writes"] / mega,
        "DynamoDB, reads": month.total("read_units") * table["million_reads"] / mega,
        "DynamoDB, kept": month.gigabytes_in_table * (table["gigabyte"] + table["recovery_gigabyte"]),
        "Lambda": month.gigabyte_seconds(asked["waits"], rate) * asked["lambda"]["gb_second"]
        + runs * asked["lambda"]["million_requests"] / mega,
        "SQS": queued * asked["queue"]["million_requests"] / mega,
        "EventBridge Scheduler": clock * asked["schedules"]["million_runs"] / mega,
        "API Gateway": month.requests * asked["gateway"]["million_requests"] / mega,
        "S3, and the scanner": month.gigabytes_of_files * files["gigabyte"]
        + shared * (MB_OF_A_FILE / thousand * files["scanned_gigabyte"] + files["thousand_scanned"] / thousand)
        + (month.total("s3.Put") + month.total("s3.Copy") + shared) * files["thousand_writes"] / thousand
        + (month.total("s3.Get") + month.total("s3.Head")) * files["thousand_reads"] / thousand,
        "CloudWatch, logs": logged * (asked["logs"]["gigabyte"] + asked["logs"]["kept_gigabyte"]),
        "CloudWatch, measures and alarms": METRICS * watching["metric"]
        + max(0, standing.alarms - watching["alarms_free"]) * watching["alarm"],
        "Route 53": asked["names"]["zone"] + month.requests * asked["names"]["million_questions"] / mega,
    }
    if standing.distributions:
        front = sent_out * edge["gigabyte"] + month.requests * edge["million_requests"] / mega
        if standing.firewalls:
            front += standing.firewalls * edge["firewall"] + standing.firewall_rules * edge["rule"]
            front += month.requests * edge["million_checked"] / mega
        within = month.requests <= edge["plan_requests"] and sent_out <= edge["plan_gigabytes"]
        lines["CloudFront and WAF"] = 0.0 if standing.free_plans and within else front
    else:
        lines["Data on its way to browsers"] = sent_out * asked["way_out"]["gigabyte"]
    if standing.secrets:
        lines["Secrets Manager"] = standing.secrets * asked["secrets"]["each"]
    if standing.backup_plans:
        lines["AWS Backup"] = month.gigabytes_in_table * BACKUPS_KEPT * asked["backups"]["gigabyte"]
    return sorted((Line(what, dollars) for what, dollars in lines.items()), key=lambda line: -line.dollars)


def assumptions() -> list[str]:
    """What nobody can count before there are members, in sentences."""
    return [
        f"Each member gets {MESSAGES:.1f} messages a month: one a week, four changes a year, codes and the rest.",
        f"Each signs in {SIGN_INS:g} times a month, opens {2 * VISITS:g} pages and answers {ANSWERS:g} times.",
        f"Of 1,000 members, {1_000 * AT_THE_DOOR / WEEKS:.0f} come each Friday.",
        f"Of 1,000 members, {1_000 * SHARED:g} share {MB_OF_A_FILE} MB each month, kept for {YEARS_OF_FILES} years.",
        f"A message is {KB_OF_A_MESSAGE} KB in the table with its copies in the indexes, for {MONTHS_KEPT} months.",
        f"A run writes {KB_LOGGED} KB of logs, and a page is {KB_OF_A_PAGE} KB on its way.",
        f"Our measures cost what {METRICS} would that are written in every hour.",
        f"Each queue is asked {ASKED_WHEN_EMPTY:g} times a minute whether there is anything in it.",
        "CloudFront's plan for nothing ends with a million requests or 100 GB a month. Beyond, it is paid for by use.",
        "AWS's free allowances, which cover much of a small network, and tax are left out.",
    ]
