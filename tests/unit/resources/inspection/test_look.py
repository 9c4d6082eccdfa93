"""What is read of a file that is taken: its words by place, who made it, and what a person should look at."""

import io
import zipfile
from collections.abc import Callable
from datetime import date

import docx
import openpyxl
import pptx
import pytest
from openpyxl.comments import Comment
from pptx.chart.data import CategoryChartData
from pptx.enum.chart import XL_CHART_TYPE
from pptx.util import Inches

from functions.resources.inspected import FileKind, Finding, Hint, Inspected, Sign
from functions.resources.inspection import words
from functions.resources.inspection.look import MOST_PLACES, look
from tests import documents, hostile

NUMBERS = ("4505577104", "4857773457", "4010232137")
"""Three that pass their check, of the range for England."""
NUMBER = f"NHS number {documents.NHS_NUMBER}"


def places(found: Inspected, sign: Sign = Sign.NHS_NUMBER) -> list[str]:
    return [each.place for each in found.findings if each.sign is sign]


@pytest.mark.parametrize(("name", "make"), documents.INNOCENT.items(), ids=documents.INNOCENT)
def test_an_innocent_file_is_read_and_nothing_in_it_waits_for_a_person(name: str, make: Callable[[], bytes]) -> None:
    found = look(make(), name)
    assert (found.reason, found.findings) == (None, ())
    assert found.kind is FileKind(name.rpartition(".")[2])
    if not name.startswith(("notes", "counts", "sheet")):
        assert found.title == documents.TITLE
        assert all(any(said in part.text for part in found.parts) for said in documents.WORDS)
    assert found.people == (() if name.endswith((".md", ".txt")) else (documents.AUTHOR,))


@pytest.mark.parametrize(
    ("name", "make", "place"),
    [
        ("a.pptx", lambda: documents.deck(["One", NUMBER]), "slide 2"),
        ("a.pptx", lambda: documents.deck(["One"], notes=NUMBER), "the notes of slide 1"),
        ("a.docx", lambda: documents.letter([NUMBER]), "the text"),
        ("a.docx", lambda: documents.letter(header=NUMBER), "the headers"),
        ("a.docx", lambda: documents.letter(table=[["NHS number", "Ward"], [documents.NHS_NUMBER, "A"]]), "the text"),
        ("a.docx", lambda: documents.letter(title=NUMBER), "the file's properties"),
        ("a.xlsx", lambda: documents.workbook([["NHS number"], [9990000018]]), "sheet Counts"),
        ("a.xlsx", lambda: documents.workbook(hidden=[["NHS number"], ["999 000 0018"]]), "sheet Behind"),
        ("a.odt", lambda: documents.open_text([NUMBER]), "the text"),
        ("a.odt", lambda: documents.open_text(title=NUMBER), "the file's properties"),
        ("a.odp", lambda: documents.open_slides(["One", NUMBER]), "slide 2"),
        ("a.ods", lambda: documents.open_sheet([["NHS number"], [9990000018]]), "sheet Counts"),
        ("a.pdf", lambda: documents.pdf(["One", NUMBER]), "page 2"),
        ("a.pdf", lambda: documents.pdf(title=NUMBER), "the file's properties"),
        ("a.md", lambda: documents.markdown([NUMBER]), "the text"),
        ("a.txt", NUMBER.encode, "the text"),
    ],
)
def test_requirement_36_a_number_is_found_wherever_it_stands_in_each_kind_of_file(
    name: str, make: Callable[[], bytes], place: str
) -> None:
    assert places(look(make(), name)) == [place]


def letter_with_markup(words: str, *, part: str = "word/document.xml", before: str = "<w:sectPr") -> bytes:
    return hostile.put(documents.letter(), part, before, words + before)


@pytest.mark.parametrize(
    "markup",
    [
        "<w:p><w:del w:author='B Editor'><w:r><w:delText>{}</w:delText></w:r></w:del></w:p>",
        "<w:p><w:r><w:t>{}</w:t></w:r></w:p>",
        "<w:p><w:r><w:pict><w:x><w:txbxContent><w:p><w:t>{}</w:t></w:p></w:txbxContent></w:x></w:pict></w:r></w:p>",
        "<w:p><w:r><w:t>NHS num</w:t></w:r><w:r><w:t>ber 999 0</w:t></w:r><w:r><w:t>00 0018</w:t></w:r></w:p>",
    ],
    ids=["a deletion that can be undone", "a paragraph", "a text box", "a word in three pieces"],
)
def test_requirement_36_a_number_is_found_in_everything_that_word_can_show(markup: str) -> None:
    assert places(look(letter_with_markup(markup.format(NUMBER)), "a.docx")) == ["the text"]


def test_whoever_changed_or_noted_something_is_named() -> None:
    markup = "<w:p><w:ins w:author='Bo Editor'><w:r><w:t>x</w:t></w:r></w:ins></w:p>"
    assert look(letter_with_markup(markup), "a.docx").people == (documents.AUTHOR, "Bo Editor")


def test_pages_are_told_where_word_broke_them() -> None:
    markup = f"<w:p><w:r><w:lastRenderedPageBreak/><w:t>{NUMBER}</w:t></w:r></w:p>"
    assert places(look(letter_with_markup(markup), "a.docx")) == ["about page 2"]


def test_a_comment_of_word_is_read() -> None:
    document = docx.Document()
    paragraph = document.add_paragraph("A word")
    document.add_comment(paragraph.runs, text=NUMBER, author="Cy Commenter")
    found = look(documents.saved(document), "a.docx")
    assert places(found) == ["the comments"]
    assert "Cy Commenter" in found.people


def test_a_part_that_no_program_shows_is_looked_through() -> None:
    letter = hostile.added(documents.letter(), "customXml/item7.xml", f"<x><y>{NUMBER}</y></x>".encode())
    assert places(look(letter, "a.docx")) == ["another part of the file"]


def test_what_stands_on_the_buttons_of_a_sheet_is_looked_through() -> None:
    drawn = f"<xml><v:textbox><div>{NUMBER}<br></div></v:textbox></xml>".encode()
    kind = "application/vnd.openxmlformats-officedocument.vmlDrawing"
    book = hostile.added(documents.workbook(), "xl/drawings/vmlDrawing1.vml", drawn, kind=kind)
    assert places(look(book, "a.xlsx")) == ["another part of the file"]


def test_requirement_36_the_table_behind_a_chart_is_read_though_the_chart_shows_less() -> None:
    show = pptx.Presentation()
    figures = CategoryChartData()
    figures.categories = [NUMBER, "b"]
    figures.add_series("x", (1, 2))
    slide = show.slides.add_slide(show.slide_layouts[6])
    slide.shapes.add_chart(XL_CHART_TYPE.COLUMN_CLUSTERED, 0, 0, Inches(4), Inches(4), figures)
    assert set(places(look(documents.saved(show), "a.pptx"))) == {"slide 1", "the figures behind a chart"}


def test_requirement_36_what_a_pivot_table_keeps_is_read() -> None:
    values = "".join(f'<r><n v="{made}E0"/></r>' for made in NUMBERS)
    book = hostile.added(
        documents.workbook(),
        "xl/pivotCache/pivotCacheRecords1.xml",
        f"<pivotCacheRecords>{values}</pivotCacheRecords>".encode(),
    )
    assert places(look(book, "a.xlsx")) == ["the data behind a pivot table"]


def test_a_comment_and_a_date_on_a_sheet_are_read_as_they_are_shown() -> None:
    book = openpyxl.Workbook()
    book.active.title = "Falls"
    book.active.append(["Name", "DOB"])
    book.active.append(["Mary Jones", date(1961, 4, 3)])
    book.active["A1"].comment = Comment(NUMBER, "Cy Commenter")
    found = look(documents.saved(book), "a.xlsx")
    assert "03/04/1961" in found.parts[0].text
    assert places(found, Sign.BIRTH_DATE) == ["sheet Falls"]
    assert places(found) == ["the comments on sheet Falls"]


def test_a_long_number_that_a_sheet_keeps_in_another_way_is_the_same_number() -> None:
    cell = '<c r="B9"><v>9.990000018E9</v></c></row>'
    book = hostile.put(documents.workbook([["NHS number"]]), "xl/worksheets/sheet1.xml", "</row>", cell)
    assert "9990000018" in look(book, "a.xlsx").parts[0].text


def test_a_sheet_that_is_called_by_a_number_is_not_shown_by_it() -> None:
    book = openpyxl.Workbook()
    book.active.title = documents.NHS_NUMBER
    book.active.append([NUMBER])
    found = look(documents.saved(book), "a.xlsx")
    assert places(found) == ["sheet 1", "the names of the sheets"]
    assert documents.NHS_NUMBER not in "".join(part.place for part in found.parts)


def test_a_note_a_form_and_a_bookmark_of_a_pdf_are_read() -> None:
    note = documents.pdf(["One"]).replace(
        b"/Type /Page /", b"/Type /Page /Annots [<< /Subtype /Text /Contents (%s) >>] /" % NUMBER.encode()
    )
    assert places(look(note, "a.pdf")) == ["page 1"]
    marks = documents.pdf(root=b"/Outlines << /First 10 0 R >>", objects=[b"<< /Title (%s) >>" % NUMBER.encode()])
    assert places(look(marks, "a.pdf")) == ["the bookmarks"]


def test_a_pdf_whose_pages_cannot_be_found_or_read_is_held() -> None:
    assert places(look(documents.pdf([]), "a.pdf"), Sign.UNREADABLE) == ["the file"]
    broken = documents.pdf().replace(b"/FlateDecode", b"/LZWDecode  ", 1)
    assert places(look(broken, "a.pdf"), Sign.UNREADABLE) == ["page 1"]


@pytest.mark.filterwarnings("default")  # pypdf warns of what is wrong in a file.
def test_requirement_31_a_page_that_expands_without_end_is_held() -> None:
    bomb = documents.pdf(objects=[documents.pdf_stream(b" " * 90_000_000)])
    found = look(bomb.replace(b"/Contents 12 0 R", b"/Contents 10 0 R"), "a.pdf")
    assert "page 1" in places(found, Sign.UNREADABLE)


def test_words_beyond_the_limit_are_not_read_and_a_person_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(words, "MOST_CHARACTERS", 80)
    found = look(documents.deck(["a" * 60, "b" * 60, NUMBER]), "a.pptx")
    assert places(found, Sign.UNREADABLE) == ["the file's properties"]
    monkeypatch.setattr(words, "MOST_CHARACTERS", 6_000)
    found = look(documents.deck(["a" * 4_000, "b" * 4_000, NUMBER]), "a.pptx")
    assert places(found, Sign.UNREADABLE) == ["slide 2"]
    assert sum(len(part.text) for part in found.parts) <= 6_000


def test_requirement_37_a_photo_that_says_where_it_was_taken_is_named_and_another_is_not() -> None:
    many = "Some words about this photo, so that it is not all there is to see."
    assert look(documents.letter_with(documents.photo(with_place=True), words=many), "a.docx").findings == (
        Finding(sign=Sign.PHOTO_PLACE, place="a picture"),
    )
    assert look(documents.letter_with(documents.photo(), words=many), "a.docx").findings == ()


def test_requirement_37_the_slide_of_such_a_photo_is_told() -> None:
    show = pptx.Presentation()
    for _ in range(2):
        slide = show.slides.add_slide(show.slide_layouts[5])
        slide.shapes.title.text = "What the ward looks like"
    slide.shapes.add_picture(io.BytesIO(documents.photo(with_place=True)), 0, 0)
    assert places(look(documents.saved(show), "a.pptx"), Sign.PHOTO_PLACE) == ["slide 2"]


def test_requirement_37_a_place_in_a_photo_of_a_pdf_is_found() -> None:
    drawn = documents.photo(with_place=True)
    stream = b"<< /Subtype /Image /Filter /DCTDecode /Length %d >>\nstream\n%s\nendstream" % (len(drawn), drawn)
    paper = documents.pdf(["Words enough for a page"], objects=[stream])
    paper = paper.replace(b"/Resources <<", b"/Resources << /XObject << /I 10 0 R >>")
    assert places(look(paper, "a.pdf"), Sign.PHOTO_PLACE) == ["page 1"]


def test_a_scan_is_held_because_nobody_can_search_it() -> None:
    drawn = documents.photo()
    stream = b"<< /Subtype /Image /Filter /DCTDecode /Length %d >>\nstream\n%s\nendstream" % (len(drawn), drawn)
    scan = documents.pdf([" ", "Words enough"], objects=[stream])
    scan = scan.replace(b"/Resources <<", b"/Resources << /XObject << /I 10 0 R >>")
    assert look(scan, "a.pdf").findings == (Finding(sign=Sign.PICTURES_ONLY, place="page 1", count=1),)
    assert places(look(documents.letter_with(documents.photo()), "a.docx"), Sign.PICTURES_ONLY) == ["the text"]


@pytest.mark.parametrize(
    "title", ["", "PowerPoint Presentation", "Microsoft Word - draft3.doc", "untitled", "Slide 1", "draft.pptx"]
)
def test_a_title_that_says_nothing_gives_way_to_the_first_heading(title: str) -> None:
    assert look(documents.letter(title=title), "a.docx").title == documents.TITLE
    assert look(documents.deck(title=title), "a.pptx").title == "Part 1"
    assert look(documents.pdf(title=title), "a.pdf").title == documents.WORDS[0]


def test_hints_say_what_would_make_a_file_easier_to_use() -> None:
    plain = docx.Document()
    for _ in range(100):
        plain.add_paragraph("Words upon words without any heading among them.")
    assert look(documents.saved(plain), "a.docx").hints == (Hint.NO_HEADINGS,)
    assert Hint.PICTURES_WITHOUT_WORDS in look(documents.letter_with(documents.photo(), words="x"), "a.docx").hints
    assert look(documents.pdf(), "a.pdf").hints == (Hint.NO_LANGUAGE, Hint.PDF_ALONE, Hint.UNTAGGED_PDF)
    tagged = documents.pdf(
        root=b"/Lang (en-GB) /MarkInfo << /Marked true >> /StructTreeRoot << /Type /StructTreeRoot >>"
    )
    assert look(tagged, "a.pdf").hints == (Hint.PDF_ALONE,)
    show = pptx.Presentation()
    show.slides.add_slide(show.slide_layouts[6])
    assert Hint.SLIDES_WITHOUT_TITLES in look(documents.saved(show), "a.pptx").hints
    assert look(documents.deck(megabytes=0.1), "a.pptx").hints == ()


def test_nothing_that_was_found_stands_in_a_finding() -> None:
    found = look(documents.letter([NUMBER, "Mary Jones, DOB 03/04/1961"]), "a.docx")
    told = "".join(each.model_dump_json() for each in found.findings)
    assert found.findings
    assert not [secret for secret in ("999", "0018", "Mary", "1961") if secret in told]


def test_a_file_written_by_another_hand_is_read_as_well() -> None:
    """A zip of another order, with folders of their own, as some programs write it."""
    entries = hostile.entries_of(documents.letter([NUMBER]))
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w") as archive:
        archive.mkdir("word")
        for name in sorted(entries, reverse=True):
            archive.writestr(name, entries[name])
    assert places(look(written.getvalue(), "a.docx")) == ["the text"]


def test_requirement_84_a_file_full_of_numbers_names_the_first_places_and_counts_the_rest() -> None:
    """What is found is kept with the item, and an item of the table holds 400 kB."""
    found = look(documents.deck([NUMBER] * (MOST_PLACES + 30)), "deck.pptx")

    assert places(found) == [*(f"slide {place}" for place in range(1, MOST_PLACES + 1)), "other places"]
    assert found.findings[-1].count == 30
