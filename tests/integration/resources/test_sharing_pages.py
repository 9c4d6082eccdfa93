"""A member shares something by the pages: the words, the file, and how it fares."""

import json
from urllib.parse import urlsplit

import pytest

from functions.kernel.headers import content_policy
from functions.membership.model import Member
from functions.resources import words
from functions.resources.inspected import MOST_BYTES, FileKind, Finding, Hint, Inspected, Reason, Sign
from functions.resources.life import Scan
from functions.resources.model import Stage
from functions.resources.store import MOST_OFFERS_A_DAY
from tests.library import QUARANTINE, Sharing
from tests.network import Network
from tests.people import ANN
from tests.shelves import (
    FALLS,
    NHS_NUMBER_ON_SLIDE_3,
    begin,
    describe,
    is_nothing,
    item,
    publish,
    send,
    share,
)
from tests.web import _HTML, Browser, Page

BUCKET = f"https://{QUARANTINE}.s3.eu-west-2.amazonaws.com"


def upload_form(page: Page) -> tuple[dict[str, str], list[tuple[str, str]]]:
    """The form that sends the file: its own attributes, and the name and the value of each field in order."""
    (form,) = [each for each in page.tree.iter(f"{_HTML}form") if each.get("id") == "upload"]
    fields = [(str(each.get("name")), str(each.get("value"))) for each in form.iter(f"{_HTML}input")]
    return {str(name): value for name, value in form.attrib.items()}, fields


def test_ann_says_what_it_is_sends_the_file_and_sees_it_published(
    sharing: Sharing, anns: Browser, bens: Browser
) -> None:
    start = anns.get("/library/share")
    assert "Nothing about a patient" in start.words
    assert "Sessions are never recorded" in start.words
    resource_id = describe(anns)

    anns.get(f"/library/share/{resource_id}/file")
    sent = anns.get(f"/library/{resource_id}?sent=1")
    assert "You have sent your file" in sent.words

    send(sharing, resource_id, scan=None)
    assert "Being checked We have your file" in anns.get(f"/library/{resource_id}?sent=1").words

    publish(sharing, send_again(sharing, anns, resource_id))
    assert "Published Members can find this and download it. 0 downloads so far." in (
        anns.get(f"/library/{resource_id}").words
    )
    assert bens.get(f"/library/{resource_id}").status == 200


def test_a_page_promises_no_mail_that_does_not_come(sharing: Sharing, anns: Browser, network: Network) -> None:
    """Ann hears of what is held or refused. A file in which nothing is found only goes on."""
    resource_id = describe(anns)
    send(sharing, resource_id, scan=None)
    page = anns.get(f"/library/{resource_id}")
    assert "we email you if you have to do something, and when it is published." in page.words
    before = len(network.inbox(ANN["email"]))

    send_again(sharing, anns, resource_id)

    assert "Waiting for a coordinator" in anns.get(f"/library/{resource_id}").words
    assert len(network.inbox(ANN["email"])) == before


def send_again(sharing: Sharing, browser: Browser, resource_id: str) -> str:
    """Another file in the place of the one before, looked at."""
    page = browser.post(f"/library/share/{resource_id}/file")
    assert page.location == f"/library/share/{resource_id}/file"
    send(sharing, resource_id)
    return resource_id


def test_what_ann_has_begun_waits_for_her_under_what_she_has_shared(anns: Browser, bens: Browser) -> None:
    assert "You have shared nothing so far" in anns.get("/library/shared").words
    begun = begin(anns)
    shared = anns.get("/library/shared")
    assert "Something that you have begun to share Not finished" in shared.words
    assert f'href="/library/{begun}"' in shared.text
    page = anns.get(f"/library/{begun}")
    assert f'href="/library/share/{begun}/details"' in page.text
    assert "say what it is" in anns.get(f"/library/share/{begun}/file").words
    assert begun not in bens.get("/library/shared").text


def test_a_refused_form_keeps_every_word_and_ticks_what_was_ticked(anns: Browser) -> None:
    begun = begin(anns)
    typed = FALLS | {"review_on": "2026-11-22", "settings": ["acute", "hospice"], "nations": "wales"}

    page = anns.post(f"/library/share/{begun}/details", typed)

    assert page.status == 422
    assert page.title.startswith("Error: What it is - ")
    assert page.error_beside("review_on") == "The review date must be in the future"
    assert page.value_of("title") == FALLS["title"]
    ticked = {each.get("value") for each in page.tree.iter(f"{_HTML}input") if each.get("checked") is not None}
    assert ticked == {"falls", "psirf", "acute", "hospice", "wales", "change"}


def test_a_new_form_suggests_to_look_again_in_a_year(anns: Browser) -> None:
    assert anns.get(f"/library/share/{begin(anns)}/details").value_of("review_on") == "2027-11-23"


def test_requirement_36_a_patients_number_in_the_words_is_asked_about_and_not_kept(
    sharing: Sharing, anns: Browser
) -> None:
    begun = begin(anns)
    page = anns.post(f"/library/share/{begun}/details", FALLS | {"summary": "About NHS number 999 000 0018."})
    assert page.status == 422
    said = page.error_beside("summary")
    assert said is not None
    assert said.startswith("Is this a patient's NHS number?")
    assert item(sharing, begun).words is None


@pytest.mark.parametrize("field", ["owner", "status", "published_at", "file", "id", "version"])
def test_requirement_15_nobody_sends_more_than_the_form_asks(sharing: Sharing, anns: Browser, field: str) -> None:
    begun = begin(anns)
    page = anns.post(f"/library/share/{begun}/details", FALLS | {field: "x"})
    assert page.status == 422
    assert item(sharing, begun).words is None


def test_the_file_goes_straight_to_the_bucket_by_a_form_that_needs_no_script(sharing: Sharing, anns: Browser) -> None:
    resource_id = describe(anns)
    form, fields = upload_form(anns.get(f"/library/share/{resource_id}/file"))
    offer = item(sharing, resource_id).offer
    assert offer is not None
    assert (form["action"], form["method"], form["enctype"]) == (f"{BUCKET}/", "post", "multipart/form-data")
    given = dict(fields)
    assert given["key"] == offer.key
    assert given["success_action_redirect"] == f"https://psmn.test/library/{resource_id}?sent=1"
    assert given["x-amz-meta-name"] == "${filename}"
    assert fields[-1][0] == "file"


def test_the_script_sends_the_same_and_is_answered_without_a_redirect(anns: Browser) -> None:
    resource_id = describe(anns)
    form, fields = upload_form(anns.get(f"/library/share/{resource_id}/file"))
    by_form, by_script = dict(fields), json.loads(form["data-fields"])
    own = {"policy", "x-amz-signature", "x-amz-date", "success_action_redirect", "success_action_status", "file"}
    assert {name: value for name, value in by_script.items() if name not in own} == {
        name: value for name, value in by_form.items() if name not in own
    }
    assert by_script["success_action_status"] == "201"
    assert "success_action_redirect" not in by_script
    assert (form["data-then"], form["data-most"]) == (f"/library/{resource_id}?sent=1", str(MOST_BYTES))


def test_requirement_38_only_the_page_that_sends_a_file_runs_a_script_and_only_ours(anns: Browser) -> None:
    page = anns.get(f"/library/share/{describe(anns)}/file")
    scripts = list(page.tree.iter(f"{_HTML}script"))
    assert [(each.text, urlsplit(str(each.get("src"))).path[:15]) for each in scripts] == [(None, "/assets/upload.")]
    assert page.headers["content-security-policy"] == content_policy(forms=(BUCKET,), connects=(BUCKET,), scripts=True)
    script = anns.get(str(scripts[0].get("src")))
    assert script.headers["content-type"].startswith("text/javascript")
    assert "<script" not in anns.get(f"/library/share/{begin(anns)}/details").text


def test_requirement_67_the_form_for_a_file_offers_no_recording(anns: Browser) -> None:
    page = anns.get(f"/library/share/{describe(anns)}/file")
    (field,) = [each for each in page.tree.iter(f"{_HTML}input") if each.get("type") == "file"]
    assert str(field.get("accept")).split(",") == [f".{kind.value}" for kind in FileKind]
    assert "No sound, no film" in page.words


@pytest.mark.parametrize("reason", Reason)
def test_a_refused_file_is_explained_with_how_to_save_one_that_is_taken(
    sharing: Sharing, anns: Browser, reason: Reason
) -> None:
    resource_id = describe(anns)
    send(sharing, resource_id, Inspected(reason=reason))
    page = anns.get(f"/library/{resource_id}")
    told = words.refusal(reason)
    for sentence in ("Not accepted", *told):
        assert " ".join(sentence.split()) in page.words
    assert "Choose another file" in page.words
    assert "Download the file" not in page.words


def test_e24_a_planted_number_holds_the_deck_says_where_and_a_clean_copy_goes_on(
    sharing: Sharing, anns: Browser
) -> None:
    resource_id = describe(anns)
    send(sharing, resource_id, NHS_NUMBER_ON_SLIDE_3)
    held = anns.get(f"/library/{resource_id}")
    assert "A person has to look" in held.words
    assert "A number that looks like an NHS number, on slide 3" in held.words
    assert "If it is about a patient, take it out and send a new copy" in held.words

    assert anns.post(f"/library/share/{resource_id}/file").status == 303
    send(sharing, resource_id, Inspected(kind=FileKind.SLIDES))

    clean = anns.get(f"/library/{resource_id}")
    assert "Waiting for a coordinator" in clean.words
    assert "NHS number" not in clean.words


@pytest.mark.parametrize("sign", Sign)
def test_every_sign_says_what_was_found_and_what_to_do(sharing: Sharing, anns: Browser, sign: Sign) -> None:
    resource_id = describe(anns)
    found = (Finding(sign=sign, place="page 2"), Finding(sign=sign, place="the file's properties", count=3))
    send(sharing, resource_id, Inspected(kind=FileKind.WORD, findings=found))
    page = anns.get(f"/library/{resource_id}")
    for each in found:
        assert words.found(each) in page.words
    assert page.words.count(words.advice(sign)) == 1


def test_hints_are_said_and_stop_nothing_and_names_in_the_file_are_shown(sharing: Sharing, anns: Browser) -> None:
    """Security requirement 37."""
    resource_id = describe(anns)
    inspected = Inspected(kind=FileKind.WORD, hints=tuple(Hint), people=("Ann Example", "Ben <b>Bold</b>"))
    send(sharing, resource_id, inspected)
    page = anns.get(f"/library/{resource_id}")
    for hint in Hint:
        assert words.hint(hint) in page.words
    assert "This file says it was made by Ann Example, Ben <b>Bold</b> ." in page.words
    assert item(sharing, resource_id).offer is not None
    assert "Waiting for a coordinator" in page.words


@pytest.mark.parametrize("kind", FileKind)
def test_every_kind_of_file_has_a_name_that_people_use(sharing: Sharing, anns: Browser, kind: FileKind) -> None:
    resource_id = share(sharing, anns, Inspected(kind=kind))
    assert f"{words.kind(kind)}, 1 KB" in anns.get(f"/library/{resource_id}").words


def test_before_another_file_is_sent_the_page_says_how_the_one_before_fares(sharing: Sharing, anns: Browser) -> None:
    resource_id = describe(anns)
    send(sharing, resource_id, Inspected(reason=Reason.MACROS))
    page = anns.get(f"/library/share/{resource_id}/file")
    assert "Not accepted We cannot take this file. If you send another file, we forget the one" in page.words


@pytest.mark.parametrize("scan", [Scan.UNSUPPORTED, Scan.ACCESS_DENIED, Scan.FAILED])
def test_a_file_that_nobody_could_check_is_said_so(sharing: Sharing, anns: Browser, scan: Scan) -> None:
    resource_id = describe(anns)
    send(sharing, resource_id, scan=scan)
    page = anns.get(f"/library/{resource_id}")
    assert words.stage(Stage.UNCHECKED).text in page.words
    assert "Choose another file" in page.words


def test_new_words_for_something_published_show_at_once_and_its_file_stays(
    sharing: Sharing, anns: Browser, bens: Browser
) -> None:
    resource_id = share(sharing, anns)
    assert anns.get(f"/library/share/{resource_id}/details").value_of("title") == FALLS["title"]

    page = anns.post(f"/library/share/{resource_id}/details", FALLS | {"title": "Falls huddle, 2nd edition"})

    assert page.location == f"/library/{resource_id}?done=described"
    assert "What you wrote is saved." in anns.get(page.location).words
    assert "Falls huddle, 2nd edition" in bens.get(f"/library/{resource_id}").words
    assert bens.post(f"/library/{resource_id}/file").status == 303


def test_a_newer_file_waits_while_members_go_on_getting_the_old_one(
    sharing: Sharing, anns: Browser, bens: Browser
) -> None:
    resource_id = share(sharing, anns)
    before = item(sharing, resource_id).file
    another = anns.get(f"/library/share/{resource_id}/file")
    assert "Members get the present file until a coordinator has published the new one" in another.words

    send_again(sharing, anns, resource_id)

    page = anns.get(f"/library/{resource_id}")
    assert "Published Waiting for a coordinator" in page.words
    assert "Your newer file is not in the library yet." in page.words
    assert item(sharing, resource_id).file == before
    assert before is not None
    assert before.key in bens.post(f"/library/{resource_id}/file").location
    assert "Waiting for a coordinator" not in bens.get(f"/library/{resource_id}").words


def test_requirement_27_after_many_files_in_a_day_ann_is_told_to_come_back(
    sharing: Sharing, anns: Browser, ann: Member
) -> None:
    for number in range(MOST_OFFERS_A_DAY - 1):
        sharing.asked(ann, f"Item {number}")
    resource_id = describe(anns)
    send(sharing, resource_id, Inspected(reason=Reason.EMPTY))

    page = anns.post(f"/library/share/{resource_id}/file")

    assert page.status == 429
    assert "Come back tomorrow" in page.words
    assert item(sharing, resource_id).words is not None


def test_ann_withdraws_what_she_shared_and_only_she_sees_what_became_of_it(
    sharing: Sharing, anns: Browser, bens: Browser, coras: Browser
) -> None:
    resource_id = share(sharing, anns)
    assert anns.post(f"/library/{resource_id}").error_beside("action") is None
    assert anns.post(f"/library/{resource_id}").status == 422

    page = anns.post(f"/library/{resource_id}", action="withdraw")

    assert page.location == f"/library/{resource_id}?done=withdrawn"
    after = anns.get(page.location)
    assert "You have withdrawn this." in after.words
    assert "Only you can see this page." in after.words
    assert "Withdraw it" not in after.words
    assert "Withdrawn" in anns.get("/library/shared").words
    for browser in (bens, coras):
        for path in (f"/library/{resource_id}", f"/library/{resource_id}/file", f"/coordinate/library/{resource_id}"):
            assert is_nothing(browser, browser.get(path)), path
    for path in ("details", "file"):
        assert is_nothing(anns, anns.get(f"/library/share/{resource_id}/{path}"))


@pytest.mark.parametrize("path", ["/library/share/{id}/details", "/library/share/{id}/file"])
def test_requirement_14_the_steps_of_sharing_are_for_the_one_who_shares(
    sharing: Sharing, anns: Browser, bens: Browser, coras: Browser, path: str
) -> None:
    for resource_id in (describe(anns), share(sharing, anns)):
        before = item(sharing, resource_id)
        for browser in (bens, coras):
            where = path.format(id=resource_id)
            assert is_nothing(browser, browser.get(where))
            assert is_nothing(browser, browser.post(where, FALLS | {"title": "Mine now"}))
        assert item(sharing, resource_id) == before
        assert is_nothing(bens, bens.post(f"/library/{resource_id}", action="withdraw"))


def test_two_windows_of_ann_do_not_undo_each_other(sharing: Sharing, anns: Browser, network: Network) -> None:
    """Security requirement 77: a button that is pressed twice does what it does once."""
    resource_id = describe(anns)
    for _ in range(2):
        assert anns.post(f"/library/share/{resource_id}/file").status == 303
    first = item(sharing, resource_id)
    send(sharing, resource_id)
    assert anns.post(f"/library/{resource_id}", action="withdraw").status == 303
    assert anns.post(f"/library/{resource_id}", action="withdraw").status == 303
    assert item(sharing, resource_id).version > first.version
