"""Whatever is in a file, looking at it ends in a verdict."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from functions.resources.inspected import Inspected
from functions.resources.inspection.look import look
from tests import documents, hostile

NAMES = [*documents.INNOCENT, "a.exe", "a", "", "."]
BEGINNINGS = [
    b"",
    b"PK\x03\x04",
    b"PK\x05\x06",
    b"%PDF-1.7\n1 0 obj\n<<",
    b"\xff\xfe",
    b"\xef\xbb\xbf",
    b"#!",
    hostile.OLE,
]
MADE = {name: make() for name, make in documents.INNOCENT.items()}


@given(st.sampled_from(BEGINNINGS), st.binary(max_size=300), st.sampled_from(NAMES) | st.text(max_size=20))
@settings(max_examples=150)
def test_any_bytes_under_any_name(beginning: bytes, rest: bytes, name: str) -> None:
    assert isinstance(look(beginning + rest, name), Inspected)


@pytest.mark.filterwarnings("default")  # pypdf warns of what is wrong in a file, and much is.
@given(st.data())
@settings(max_examples=100)
def test_any_innocent_file_after_an_accident(data: st.DataObject) -> None:
    name = data.draw(st.sampled_from(sorted(MADE)))
    content = bytearray(MADE[name])
    for _ in range(data.draw(st.integers(1, 4))):
        place = data.draw(st.integers(0, len(content) - 1))
        content[place : place + data.draw(st.integers(0, 20))] = data.draw(st.binary(max_size=20))
    assert isinstance(look(bytes(content), name), Inspected)


@given(st.sampled_from(sorted(set(MADE) - {"paper.pdf", "notes.txt", "read-me.md"})), st.data())
@settings(max_examples=60)
def test_any_office_file_with_an_accident_inside(name: str, data: st.DataObject) -> None:
    entries = hostile.entries_of(MADE[name])
    entry = data.draw(st.sampled_from(sorted(entries)))
    body = bytearray(entries[entry])
    place = data.draw(st.integers(0, len(body)))
    spanned = data.draw(st.integers(0, 30))
    body[place : place + spanned] = data.draw(
        st.sampled_from([b"", b"-1", b"9" * 30, b'""', b"rId99", b"<x>", b"\x00"])
    )
    again = hostile.zipped(entries | {entry: bytes(body)}, stored=("mimetype",))
    assert isinstance(look(again, name), Inspected)
