"""The name under which a browser saves a file: a label, and never a path (security requirement 35)."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.resources.inspected import FileKind
from functions.resources.naming import LONGEST, saved_as


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("Falls huddle checklist", "Falls huddle checklist.docx"),
        ("Llithro: rhestr wirio ŵyl", "Llithro rhestr wirio ŵyl.docx"),
        ("Learning from O'Brien", "Learning from O Brien.docx"),
        ("../../etc/passwd", "etc passwd.docx"),
        ("C:\\Windows\\system32", "C Windows system32.docx"),
        ("a\r\nContent-Type: text/html", "a Content-Type text html.docx"),
        ('quotes " and ; semicolons', "quotes and semicolons.docx"),
        ("gpj.\u202eexe", "gpj. exe.docx"),
        (".bashrc", "bashrc.docx"),
        ("report.exe", "report.exe.docx"),
        ("CON", "Document CON.docx"),
        ("lpt1.notes", "Document lpt1.notes.docx"),
        ("!!!", "Document.docx"),
        ("", "Document.docx"),
    ],
)
def test_a_file_is_called_what_its_title_says(title: str, name: str) -> None:
    assert saved_as(title, FileKind.WORD) == name


@given(st.text(max_size=300), st.sampled_from(FileKind))
def test_whatever_the_title_a_name_is_one_plain_name_with_the_ending_of_what_is_inside(
    title: str, kind: FileKind
) -> None:
    name = saved_as(title, kind)
    stem, _, ending = name.rpartition(".")
    assert ending == kind.value
    assert 0 < len(stem) <= LONGEST + len("Document ")
    assert stem == stem.strip(" .")
    assert not set(name) & set("/\\:*?\"<>|;%'")
    assert not any(unicodedata.category(each) in {"Cc", "Cf", "Cs", "Zl", "Zp"} for each in name)
    assert name.isprintable()
    assert saved_as(title, kind) == name
