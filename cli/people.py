"""People who do not exist, for a network on this machine: members, applications that wait, and one coordinator."""

import random
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta

from cli.shares import share_all
from cli.stack import Stack
from functions.kernel import clock, keys, tokens
from functions.kernel.auth import Role
from functions.kernel.errors import Clash
from functions.kernel.table import Table, put_new
from functions.membership import join as joining
from functions.membership.addresses import parse
from functions.membership.admission import verdict_of
from functions.membership.eligibility import History
from functions.membership.model import Answers, Draft, Member
from functions.membership.store import Applications, Codes, address_digest, member_kept
from functions.sessions.model import DROP_IN
from functions.sessions.store import Programme

COORDINATOR = ("Cora Coordinator", "cora.coordinator@anytown.nhs.uk")
MEETING = "https://meeting.example/psmn-drop-in"

_FIRST = (
    "Aled Amina Angharad Aoife Bethan Callum Chidi Ciara Daniel Dilys Ebony Eilidh Femi Fiona Gareth Grace Hamish "
    "Hannah Idris Imogen Jaspreet Joan Kwame Layla Liam Mairi Malachy Mei Nia Niamh Oluwaseun Owain Priya Rhys "
    "Roisin Rowan Samira Siân Tariq Wyn Yusuf Zofia"
).split()
_LAST = (
    "Abara Ahmed Begum Boateng Campbell Clarke Cohen Davies Doherty Edwards Evans Fraser Green Griffiths Hughes Iqbal "
    "Jenkins Johnston Kaur Kelly Khan Lewis MacLeod McAllister Morgan Murphy Nowak O'Brien O'Neill Okafor Patel Price "
    "Quinn Rees Roberts Singh Stewart Thomas Walker Ŵyn"
).split()
_PLACES = (
    ("england", "{town} NHS Foundation Trust", "{box}@{town_}.nhs.uk"),
    ("england", "{town} Hospitals", "{box}@nhs.net"),
    ("scotland", "NHS {town}", "{box}@{town_}.scot.nhs.uk"),
    ("wales", "{town} University Health Board", "{box}@{town_}.wales.nhs.uk"),
    ("northern-ireland", "{town} Health and Social Care Trust", "{box}@{town_}.hscni.net"),
)
_TOWNS = (
    "Anytown Northbridge Southmere Eastwick Westhaven Millford Oakley Ashcombe Brackenfell Castleford Dunmere "
    "Fairhaven Glenrowan Harrowby Kingsbeck Larchmont Marlowe Netherby Orchardleigh Ravensworth"
).split()
_ROLES = ("psm", "psm", "psm", "risk", "investigator", "director", "education", "human-factors", "clinical", "policy")

WAITING = (
    ("Sam Seller", "sam.seller@safer-software.co.uk", "supplier", "england", "Safer Software"),
    ("Carys Campaigner", "carys.campaigner@btinternet.com", "campaigner", "wales", "Cymru Safer Care"),
    ("Stuart Student", "s1234567@student.anytown.ac.uk", "student", "scotland", "University of Anytown"),
    ("Orla Other", "orla.other@anytown.nhs.uk", "other", "northern-ireland", "Anytown Health Centre"),
)
"""People whose applications a coordinator has to look at."""


def seed(stack: Stack, *, members: int, empty: bool) -> str:
    """Fill a new local network, or give an empty one its coordinator alone. Gives the coordinator's address.

    Sessions come first, so that every new member gets Friday's invitation at once, as people who join late do. Whoever
    is there already stays as they are, so a start that was cut off can be made again.
    """
    now = clock.now()
    table = Table(stack.table, stack.client("dynamodb"))
    if empty:
        join(table, _coordinator(now))
        return COORDINATOR[1]
    Programme(table).begin(DROP_IN.model_copy(update={"meeting_url": MEETING}))
    stack.invoke("sessions.programme", {"network": "psmn", "at": clock.stamp(now)})
    made_up = list(_members(members, now))
    for member in made_up:
        join(table, member)
    for person in WAITING:
        _apply(table, *person, now=now)
    share_all(stack, table, made_up[1:], now)
    return COORDINATOR[1]


def join(table: Table, member: Member) -> None:
    """Make somebody a member. Whoever is one already stays as they are."""
    claim = put_new("address", keys.address(member.address_digest), {"member_id": member.id})
    with suppress(Clash):
        table.transact([member_kept(member), claim])


def _coordinator(now: datetime) -> Member:
    return _member(*COORDINATOR, "psm", "england", "Anytown NHS Foundation Trust", now, (Role.COORDINATOR,))


def _members(count: int, now: datetime) -> Iterator[Member]:
    """The coordinator, and members who are the same every time."""
    yield _coordinator(now)
    dice = random.Random(20210611)
    for number in range(1, count):
        first, last, town = dice.choice(_FIRST), dice.choice(_LAST), dice.choice(_TOWNS)
        nation, organisation, address = dice.choice(_PLACES)
        box = f"{_plain(first)}.{_plain(last)}{number}"
        yield _member(
            f"{first} {last}",
            address.format(box=box, town_=town.lower()),
            dice.choice(_ROLES),
            nation,
            organisation.format(town=town),
            now - timedelta(days=dice.randrange(1, 900)),
            (),
        )


def crowd(count: int, organisations: int, which: str, *, joined_at: datetime) -> Iterator[Member]:
    """Members of so many organisations, the same for each name of a crowd every time, but for their ids."""
    dice = random.Random(which)
    kinds = [(nation, organisation, address, town) for nation, organisation, address in _PLACES for town in _TOWNS]
    for number in range(count):
        place = number % organisations
        nation, organisation, address, town = kinds[place % len(kinds)]
        site = f", site {place // len(kinds) + 1}" if place >= len(kinds) else ""
        first, last = dice.choice(_FIRST), dice.choice(_LAST)
        box = f"{_plain(first)}.{_plain(last)}.{_plain(which).replace(' ', '')}{number}"
        yield _member(
            f"{first} {last}",
            address.format(box=box, town_=town.lower()),
            dice.choice(_ROLES),
            nation,
            organisation.format(town=town) + site,
            joined_at,
            (),
        )


def _plain(name: str) -> str:
    return name.lower().replace("'", "").replace("â", "a").replace("ŵ", "w")


def _member(
    name: str, address: str, role: str, nation: str, organisation: str, joined_at: datetime, roles: tuple[str, ...]
) -> Member:
    answers = Answers(name=name, role=role, nation=nation, organisation=organisation, agreed_at=joined_at)
    return Member(
        id=tokens.new_id(),
        name=name,
        address=address,
        address_digest=address_digest(parse(address).key),
        role=role,
        nation=nation,
        organisation=organisation,
        roles=roles,
        appointed_at=joined_at.astimezone(UTC) if roles else None,
        verdict=verdict_of(address, answers, vouched=False, history=History.NONE),
        joined_at=joined_at.astimezone(UTC),
    )


def _apply(table: Table, name: str, address: str, role: str, nation: str, organisation: str, *, now: datetime) -> None:
    """Send an application in as the pages do, from a draft whose mailbox has been proven."""
    applications, digest = Applications(table), address_digest(parse(address).key)
    if applications.of_address(digest) is not None:
        return
    draft = Draft(
        browser=tokens.digest(tokens.new_secret()),
        address=address,
        address_digest=digest,
        mail="",
        code_expires_at=now,
        proven_at=now,
        answers=Answers(name=name, role=role, nation=nation, organisation=organisation, agreed_at=now),
        expires_at=clock.epoch(now + joining.DRAFT_LASTS),
    )
    Codes(table).begin_without_mail(draft)
    joining.submit(draft, applications=applications, now=now)
