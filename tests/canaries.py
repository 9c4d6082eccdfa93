"""Something of every personal kind about somebody, with a word in each that would be known again anywhere."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from functions.kernel import clock, keys
from functions.kernel.keys import Key
from functions.kernel.kinds import KINDS
from functions.kernel.table import change, put
from functions.mail.model import mail_key, new_mail
from functions.mail.store import planned
from functions.membership.model import Answers, Application, Member, Status, Vouch
from functions.membership.store import vouch_kept
from tests.network import Network

PERSONAL = {kind.name for kind in KINDS if kind.personal}

type Item = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Somebody:
    """A member of whom there is something of every kind."""

    member: Member
    name: str

    def word(self, kind: str) -> str:
        """The canary in what is held of one kind."""
        return f"canary-{self.name}-{kind}"

    @property
    def own(self) -> str:
        """What an id of theirs ends in."""
        return f"{self.name}-own"


def _listed(name: str, at: str) -> Item:
    return {f"{keys.LISTS}pk": name, f"{keys.LISTS}sk": at}


def _wish(one: Somebody, network: Network) -> Item:
    now = network.clock.now()
    ends = clock.stamp(now + timedelta(minutes=15))
    return {"proven_at": clock.stamp(now), "expires_at": clock.epoch(now + timedelta(hours=1))} | _listed(
        keys.wishes_of(one.member.address_digest), ends
    )


# What each kind's item stands under, and what it has to have beside its word. Those with no word are fingerprints and
# counts: there is no place in them for one.
PLACES: Mapping[str, Callable[[Somebody], Key]] = {
    "draft": lambda one: keys.draft(one.own),
    "ask": lambda one: keys.ask(one.own),
    "sign-in": lambda one: keys.sign_in(one.member.id, one.own),
    "new-address": lambda one: keys.new_address(one.member.id, one.own),
    "second-factor": lambda one: keys.second_factor(one.member.id),
    "new-second-factor": lambda one: keys.new_second_factor(one.member.id, one.own),
    "still-you": lambda one: keys.still_you(one.member.id),
    "complaint": lambda one: keys.complaint(one.own),
    "mail-choices": lambda one: keys.mail_choices(one.member.id),
    "feed": lambda one: keys.feed(one.member.id),
    "answer": lambda one: keys.answer(one.member.id, "s1"),
    "attendance": lambda one: keys.attendance(one.member.id, "s1"),
    "heard": lambda one: keys.heard(one.own),
    "share": lambda one: keys.share(one.member.id, one.own),
    "resource": lambda one: keys.resource(one.own),
    "suppressed": lambda one: keys.suppressed(one.member.address_digest),
    "trouble": lambda one: keys.trouble(one.member.address_digest),
    "limit": lambda one: keys.limit("code", one.member.address_digest, "1.1"),
    "erased": lambda one: keys.erased(one.member.address_digest),
}
FINGERPRINTS = {"suppressed", "trouble", "limit", "erased"}
BY_THE_CODE = {"member", "address", "application", "mail", "vouch"}
"""What is read as a value on its way out, so it is made by what makes it."""
ON_THE_WAY = {"erasure"}
"""There is one only while somebody is being erased, so nobody has one beside all the rest."""


def somebody(network: Network, name: str) -> Somebody:
    """A member of whom there is something of every kind."""
    one = Somebody(network.member(f"canary-{name}-member", f"{name}@nhs.net"), name)
    more: dict[str, Item] = {
        "draft": _wish(one, network),
        "ask": _wish(one, network),
        "answer": _listed(keys.answers_to("s1"), one.member.id),
        "attendance": _listed(keys.attendance_of("s1"), one.member.id),
        "heard": _listed(keys.heard_of(one.member.id), clock.stamp(network.clock.now())),
        "resource": {"id": one.own, "owner": one.member.id},
        "complaint": {"id": one.own}
        | _listed(keys.complaints_of(one.member.address_digest), clock.stamp(network.clock.now())),
    }
    for kind, place in PLACES.items():
        word = {} if kind in FINGERPRINTS else {"words": one.word(kind)}
        network.table.write(put(kind, place(one), more.get(kind, {}) | word))
    _by_the_code(network, one)
    return one


def _by_the_code(network: Network, one: Somebody) -> None:
    member, now = one.member, network.clock.now()
    answers = Answers(name=one.word("application"), role="psm", nation="wales", organisation="A", agreed_at=now)
    application = Application(
        id=one.own,
        address=member.address,
        address_digest=member.address_digest,
        proven_at=now,
        answers=answers,
        verdict=member.verdict,
        status=Status.ACCEPTED,
        submitted_at=now,
        member_id=member.id,
    )
    vouch = Vouch(
        id=one.own,
        application_id=application.id,
        applicant_name=one.word("vouch"),
        organisation="A",
        voucher_name=one.word("vouch"),
        voucher_address="vera@nhs.net",
        voucher_digest="vera",
        mail=mail_key("vouch-request", one.own, "vera"),
        asked_at=now,
        expires_at=clock.epoch(now + timedelta(days=90)),
    )
    to_them = {"to_address": member.address, "to_name": one.word("mail"), "address_digest": member.address_digest}
    asking = new_mail(
        "vouch-request",
        key=vouch.mail,
        to_address=vouch.voucher_address,
        to_name=vouch.voucher_name,
        address_digest=vouch.voucher_digest,
        owner=application.id,
        context={"vouch": vouch.id, "applicant": vouch.applicant_name},
        now=now,
    )
    mails = [
        new_mail("application-accepted", key=mail_key("a", one.own, "1"), owner=member.id, now=now, **to_them),
        new_mail("sign-in-code", key=mail_key("a", one.own, "2"), now=now, **to_them),
        asking,
    ]
    network.table.transact(
        [
            change(keys.member(member.id), set={"application_id": application.id}),
            change(
                keys.address(member.address_digest),
                set={"application_id": application.id, "words": one.word("address")},
            ),
            put(
                "application", keys.application(application.id), application.model_dump(mode="json", exclude_none=True)
            ),
            vouch_kept(vouch, now + timedelta(days=3)),
            *map(planned, mails),
        ]
    )
