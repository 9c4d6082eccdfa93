"""What a file is made of decides whether it is taken (security requirements 28, 29, 30 and 31)."""

import io
import struct
import zipfile
from collections.abc import Callable

import pptx
import pytest
from pptx.chart.data import CategoryChartData
from pptx.enum.chart import XL_CHART_TYPE

from functions.resources.inspected import MOST_BYTES, FileKind, Reason
from functions.resources.inspection import archive, structure
from functions.resources.inspection.look import look
from functions.resources.inspection.refusal import Refused
from tests import documents, hostile, hostile_office

CORPUS = [*hostile.corpus(), *hostile_office.office(), *hostile_office.open_document()]


def reason_for(content: bytes, name: str) -> Reason | None:
    return look(content, name).reason


@pytest.mark.parametrize("file", CORPUS, ids=lambda file: f"{file.about} ({file.name})")
def test_requirements_28_29_and_31_a_file_that_is_not_as_it_should_be_is_refused_for_its_reason(
    file: hostile.Hostile,
) -> None:
    found = look(file.content, file.name)
    assert found.reason is file.reason
    assert (found.findings, found.hints, found.title, found.people, found.parts) == ((), (), "", (), ())


@pytest.mark.parametrize(("name", "make"), documents.INNOCENT.items(), ids=documents.INNOCENT)
def test_an_innocent_file_of_each_kind_is_taken(name: str, make: Callable[[], bytes]) -> None:
    assert structure.check(make(), name) is FileKind(name.rpartition(".")[2])


@pytest.mark.parametrize("name", documents.INNOCENT)
@pytest.mark.parametrize("called", documents.INNOCENT)
def test_requirement_28_a_file_of_one_kind_is_not_taken_under_the_name_of_another(name: str, called: str) -> None:
    same = {name.rpartition(".")[2], called.rpartition(".")[2]} <= {"txt", "md"}
    assert (reason_for(documents.INNOCENT[name](), called) is None) == (name == called or same)


def test_capitals_in_an_ending_change_nothing() -> None:
    assert structure.check(documents.letter(), "LETTER.DOCX") is FileKind.WORD


def test_a_file_above_the_limit_is_refused_without_a_look_inside() -> None:
    with pytest.raises(Refused) as refusal:
        structure.check(bytes(MOST_BYTES + 1), "a.pdf")
    assert refusal.value.reason is Reason.TOO_LARGE


def test_links_that_a_reader_presses_are_welcome() -> None:
    for address in (
        "https://www.england.nhs.uk/x?a=1&amp;b=2",
        "mailto:a@nhs.net",
        "file:///S:/shared/a.docx",
        "a.docx",
    ):
        assert (
            reason_for(hostile.linked(documents.letter(), "word/document.xml", "hyperlink", address), "a.docx") is None
        )


def deck_with_chart(*, categories: tuple[str, ...] = ("May", "June")) -> bytes:
    show = pptx.Presentation()
    slide = show.slides.add_slide(show.slide_layouts[5])
    slide.shapes.title.text = "Falls"
    figures = CategoryChartData()
    figures.categories = categories
    figures.add_series("Falls", (1,) * len(categories))
    slide.shapes.add_chart(XL_CHART_TYPE.COLUMN_CLUSTERED, 0, 0, 1_000_000, 1_000_000, figures)
    return documents.saved(show)


def test_a_chart_may_bring_the_table_it_was_drawn_from() -> None:
    assert reason_for(deck_with_chart(), "a.pptx") is None


def test_requirement_29_the_table_behind_a_chart_must_be_plain_itself() -> None:
    def change(book: bytes) -> bytes:
        return hostile.added(book, "xl/vbaProject.bin", b"x", kind="application/vnd.ms-office.vbaProject")

    deck = deck_with_chart()
    name = next(entry for entry in hostile.entries_of(deck) if entry.endswith(".xlsx"))
    assert reason_for(hostile.changed(deck, name, change), "a.pptx") is Reason.MACROS


def test_an_icon_that_only_draws_is_welcome() -> None:
    icon = b'<svg xmlns="http://www.w3.org/2000/svg"><path d="M0 0"/><use href="#a"/></svg>'
    deck = hostile.added(documents.deck(), "ppt/media/icon.svg", icon, kind="image/svg+xml")
    assert reason_for(deck, "a.pptx") is None


def test_requirement_30_a_drawing_that_can_run_a_script_is_refused_alone_and_in_a_deck() -> None:
    drawing = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
    assert reason_for(drawing, "a.svg") is Reason.WEB_PAGE
    deck = hostile.added(documents.deck(), "ppt/media/icon.svg", drawing, kind="image/svg+xml")
    assert reason_for(deck, "a.pptx") is Reason.WEB_PAGE


def test_a_font_that_comes_along_may_begin_with_any_bytes() -> None:
    kind = "application/vnd.openxmlformats-officedocument.obfuscatedFont"
    for scrambled in (hostile.PROGRAM, b"\xff\xfb" + bytes(60)):
        assert (
            reason_for(hostile.added(documents.letter(), "word/fonts/font1.odttf", scrambled, kind=kind), "a.docx")
            is None
        )


def test_harmless_fields_and_formulas_are_welcome() -> None:
    field = '<w:p><w:fldSimple w:instr=" PAGEREF _Linked "><w:r><w:t>1</w:t></w:r></w:fldSimple></w:p><w:sectPr'
    assert reason_for(hostile.put(documents.letter(), "word/document.xml", "<w:sectPr", field), "a.docx") is None
    rows = (("=SUM(A2:A9)", '=IF(A2="a|b",1,2)'), ('="dde("', "=HYPERLINK(B1)"))
    assert reason_for(documents.workbook(rows), "a.xlsx") is None


class OneWay(io.RawIOBase):
    """A place to write to that cannot go back, so that a zip says how long each entry is only behind it."""

    def __init__(self) -> None:
        self.written = bytearray()

    def writable(self) -> bool:
        return True

    def write(self, data: bytes) -> int:  # type: ignore[override] # A zip is written in bytes.
        self.written += bytes(data)
        return len(data)


def streamed(content: bytes) -> bytes:
    place = OneWay()
    with zipfile.ZipFile(place, "w", zipfile.ZIP_DEFLATED) as written:  # type: ignore[call-overload] # It only writes.
        for name, body in hostile.entries_of(content).items():
            written.writestr(name, body)
    return bytes(place.written)


def test_a_zip_that_was_written_as_it_went_along_is_taken() -> None:
    letter = streamed(documents.letter())
    assert b"PK\x07\x08" in letter
    assert structure.check(letter, "a.docx") is FileKind.WORD


def test_requirement_28_what_follows_an_entry_must_be_its_own_sizes_and_nothing_else() -> None:
    letter = bytearray(streamed(documents.letter()))
    letter[letter.index(b"PK\x07\x08") + 4] ^= 1
    assert reason_for(bytes(letter), "a.docx") is Reason.TWO_IN_ONE


def test_requirement_31_sizes_are_added_up_before_anything_is_unpacked(monkeypatch: pytest.MonkeyPatch) -> None:
    def unpack(*_: object) -> None:
        raise AssertionError("Something was unpacked.")

    letter = documents.letter()
    monkeypatch.setattr(archive, "MOST_EXPANDED", 1_000)
    monkeypatch.setattr(archive.Archive, "chunks", unpack)
    assert reason_for(letter, "a.docx") is Reason.EXPANDS


def test_a_zip_of_the_longest_sizes_says_so_in_an_extra_field() -> None:
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w") as made, made.open("a", "w", force_zip64=True) as entry:
        entry.write(b"words")
    assert archive.Archive(written.getvalue()).read("a") == b"words"


def test_requirement_31_an_entry_that_is_not_as_long_as_it_says_is_not_read() -> None:
    made = bytearray(hostile.zipped({"a": b"words" * 9}))
    for place in (made.index(b"PK\x03\x04") + 22, made.index(b"PK\x01\x02") + 24):
        made[place : place + 4] = struct.pack("<L", 46)
    opened = archive.Archive(bytes(made))
    with pytest.raises(Refused) as refusal:
        opened.read("a")
    assert refusal.value.reason is Reason.BROKEN


INNOCENT_PDFS = {
    "an address with a script in its path": documents.pdf(
        objects=[b"<< /S /URI /URI (https://x.test/JS/JavaScript) >>"]
    ),
    "a title about scripts": documents.pdf(title="What (/Launch) and /JS do"),
    "a place to begin": documents.pdf(root=b"/OpenAction << /S /GoTo /D [20 0 R /Fit] >>"),
    "names that begin alike": documents.pdf(root=b"/JSomething 1 /Launcher 2 /EncryptMetadata true"),
    "space behind its end": documents.pdf() + b"\r\n\x00\x00",
    "objects in a stream": documents.pdf(
        objects=[
            documents.pdf_stream(
                b"30 0 31 9 << /A 1 >> (/JS words)", b"/Type /ObjStm /N 2 /First 10 /Filter /FlateDecode"
            )
        ]
    ),
}


@pytest.mark.parametrize("paper", INNOCENT_PDFS.values(), ids=INNOCENT_PDFS)
def test_a_pdf_that_only_looks_like_an_active_one_is_taken(paper: bytes) -> None:
    assert reason_for(paper, "a.pdf") is None


INNOCENT_TEXTS = {
    "in UTF-8 with a mark": "\ufeffCroeso i’r ŵyl".encode(),
    "in UTF-16": "Croeso i’r ŵyl".encode("utf-16"),
    "in the Windows of twenty years ago": "Learning – we’d do it again".encode("cp1252"),
    "with comparisons": b"if a < b and c > d: 3 <5",
    "that begins like a program, a recording and an archive": b"MZ Medical\nFORM A\nBZh",
    "of a form": b"FORM A: what happened",
    "of the test of virus scanners, which is the scanner's matter": hostile.EICAR,
}


@pytest.mark.parametrize("text", INNOCENT_TEXTS.values(), ids=INNOCENT_TEXTS)
def test_text_is_taken(text: bytes) -> None:
    found = look(text, "a.txt")
    assert found.reason is None
    assert found.parts[0].text.replace("\n", " ").isprintable()


@pytest.mark.parametrize(
    "text",
    [
        "A <b>bold</b> word, a<br>break, and <details><summary>more</summary>words</details>",
        "```html\n<script>alert(1)</script>\n```\nand `<iframe>` in a line",
        "[the page](https://example.com/javascript:x) and <https://example.com>",
        "The header of the metadata: <nhs-number>",
    ],
)
def test_markdown_may_have_words_set_and_code_shown(text: str) -> None:
    assert reason_for(text.encode(), "a.md") is None
