"""What is in the table while functions are measured: Ann, who is signed in, the series with its sessions, one of these
to which everybody is invited, and a mail about it.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from bench.aws import Image
from functions.invites.plan import run_id
from functions.kernel import auth, keys, tokens
from functions.kernel.table import Write, put_new, unmarshal
from functions.kernel.value import Value
from functions.mail.kinds import Secret
from functions.mail.model import Mail, Run
from functions.mail.store import planned
from functions.membership.model import Member
from functions.membership.store import member_kept
from functions.sessions.model import DROP_IN, Session
from functions.sessions.programme import ahead
from infra.stages import ROOT

EVENTS = ROOT / "events"
TABLE = "psmn"


def event(name: str) -> dict[str, Any]:
    """A sample from ``events``: ``site/web.home``."""
    value: dict[str, Any] = json.loads((EVENTS / f"{name}.json").read_bytes())
    return value


def _image_in(name: str) -> Image:
    (record,) = event(name)["Records"]
    image: Image = record["dynamodb"]["NewImage"]
    return image


@dataclass(frozen=True, slots=True)
class World:
    """Items of the table, and the cookie and the link by which Ann is known."""

    items: tuple[Image, ...]
    cookie: str
    link: str
    """What stands at the end of the address of a link in her mail."""


def world(now: datetime) -> World:
    """Everything that the samples are about, as it stands at a moment."""
    ann = Member.model_validate(unmarshal(_image_in("invites/welcome.new_member"))).model_copy(
        update={"roles": (auth.Role.COORDINATOR,)}
    )
    sign_in, cookie = auth.new_sign_in(ann.model_dump(mode="json"), now)
    series = put_new("series", keys.series(DROP_IN.id), _listed(DROP_IN, keys.SERIES))
    programme = (put_new("session", keys.session(each.id), _plain(each)) for each in ahead(DROP_IN, now))
    session = Session(
        id="dfdce1a2e794d96e3ffc08dfc3a70f6c",
        title="Friday drop-in",
        start=now + timedelta(days=2),
        end=now + timedelta(days=2, hours=1),
        changed_at=now,
        invited=True,
    )
    run = Run(
        id=run_id("session", session.id, session.edition),
        mail_kind="invite",
        words=session.title,
        thing=session.id,
        edition=session.edition,
        at=now,
    )
    mail = Mail.model_validate(unmarshal(_image_in("mail/dispatch.planned")))
    mail = mail.model_copy(update={"planned_at": now, "not_after": now + timedelta(days=1)})
    secret = tokens.new_secret()
    invitation = mail.model_copy(
        update={
            "key": tokens.digest("invitation"),
            "mail_kind": "invite",
            "owner": ann.id,
            "context": {"session": session.id},
        }
    )
    links = {f"{name}_digest": {"S": tokens.digest(secret)} for name in (Secret.REPLY, Secret.STOP)}
    kept = put_new("session", keys.session(session.id), _listed(session, keys.SESSIONS))
    # On no list: what stands in for AWS would give it among its own parts.
    begun = put_new("run", keys.run(run.id), _plain(run))
    claim = put_new("address", keys.address(ann.address_digest), {"member_id": ann.id})
    items = [*_images([member_kept(ann), claim, sign_in, kept, planned(mail), series, begun])]
    # They come after the one above, whose row may have the key of one of them.
    items += _images(programme)
    items += [{**image, **links} for image in _images([planned(invitation)])]
    return World(tuple(items), cookie.partition(";")[0], f"{invitation.key}.{secret}")


def _plain(value: Value) -> dict[str, Any]:
    return value.model_dump(mode="json", exclude_none=True)


def _listed(value: Value, name: str) -> dict[str, Any]:
    return _plain(value) | {f"{keys.LISTS}pk": name, f"{keys.LISTS}sk": "2026"}


def _images(writes: Iterable[Write]) -> Iterable[Image]:
    return (write.parameters["Item"] for write in writes)


def objects() -> dict[str, bytes]:
    """What is in the buckets: the mail that came in."""
    found = {}
    for path in (EVENTS / "invites").glob("*.eml"):
        (record,) = event(f"invites/{path.stem}")["Records"]
        found[f"inbound/mail/{record['ses']['mail']['messageId']}"] = path.read_bytes()
    return found
