"""What a browser may do with the buckets, and what the shelf keeps (security requirements 17, 27 and 35)."""

import base64
import json
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.membership.model import Member
from functions.resources.inspected import MOST_BYTES, FileKind
from functions.resources.model import File, Offer
from functions.resources.shelf import Edition, Moved, Shelf, _label
from tests.library import LIBRARY, QUARANTINE, Sharing
from tests.network import Network

BACK = "https://psmn.test/library/0123?sent=1"


def policy(fields: Any) -> dict[str, Any]:
    made: dict[str, Any] = json.loads(base64.b64decode(fields["policy"]))
    return made


def offer(network: Network) -> Offer:
    return Offer(key="0123/abc", asked_at=network.clock.now())


def test_requirement_17_an_upload_form_fixes_key_size_and_type(sharing: Sharing, network: Network) -> None:
    upload = sharing.shelf.upload_form(offer(network), BACK)
    conditions = policy(upload.fields)["conditions"]

    assert {"key": "0123/abc"} in conditions
    assert {"bucket": QUARANTINE} in conditions
    assert ["content-length-range", 1, MOST_BYTES] in conditions
    assert {"Content-Type": "application/octet-stream"} in conditions
    assert {"success_action_redirect": BACK} in conditions
    free = [each for each in conditions if isinstance(each, list) and each[0] == "starts-with"]
    assert free == [["starts-with", "$x-amz-meta-name", ""]]
    assert upload.fields["x-amz-meta-name"] == "${filename}"


def test_a_form_for_a_script_is_answered_and_not_sent_on(sharing: Sharing, network: Network) -> None:
    upload = sharing.shelf.upload_form(offer(network), None)
    assert {"success_action_status": "201"} in policy(upload.fields)["conditions"]
    assert "success_action_redirect" not in upload.fields


def test_requirement_17_and_35_a_download_lasts_five_minutes_and_is_saved_and_not_opened(sharing: Sharing) -> None:
    file = File(key="abc", name="a.pdf", kind=FileKind.PDF, size=1, checksum="c")
    asked = parse_qs(urlsplit(sharing.shelf.download(file, 'Y Bŵth "draft".pdf')).query)

    assert asked["X-Amz-Expires"] == ["300"]
    assert asked["response-content-type"] == ["application/octet-stream"]
    assert asked["response-cache-control"] == ["no-store"]
    (disposition,) = asked["response-content-disposition"]
    plain, _, whole = disposition.partition("; filename*=UTF-8''")
    assert plain == 'attachment; filename="Y B_th _draft_.pdf"'
    assert unquote(whole) == 'Y Bŵth "draft".pdf'


def test_the_origins_are_those_that_the_forms_and_links_go_to(sharing: Sharing, network: Network) -> None:
    file = File(key="abc", name="a.pdf", kind=FileKind.PDF, size=1, checksum="c")
    shelf = sharing.shelf
    assert shelf.upload_form(offer(network), BACK).url.startswith(shelf.quarantine_origin + "/")
    assert shelf.download(file, "a.pdf").startswith(shelf.library_origin + "/")
    assert shelf.library_origin == f"https://{LIBRARY}.s3.eu-west-2.amazonaws.com"


@pytest.mark.parametrize(
    ("kept", "name"),
    [
        ("slides.pptx", "slides.pptx"),
        ("=?UTF-8?Q?Bw=C5=B5th.pptx?=", "Bwŵth.pptx"),
        (r"C:\Users\ann\slides.pptx", "slides.pptx"),
        ("../../etc/passwd", "passwd"),
        ("=?no-such-encoding?Q?x?=", "=?no-such-encoding?Q?x?="),
    ],
)
def test_a_file_is_called_what_its_sharer_calls_it_and_never_a_path(kept: str, name: str) -> None:
    assert _label(kept) == name


@given(st.text())
def test_any_name_can_be_read(name: str) -> None:
    assert "/" not in _label(name)


def test_the_index_is_written_by_one_at_a_time(sharing: Sharing, tmp_path: Path) -> None:
    shelf, path = sharing.shelf, tmp_path / "index"
    path.write_bytes(b"one")
    assert shelf.index_edition() is None
    shelf.put_index(path, "2026-11-23T10:00:00Z", "1", over=None)
    first = shelf.index_edition()
    assert first is not None
    assert (first.until, first.make) == ("2026-11-23T10:00:00Z", "1")
    with pytest.raises(Moved):
        shelf.put_index(path, "2026-11-23T10:00:01Z", "1", over=None)

    path.write_bytes(b"two")
    shelf.put_index(path, "2026-11-23T10:00:02Z", "1", over=first)
    with pytest.raises(Moved):
        shelf.put_index(path, "2026-11-23T10:00:03Z", "1", over=first)


def test_an_index_that_is_known_is_not_fetched_again(sharing: Sharing, tmp_path: Path) -> None:
    shelf, path, here = sharing.shelf, tmp_path / "index", tmp_path / "here"
    assert shelf.fetch_index(here, None) is None
    path.write_bytes(b"one")
    shelf.put_index(path, "2026-11-23T10:00:00Z", "1", over=None)

    edition = shelf.fetch_index(here, None)
    assert here.read_bytes() == b"one"
    here.write_bytes(b"as it is")
    assert shelf.fetch_index(here, edition) == edition
    assert here.read_bytes() == b"as it is"

    shelf.put_index(path, "2026-11-23T10:00:01Z", "1", over=edition)
    assert isinstance(shelf.fetch_index(here, Edition("other", "", "")), Edition)
    assert here.read_bytes() == b"one"


def test_what_was_discarded_is_gone_and_discarding_again_is_no_error(sharing: Sharing, ann: Member) -> None:
    item = sharing.checked(ann)
    assert item.offer is not None
    assert item.offer.file is not None
    shelf: Shelf = sharing.shelf
    assert shelf.words(item.offer.file) == sharing.finds.parts
    for _ in range(2):
        shelf.discard(item.offer.file.key)
    assert sharing.kept() == set()
    assert shelf.words(item.offer.file) == ()
