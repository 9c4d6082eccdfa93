"""Everything we hold about somebody, as they may read it."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from functions.kernel import audit, keys, kinds
from functions.kernel.consents import WORDING, Wording
from functions.kernel.kinds import Kind
from functions.kernel.table import Item
from functions.kernel.when import clock_in_words, day_in_words, in_uk
from functions.mail.kinds import KINDS
from functions.membership.holdings import Holdings
from functions.membership.model import Person

FINGERPRINT = "Kept as a fingerprint"
UNTOLD = "Kept secret"
CONFIDENCE = "Kept between your contact and us"

_OF_THE_TABLE = {"pk", "sk", "kind", "expires_at"} | {
    f"{index}{part}" for index in (keys.LISTS, keys.WAITING) for part in ("pk", "sk")
}
_FINGERPRINTS = {"standing", "key", "mail", "browser"}
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


def everything(person: Person, holdings: Holdings) -> list[Held]:
    """All that is held about somebody, grouped by kind: every kind that can be about a person, and the audit lines.

    A digest is shown as such, since it tells nobody anything. What a contact answered stays between them and us, and
    coordinators are not named.
    """
    by_kind: dict[str, list[Mapping[str, Any]]] = {}
    for item in holdings.of(person):
        if item.get("mail_kind") not in _TO_A_CONTACT:
            by_kind.setdefault(item["kind"], []).append(_shown(item, person))
    return [
        Held(kind, tuple(by_kind.get(kind.name, ()))) for kind in kinds.KINDS if kind.personal or kind.name in by_kind
    ]


def wordings_in(items: Iterable[Mapping[str, Any]]) -> list[Wording]:
    """The words that somebody agreed to, by what is held about them, each once."""
    found: dict[str, Wording] = {}
    for item in items:
        for name, value in item.items():
            if isinstance(value, Mapping):
                found |= {each.reference: each for each in wordings_in([value])}
            elif name.endswith("agreed_to") and value in WORDING:
                found[value] = WORDING[value]
    return list(found.values())


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


def _shown(item: Item, person: Person) -> Mapping[str, Any]:
    match item["kind"]:
        case "mail":
            return {"what": KINDS[item["mail_kind"]].words, **_chosen(item, _OF_MAIL)}
        case "draft" if "proven_at" not in item:
            # Somebody typed this address. Whatever else they typed may be about others, until a code proves who it was.
            return {"what": "Somebody began to join with this address", **_chosen(item, ("address",))}
        case "vouch" if item["voucher_digest"] == person.address_digest:
            return {"what": "You were asked to confirm somebody's work", **_chosen(item, _OF_AN_ANSWER)}
        case "vouch":
            answer = {"answer": CONFIDENCE} if "answer" in item else {}
            return {"what": "Your contact was asked", **_chosen(item, _OF_A_QUESTION), **answer}
        case "audit":
            return _line(item, person)
    return _plain({name: value for name, value in item.items() if name not in _OF_THE_TABLE})


def _line(item: Item, person: Person) -> Mapping[str, Any]:
    author = str(item["by"])
    if author.startswith("contact "):
        return {"what": "your contact answered", "by": "your contact", "at": item["at"]}
    known = {audit.BY_THE_RULES: "the rules", audit.BY_THE_ADMINISTRATOR: "the administrator", person.member_id: "you"}
    by = known.get(author, "a coordinator")
    facts = {name: "a coordinator" if name == "agreed_by" else fact for name, fact in item["facts"].items()}
    return {"what": item["what"], "by": by, "at": item["at"], **facts}


def _chosen(item: Item, names: Iterable[str]) -> dict[str, Any]:
    return _plain({name: item[name] for name in names if name in item})


def _plain(fields: Mapping[str, Any]) -> dict[str, Any]:
    shown: dict[str, Any] = {}
    for name, value in fields.items():
        if name.endswith("_digest") or name in _FINGERPRINTS:
            shown[f"{name.removesuffix('_digest')}_fingerprint"] = FINGERPRINT
        elif name.endswith("_digests"):
            shown[f"{name.removesuffix('_digests')}_fingerprints"] = [FINGERPRINT] * len(value)
        elif name == "secret":
            shown[name] = UNTOLD
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
