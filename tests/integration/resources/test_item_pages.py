"""One item as members see it, and its file."""

from urllib.parse import parse_qs, unquote, urlsplit

import pytest

from functions.kernel.errors import Unavailable
from functions.kernel.headers import content_policy
from functions.resources import words
from functions.resources.inspected import FileKind, Finding, Inspected, Sign
from functions.resources.model import Permission
from functions.resources.store import Library
from tests.library import LIBRARY, Sharing
from tests.network import Network
from tests.people import ANN
from tests.shelves import FALLS, NHS_NUMBER_ON_SLIDE_3, begin, describe, is_nothing, item, publish, send, share
from tests.web import Browser

BUCKET = f"https://{LIBRARY}.s3.eu-west-2.amazonaws.com"


def test_e25_an_item_says_who_issued_it_when_and_until_when_it_holds(
    sharing: Sharing, anns: Browser, bens: Browser
) -> None:
    told = {"issued_on": "2026-03-27", "nations": "england", "settings": ["acute"], "organisations": ["trust"]}
    page = bens.get(f"/library/{share(sharing, anns, **told)}")
    for fact in (
        "Who made it Anytown NHS Foundation Trust",
        "Where it applies England",
        "Where it has been used Acute hospital",
        "Made for NHS trust or health board",
        "Issued on Friday 27 March 2026",
        "To be checked by Tuesday 23 November 2027",
        "In the library since Monday 23 November 2026",
        "Plain text, 1 KB",
    ):
        assert fact in page.words
    assert "One page for the start of a shift." in page.words


def test_e25_an_item_whose_day_has_come_says_check_before_use(
    sharing: Sharing, anns: Browser, network: Network
) -> None:
    resource_id = share(sharing, anns, review_on="2026-12-01")
    assert "Check before use" not in anns.get(f"/library/{resource_id}").words
    network.clock.move(days=8)
    assert "Check before use. Its review date has passed" in anns.get(f"/library/{resource_id}").words


@pytest.mark.parametrize("permission", Permission)
def test_an_item_says_in_plain_words_what_one_may_do_with_it(
    sharing: Sharing, anns: Browser, bens: Browser, permission: Permission
) -> None:
    page = bens.get(f"/library/{share(sharing, anns, permission=permission.value)}")
    assert words.permission(permission) in page.words


def test_e55_the_words_of_patient_safety_in_it_are_explained(sharing: Sharing, anns: Browser, bens: Browser) -> None:
    page = bens.get(f"/library/{share(sharing, anns, title='A PSIRF plan')}")
    assert "What do these words mean?" in page.words


def test_ben_gets_the_file_under_the_name_of_its_title_and_is_counted_without_his_name(
    sharing: Sharing, anns: Browser, bens: Browser, network: Network
) -> None:
    """Security requirements 17 and 35."""
    resource_id = share(sharing, anns, title="Falls: what Siân's ward learned")
    page = bens.get(f"/library/{resource_id}")
    assert page.headers["content-security-policy"] == content_policy(forms=(BUCKET,))

    file = bens.post(f"/library/{resource_id}/file")

    assert file.status == 303
    where = urlsplit(file.location)
    asked = {name: value for name, (value,) in parse_qs(where.query).items()}
    assert f"{where.scheme}://{where.netloc}" == BUCKET
    kept = item(sharing, resource_id).file
    assert kept is not None
    assert unquote(where.path) == f"/files/{kept.key}"
    assert asked["X-Amz-Expires"] == "300"
    assert asked["response-content-disposition"].startswith("attachment; ")
    assert asked["response-content-disposition"].endswith(
        "filename*=UTF-8''Falls%20what%20Si%C3%A2n%20s%20ward%20learned.txt"
    )
    assert asked["response-cache-control"] == "no-store"
    assert "1 download so far." in anns.get(f"/library/{resource_id}").words
    counted = [each for each in network.everything() if each["kind"] == "download-count"]
    assert [each["downloads"] for each in counted] == [1]
    assert set(counted[0]) == {"pk", "sk", "kind", "downloads"}


def test_requirement_2_opening_the_address_of_a_file_counts_nothing(
    sharing: Sharing, anns: Browser, bens: Browser
) -> None:
    resource_id = share(sharing, anns)
    for method in ("GET", "HEAD"):
        assert bens.send(method, f"/library/{resource_id}/file").location.startswith(BUCKET)
    assert sharing.library.downloads(resource_id) == 0


def test_a_count_that_fails_keeps_nobody_from_the_file(
    sharing: Sharing, anns: Browser, bens: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    resource_id = share(sharing, anns)

    def slow(*_: object) -> None:
        raise Unavailable

    monkeypatch.setattr(Library, "count_download", slow)
    assert bens.post(f"/library/{resource_id}/file").location.startswith(BUCKET)


@pytest.mark.parametrize("path", ["/library/{id}", "/library/{id}/file", "/library/{id}/file?offered=1"])
def test_requirements_14_and_32_what_is_not_published_does_not_exist_for_other_members(
    sharing: Sharing, anns: Browser, bens: Browser, path: str
) -> None:
    begun, described = begin(anns), describe(anns)
    held, ready, returned = describe(anns), describe(anns), describe(anns)
    send(sharing, held, NHS_NUMBER_ON_SLIDE_3)
    send(sharing, ready, Inspected(kind=FileKind.WORD))
    send(sharing, returned, Inspected(reason=None, kind=FileKind.WORD))
    for resource_id in (begun, described, held, ready, returned):
        for send_one in (Browser.get, Browser.post):
            assert is_nothing(bens, send_one(bens, path.format(id=resource_id)))


def test_requirement_32_only_a_file_that_passed_is_given_to_its_owner_and_to_coordinators(
    sharing: Sharing, anns: Browser, bens: Browser, coras: Browser
) -> None:
    resource_id = describe(anns)
    offered = f"/library/{resource_id}/file?offered=1"
    send(sharing, resource_id, scan=None)
    for browser in (anns, coras):
        assert is_nothing(browser, browser.get(offered))
    publish(sharing, _again(sharing, anns, resource_id))
    _again(sharing, anns, resource_id, NHS_NUMBER_ON_SLIDE_3)
    waiting = item(sharing, resource_id).offer
    assert waiting is not None
    assert waiting.file is not None
    for browser in (anns, coras):
        assert f"/files/{waiting.file.key}" in browser.post(offered).location
        assert f"/files/{waiting.file.key}" not in browser.post(f"/library/{resource_id}/file").location
    assert is_nothing(bens, bens.post(offered))
    assert sharing.library.downloads(resource_id) == 2


def _again(sharing: Sharing, browser: Browser, resource_id: str, finds: Inspected | None = None) -> str:
    browser.post(f"/library/share/{resource_id}/file")
    send(sharing, resource_id, finds or Inspected(kind=FileKind.WORD))
    return resource_id


@pytest.mark.parametrize(
    "typed",
    [
        "<script>alert(1)</script>",
        '"><img src=x onerror=alert(1)>',
        "{{ 11111111*3 }}{% raw %}{#",
        "</title></textarea></style><svg/onload=alert(1)>",
        "=HYPERLINK(1) +1 -1 @SUM(1)",
        "محمد بن علي",
    ],
)
def test_requirement_40_what_is_typed_is_shown_as_it_was_typed_and_does_nothing(
    sharing: Sharing, anns: Browser, bens: Browser, coras: Browser, typed: str
) -> None:
    told = {"title": typed, "summary": f"{typed}\n{typed}", "source": typed}
    found = Finding(sign=Sign.NHS_NUMBER, place=f"sheet {typed}")
    resource_id = describe(anns, **told)
    send(sharing, resource_id, Inspected(kind=FileKind.SHEET, findings=(found,), people=(typed,)), name=f"{typed}.xlsx")
    shown = [
        anns.get(f"/library/{resource_id}"),
        anns.get("/library/shared"),
        anns.get(f"/library/share/{resource_id}/details"),
        anns.get(f"/library/share/{resource_id}/file"),
        coras.get("/coordinate/library"),
        coras.get(f"/coordinate/library/{resource_id}"),
    ]
    publish(sharing, resource_id)
    shown.append(bens.get(f"/library/{resource_id}"))
    for page in shown:
        assert page.status == 200
        tags = {str(each.tag).rpartition("}")[2] for each in page.tree.iter()}
        assert not tags & {"script", "img"}
        assert not any(str(name).startswith("on") for each in page.tree.iter() for name in each.attrib)
        assert "33333333" not in page.text
        assert " ".join(typed.split()) in " ".join("".join(page.tree.itertext()).split()) or page is shown[2]
    assert shown[2].value_of("title") == typed


def test_what_a_leaver_shared_stays_for_everybody(
    sharing: Sharing, anns: Browser, bens: Browser, coras: Browser
) -> None:
    resource_id = share(sharing, anns)
    assert anns.post("/account/leave").status == 303
    assert item(sharing, resource_id).owner is None
    assert FALLS["title"] in bens.get(f"/library/{resource_id}").words
    page = coras.get(f"/coordinate/library/{resource_id}")
    assert "Shared by nobody who is a member now" in page.words
    assert ANN["name"] not in page.words
