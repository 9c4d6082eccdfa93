"""A member's own account: everything we hold about them, and leaving."""

import re
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from functions.kernel import audit, keys, kinds
from functions.kernel.errors import Clash
from functions.kernel.kinds import Kind
from functions.kernel.table import Item
from functions.kernel.when import clock_in_words, day_in_words, in_uk
from functions.mail.kinds import KINDS
from functions.membership import emails
from functions.membership.holdings import Holdings, Leaver
from functions.membership.model import Member

FINGERPRINT = "Kept as a fingerprint"
CONFIDENCE = "Kept between your contact and us"

_NOT_FOUND_BY_NAME = {
    "draft": "We cannot find this by your name or address. It belongs to the browser you typed it in.",
    "ask": "We cannot find this by your name or address. It belongs to the browser you asked from.",
}
"""Kinds that are kept under a browser's secret alone, so that nobody can look them up."""

_OF_THE_TABLE = {"pk", "sk", "kind", "expires_at"} | {
    f"{index}{part}" for index in (keys.LISTS, keys.WAITING) for part in ("pk", "sk")
}
_FINGERPRINTS = {"standing", "key", "mail"}
_TO_A_CONTACT = {"vouch-request", "vouch-thanks"}
"""Mail about a member to somebody else. All other mail of theirs went to an address that is or was their own."""
_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$")
# Which of somebody else's words an item may show: those that the member was the one to type, or was sent.
_OF_A_QUESTION = ("voucher_name", "voucher_address", "asked_at", "reminded", "answered_at", "token_digest")
_OF_AN_ANSWER = ("asked_at", "voucher_name", "voucher_address", "answer", "answered_at")
_OF_MAIL = ("to_address", "to_name", "planned_at", "sending_at", "ended_at", "state", "message_id")


@dataclass(frozen=True, slots=True)
class Held:
    """The items of one kind that are held about a member, as they may read them."""

    kind: Kind
    items: tuple[Mapping[str, Any], ...]
    note: str | None = None
    """Why there is nothing to show, where that is not because there is nothing."""


def everything(member: Member, holdings: Holdings) -> list[Held]:
    """All that is held about a member, grouped by kind: every kind that can be about a person, and the audit lines.

    A digest is shown as such, since it tells nobody anything. What a contact answered stays between them and us, and
    coordinators are not named.
    """
    by_kind: dict[str, list[Mapping[str, Any]]] = {}
    for item in holdings.of(member):
        shown = _shown(item, member)
        if shown is not None:
            by_kind.setdefault(item["kind"], []).append(shown)
    return [
        Held(kind, tuple(by_kind.get(kind.name, ())), _NOT_FOUND_BY_NAME.get(kind.name))
        for kind in kinds.KINDS
        if kind.personal or kind.name in by_kind
    ]


def as_json(held: Iterable[Held]) -> list[dict[str, Any]]:
    """The same for a program."""
    return [
        {
            "kind": each.kind.name,
            "what": each.kind.words,
            "kept": each.kind.retention,
            "items": list(each.items),
        }
        for each in held
    ]


def _shown(item: Item, member: Member) -> Mapping[str, Any] | None:
    match item["kind"]:
        case "mail" if item["mail_kind"] in _TO_A_CONTACT:
            return None
        case "mail":
            return {"what": KINDS[item["mail_kind"]].words, **_chosen(item, _OF_MAIL)}
        case "vouch" if item["voucher_digest"] == member.address_digest:
            return {"what": "You were asked to confirm somebody's work", **_chosen(item, _OF_AN_ANSWER)}
        case "vouch":
            answer = {"answer": CONFIDENCE} if "answer" in item else {}
            return {"what": "Your contact was asked", **_chosen(item, _OF_A_QUESTION), **answer}
        case "audit":
            return _line(item, member)
    return _plain({name: value for name, value in item.items() if name not in _OF_THE_TABLE})


def _line(item: Item, member: Member) -> Mapping[str, Any]:
    author = str(item["by"])
    if author.startswith("contact "):
        return {"what": "your contact answered", "by": "your contact", "at": item["at"]}
    known = {audit.BY_THE_RULES: "the rules", audit.ADMINISTRATOR: "the administrator", member.id: "you"}
    by = known.get(author, "a coordinator")
    return {"what": item["what"], "by": by, "at": item["at"], **item["facts"]}


def _chosen(item: Item, names: Iterable[str]) -> dict[str, Any]:
    return _plain({name: item[name] for name in names if name in item})


def _plain(fields: Mapping[str, Any]) -> dict[str, Any]:
    shown: dict[str, Any] = {}
    for name, value in fields.items():
        if name.endswith("_digest") or name in _FINGERPRINTS:
            shown[f"{name.removesuffix('_digest')}_fingerprint"] = FINGERPRINT
        elif name == "decision":
            shown[name] = {each: told for each, told in value.items() if each not in {"id", "by"}}
        else:
            shown[name] = value
    return shown


def in_words(shown: Mapping[str, Any]) -> list[tuple[str, str]]:
    """An item as pairs of what it is and what it says. What is nested is read in its place."""
    pairs: list[tuple[str, str]] = []
    for name, value in shown.items():
        if isinstance(value, Mapping):
            pairs += in_words(value)
        else:
            told = ", ".join(map(str, value)) if isinstance(value, list) else _told(value)
            pairs.append((name.replace("_", " ").capitalize(), told or "None"))
    return pairs


def _told(value: object) -> str:
    if not isinstance(value, str) or not _MOMENT.match(value):
        return str(value)
    shown = in_uk(datetime.fromisoformat(value)).replace(second=0, microsecond=0)
    return f"{day_in_words(shown)}, {clock_in_words(shown.time())}"


def leave(member: Member, *, holdings: Holdings, now: datetime) -> None:
    """End a membership and delete what we hold, with a receipt. Leaving twice is leaving once.

    The first transaction is the whole of it as far as anybody can see. What it leaves behind is deleted at once, and
    if that is cut off the job finishes it, and so it does when a message was just being sent.
    """
    line = audit.line(member.id, "left", by=member.id, now=now)
    try:
        holdings.begin_leaving(member, emails.left(member, now), line, now)
    except Clash as clash:
        if 0 not in clash.failed:
            raise
    with suppress(Clash):
        holdings.delete_rest(Leaver.model_validate(member.model_dump()), now)


def finish_leaving(leaver: Leaver, *, holdings: Holdings, now: datetime) -> bool:
    """Delete what is still there of somebody who has left, and then the note that they have.

    Raises ``Clash`` when another run has done it, or it has to be tried again.
    """
    holdings.delete_rest(leaver, now)
    holdings.forget(leaver.id)
    return True
