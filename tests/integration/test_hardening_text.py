"""Requirement 40: what people type is shown as they typed it, on every page that shows it, and does nothing there."""

from xml.etree.ElementTree import Element

import pytest

from functions.kernel import keys
from functions.kernel.auth import Access
from functions.kernel.pages import asset
from functions.kernel.table import change
from functions.sessions.store import Programme
from tests.network import Network, link_in, text_of
from tests.people import PAT
from tests.shelves import FALLS
from tests.web import Page
from tests.world import World, paths_with, populate

HOSTILE = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "' onmouseover='alert(1)",
    "{{ 11111111*3 }}{% raw %}{#",
    "</title></textarea></style><svg/onload=alert(1)>",
    "&lt;b&gt; &amp;amp; &#x3C;",
    "=HYPERLINK(1) +1 -1 @SUM(1)",
    "BEGIN:VEVENT;X=\\n,;",
    "Wyn Ŵr o'r Bŵth",
    "محمد بن علي",
]
"""Lines that the forms let through, because somebody may be called so; the rest is refused where it comes in."""

REFUSED = [
    "Ann\u202eelpmaxE",
    "Ann\u200bExample",
    "Ann\x00",
    "Ann\r\nBcc: x",
    "Ann http://evil.test",
    "Ann\u2028Example",
]


OURS = (
    "/",
    "#",
    "mailto:",
    "https://psmn.test/",
    "webcal://psmn.test/",
    "https://ico.org.uk/",
    "https://quarantine.s3.eu-west-2.amazonaws.com/",
)


def tags(tree: Element) -> set[str]:
    return {str(each.tag).rpartition("}")[2] for each in tree.iter()}


def does_nothing(page: Page) -> None:
    """Fail at any script, any handler and any address that is not ours."""
    tree = page.tree
    for script in tree.iter("{http://www.w3.org/1999/xhtml}script"):
        assert (script.get("src"), script.text) == (asset("upload.js"), None)
    for each in tree.iter():
        for name, value in each.attrib.items():
            assert not str(name).startswith("on")
            if str(name) in {"href", "src", "action"}:
                assert value.startswith(OURS), value
    assert "33333333" not in page.text


@pytest.fixture(scope="module")
def world(shared_network: Network) -> World:
    return populate(shared_network)


def test_requirement_40_what_people_typed_is_shown_as_it_is_on_every_page_that_shows_it(world: World) -> None:
    network, typed = world.network, " ".join(HOSTILE)
    session_id = world.address("/sessions/{id}").rpartition("/")[2]
    member, session = keys.member(world.ann.id), keys.session(session_id)
    application = keys.application(world.address("/coordinate/applications/{id}").rpartition("/")[2])
    item = keys.resource(world.address("/library/{id}").rpartition("/")[2])
    network.table.write(change(member, set={"name": typed[:200], "organisation": typed[:200]}))
    network.table.write(change(session, set={"title": typed[:100], "summary": f"{typed}\n{typed}"}))
    told = {**FALLS, "title": typed[:120], "summary": typed, "source": typed[:200]}
    network.table.write(change(item, set={"words": told}))
    network.table.write(change(application, set={"answers": _answers(network, application, typed[:200])}))
    shown = set()
    for browser in (world.visitor, world.member, world.coordinator):
        for path in paths_with("GET", *Access):
            page = browser.get(world.address(path))
            if page.headers.get("content-type", "").startswith("text/html") and page.body:
                does_nothing(page)
                if typed[:100] in " ".join("".join(page.tree.itertext()).split()):
                    shown.add(path)
    assert {"/sessions", "/sessions/{id}", "/account", "/coordinate/applications/{id}"} <= shown
    assert {"/library/{id}", "/library/shared", "/coordinate/library/{id}"} <= shown


def _answers(network: Network, key: keys.Key, typed: str) -> dict[str, object]:
    item = network.table.get(key)
    assert item is not None
    return {**item["answers"], "name": typed, "organisation": typed}


@pytest.mark.parametrize("typed", [*HOSTILE, *REFUSED], ids=ascii)
def test_requirement_40_a_form_that_is_refused_shows_what_was_typed_and_nothing_else_happens(
    world: World, typed: str
) -> None:
    fields = {"name": typed, "organisation": typed, "profile_url": typed, "voucher_name": typed, "email": typed}
    for path, browser in (
        ("/join", world.visitor),
        ("/sign-in", world.visitor),
        ("/join/about-you", world.joining),
        ("/coordinate/sessions", world.coordinator),
    ):
        own = fields | {"title": typed, "summary": typed, "date": typed, "next": typed, "code": typed}
        page = browser.post(path, own)
        assert page.status == 422, path
        does_nothing(page)
        assert page.title.startswith("Error: ")


@pytest.mark.parametrize("typed", REFUSED, ids=ascii)
def test_requirement_24_what_nobody_can_see_is_refused_with_a_sentence(world: World, typed: str) -> None:
    told = {name: value for name, value in PAT.items() if name != "email"}
    page = world.joining.post("/join/about-you", {**told, "name": typed})
    assert page.status == 422
    assert page.error_beside("name") in {
        "Remove the characters that cannot be seen. Typing the text again is the surest way.",
        "Leave out web addresses here.",
    }


@pytest.mark.parametrize("place", range(len(HOSTILE)))
def test_requirements_40_and_51_a_hostile_applicant_reaches_a_contact_as_words(world: World, place: int) -> None:
    name, network, contact = HOSTILE[place], world.network, f"vera{place}.example@nhs.net"
    told = {**PAT, "email": f"pat{place}@gmail.com", "name": name, "organisation": name}
    browser = network.join({**told, "voucher_name": name, "voucher_email": contact})
    does_nothing(browser.get("/join/outcome"))
    (message,) = network.inbox(contact)
    assert [address.addr_spec for address in message["to"].addresses] == [contact]
    assert not {"bcc", "cc"} & {header.lower() for header in message}
    assert name in " ".join(text_of(message).split())
    page = network.browser().get(link_in(message, "/vouch/"))
    does_nothing(page)
    assert name in " ".join("".join(page.tree.itertext()).split())


def test_requirement_16_titles_alone_are_public(world: World) -> None:
    session = next(Programme(world.network.table).between(world.network.clock.now()))
    world.network.table.write(
        change(
            keys.session(session.id), set={"title": "Open", "summary": "For members only", "meeting_url": "https://x.y"}
        )
    )
    for path in ("/", "/sessions", f"/sessions/{session.id}", "/api/sessions"):
        page = world.visitor.get(path)
        assert "For members only" not in page.text
        assert "https://x.y" not in page.text
