"""Mail that comes in: shaped as the programs people use shape it, and as the mail service tells of it."""

import base64
import quopri
from itertools import count
from typing import Any

import boto3

from functions.invites import jobs
from functions.invites.letterbox import PREFIX
from tests.network import ENVIRONMENT
from tests.web import Event

EVENTS_BOX = "events@events.psmn.test"
UID = "0f8e3c1d5b7a49268c0d1e2f3a4b5c6d@events.psmn.test"
ANN = "ann.example@nhs.net"
_numbers = count(1)


def entry(
    *,
    method: str = "REPLY",
    uid: str = UID,
    attendees: tuple[str, ...] = (ANN,),
    partstat: str = "ACCEPTED",
    sequence: int | str | None = 0,
    stamp: str | None = "20261123T095900Z",
    events: int = 1,
) -> str:
    """What a calendar says about an entry."""
    event = [
        "BEGIN:VEVENT",
        "DTSTART:20261127T120000Z",
        "DTEND:20261127T130000Z",
        *([f"DTSTAMP:{stamp}"] if stamp else []),
        f"ORGANIZER;CN=Patient Safety Management Network:mailto:{EVENTS_BOX}",
        f"UID:{uid}",
        *(f"ATTENDEE;CUTYPE=INDIVIDUAL;ROLE=OPT-PARTICIPANT;PARTSTAT={partstat};CN=Ann:mailto:{a}" for a in attendees),
        *([f"SEQUENCE:{sequence}"] if sequence is not None else []),
        "STATUS:CONFIRMED",
        "SUMMARY:Friday drop-in",
        "END:VEVENT",
    ]
    return "\r\n".join(
        [
            "BEGIN:VCALENDAR",
            "VERSION:2.0",
            "PRODID:-//Example//EN",
            f"METHOD:{method}",
            *event * events,
            "END:VCALENDAR",
        ]
    )


def outlook(calendar: str, sender: str = ANN, *, more: str = "") -> bytes:
    """As Exchange writes an answer: words and entry as alternatives, the entry in base64."""
    encoded = base64.encodebytes(calendar.encode()).decode().replace("\n", "\r\n")
    return (
        f"From: Ann Example <{sender}>\r\nTo: {EVENTS_BOX}\r\nSubject: Accepted: Friday drop-in\r\n"
        f"Thread-Topic: Friday drop-in\r\nMessage-ID: <1@LO2P123MB0001.GBRP123.PROD.OUTLOOK.COM>\r\n{more}"
        'Content-Language: en-GB\r\nContent-Type: multipart/alternative;\r\n\tboundary="_000_LO2P123_"\r\n'
        'MIME-Version: 1.0\r\n\r\n--_000_LO2P123_\r\nContent-Type: text/plain; charset="us-ascii"\r\n\r\n\r\n'
        '--_000_LO2P123_\r\nContent-Type: text/html; charset="us-ascii"\r\n\r\n<html><body></body></html>\r\n'
        '--_000_LO2P123_\r\nContent-Type: text/calendar; charset="utf-8"; method=REPLY\r\n'
        f"Content-Transfer-Encoding: base64\r\n\r\n{encoded}\r\n--_000_LO2P123_--\r\n"
    ).encode()


def gmail(calendar: str, sender: str = ANN, *, more: str = "Auto-Submitted: auto-generated\r\n") -> bytes:
    """As Google's calendar writes an answer: on behalf of the person, and the entry a second time as a file."""
    return (
        f"MIME-Version: 1.0\r\nReply-To: {sender}\r\nSender: Google Calendar <calendar-notification@google.com>\r\n"
        f"{more}Message-ID: <calendar-1@google.com>\r\nSubject: Accepted: Friday drop-in\r\n"
        f"From: {sender}\r\nTo: {EVENTS_BOX}\r\n"
        'Content-Type: multipart/mixed; boundary="000000000000a"\r\n\r\n--000000000000a\r\n'
        'Content-Type: multipart/alternative; boundary="000000000000b"\r\n\r\n--000000000000b\r\n'
        'Content-Type: text/plain; charset="UTF-8"; format=flowed; delsp=yes\r\n\r\nAnn has accepted.\r\n'
        '--000000000000b\r\nContent-Type: text/calendar; charset="UTF-8"; method=REPLY\r\n'
        f"Content-Transfer-Encoding: 7bit\r\n\r\n{calendar}\r\n--000000000000b--\r\n--000000000000a\r\n"
        'Content-Type: application/ics; name="invite.ics"\r\nContent-Disposition: attachment; filename="invite.ics"\r\n'
        f"\r\n{calendar}\r\n--000000000000a--\r\n"
    ).encode()


def apple(calendar: str, sender: str = ANN, *, more: str = "") -> bytes:
    """As Apple's calendar writes an answer: the address in capitals where the account has them, quoted-printable."""
    quoted = quopri.encodestring(calendar.replace("mailto:", "MAILTO:").encode()).decode()
    return (
        f'From: "Ann Example" <{sender.title()}>\r\nTo: {EVENTS_BOX}\r\n'
        "Subject: =?utf-8?B?QWNjZXB0ZWQ6IEZyaWRheQ==?=\r\n"
        f"X-Mailer: iCloud Calendar\r\n{more}"
        'Content-Type: multipart/mixed; boundary="Apple-Mail-1"\r\nMIME-Version: 1.0\r\n\r\n--Apple-Mail-1\r\n'
        "Content-Type: text/plain; charset=utf-8\r\n\r\nAnn Example accepted your invitation.\r\n--Apple-Mail-1\r\n"
        "Content-Type: text/calendar; method=REPLY; charset=utf-8; name=iCalendar.ics\r\n"
        "Content-Disposition: inline\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n"
        f"{quoted}\r\n--Apple-Mail-1--\r\n"
    ).encode()


SHAPES = {"outlook": outlook, "gmail": gmail, "apple": apple}


def words(text: str, sender: str = ANN, subject: str = "A question", *, more: str = "") -> bytes:
    """What a person writes."""
    return (
        f"From: Ann Example <{sender}>\r\nTo: {EVENTS_BOX}\r\nSubject: {subject}\r\n{more}"
        f'Content-Type: text/plain; charset="utf-8"\r\nContent-Transfer-Encoding: 8bit\r\n\r\n{text}\r\n'
    ).encode()


def arrival(
    message_id: str,
    *,
    at: str = "2026-11-23T09:59:30.500Z",
    source: str = ANN,
    recipient: str = EVENTS_BOX,
    **found: str,
) -> Event:
    """What the mail service tells of a mail that came in. A verdict that is not named is PASS."""
    verdicts: dict[str, Any] = {
        f"{name}Verdict": {"status": found.get(name, "PASS")} for name in ("spam", "virus", "spf", "dkim", "dmarc")
    }
    mail = {
        "timestamp": at,
        "source": source,
        "messageId": message_id,
        "destination": [recipient],
        "headersTruncated": False,
        "headers": [{"name": "X-SES-Spam-Verdict", "value": "PASS"}],
        "commonHeaders": {"returnPath": source, "from": [source], "to": [recipient], "subject": "Accepted"},
    }
    receipt = {
        "timestamp": at,
        "processingTimeMillis": 412,
        "recipients": [recipient],
        **verdicts,
        "action": {
            "type": "Lambda",
            "functionArn": "arn:aws:lambda:eu-west-2:000000000000:function:psmn-local-invites-hear",
            "invocationType": "Event",
        },
    }
    return {"Records": [{"eventSource": "aws:ses", "eventVersion": "1.0", "ses": {"mail": mail, "receipt": receipt}}]}


def put_in_the_bucket(event: Event, raw: bytes) -> Event:
    """Do what the mail service does with a mail before it tells of it."""
    key = PREFIX + event["Records"][0]["ses"]["mail"]["messageId"]
    boto3.client("s3").put_object(Bucket=ENVIRONMENT["INBOUND_BUCKET"], Key=key, Body=raw)
    return event


def posted(raw: bytes, **told: str) -> Event:
    """The event about a mail that the mail service has put into the bucket."""
    return put_in_the_bucket(arrival(f"o3vrnil0e2ic28tr{next(_numbers)}", **told), raw)


def hear(raw: bytes, **told: str) -> str:
    """What becomes of a mail."""
    return str(jobs.hear(posted(raw, **told), None)["heard"])
