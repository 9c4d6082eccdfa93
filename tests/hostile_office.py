"""Office and OpenDocument files that must never be taken, each with the reason it is refused for."""

from functions.resources.inspected import Reason
from tests import documents
from tests.hostile import (
    MP3,
    MP4,
    OLE,
    PROGRAM,
    RELATIONSHIPS,
    Hostile,
    added,
    changed,
    entries_of,
    linked,
    put,
    zipped,
)


def office() -> list[Hostile]:
    """Word, PowerPoint and Excel files."""
    letter, deck, book = documents.letter(), documents.deck(), documents.workbook()
    macros = added(letter, "word/vbaProject.bin", OLE, kind="application/vnd.ms-office.vbaProject")
    renamed = changed(
        letter,
        "[Content_Types].xml",
        lambda types: types.replace(
            b"application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml",
            b"application/vnd.ms-word.document.macroEnabled.main+xml",
        ),
    )

    def field(instruction: str) -> bytes:
        run = f'<w:p><w:fldSimple w:instr="{instruction}"><w:r><w:t>x</w:t></w:r></w:fldSimple></w:p><w:sectPr'
        return put(letter, "word/document.xml", "<w:sectPr", run)

    def split_field(*pieces: str) -> bytes:
        runs = "".join(f"<w:r><w:instrText>{piece}</w:instrText></w:r>" for piece in pieces)
        around = '<w:r><w:fldChar w:fldCharType="{}"/></w:r>'
        whole = f"<w:p>{around.format('begin')}{runs}{around.format('end')}</w:p><w:sectPr"
        return put(letter, "word/document.xml", "<w:sectPr", whole)

    def formula(text: str) -> bytes:
        return put(book, "xl/worksheets/sheet1.xml", "</row>", f'<c r="Z1"><f>{text}</f><v>0</v></c></row>')

    def press(action: str) -> bytes:
        click = (
            f'<p:cNvPr id="900" name="x"><a:hlinkClick xmlns:r="{RELATIONSHIPS}" r:id="" action="{action}"/></p:cNvPr>'
        )
        return put(deck, "ppt/slides/slide1.xml", "<p:nvPr", f"<p:nvPr><p:x>{click}</p:x></p:nvPr><p:nvPr")

    icon = '<svg xmlns="http://www.w3.org/2000/svg"{}>{}</svg>'
    return [
        Hostile("a Word file with macros", "a.docm", macros, Reason.MACROS),
        Hostile("a Word file with macros under a plain name", "a.docx", macros, Reason.MACROS),
        Hostile("a Word file that says it has macros under a plain name", "a.docx", renamed, Reason.MACROS),
        Hostile("macros that nothing refers to", "a.pptx", added(deck, "ppt/vbaProject.bin", b"x"), Reason.MACROS),
        Hostile(
            "an old sheet of macros",
            "a.xlsx",
            added(book, "xl/macrosheets/sheet1.xml", b"<x/>", kind="application/vnd.ms-excel.macrosheet+xml"),
            Reason.MACROS,
        ),
        Hostile("a ribbon of its own", "a.docx", added(letter, "customUI/customUI.xml", b"<x/>"), Reason.MACROS),
        Hostile("an ActiveX control", "a.docx", added(letter, "word/activeX/activeX1.xml", b"<x/>"), Reason.MACROS),
        Hostile(
            "a template from elsewhere",
            "a.docx",
            linked(letter, "word/settings.xml", "attachedTemplate", "https://example.com/t.dotm"),
            Reason.LINKED_CONTENT,
        ),
        *(
            Hostile(
                f"a {kind} from elsewhere",
                "a.docx",
                linked(letter, "word/document.xml", kind, "https://example.com/x"),
                why,
            )
            for kind, why in (
                ("oleObject", Reason.LINKED_CONTENT),
                ("image", Reason.LINKED_CONTENT),
                ("frame", Reason.LINKED_CONTENT),
                ("subDocument", Reason.LINKED_CONTENT),
                ("aFChunk", Reason.LINKED_CONTENT),
                ("video", Reason.RECORDING),
                ("somethingNew", Reason.LINKED_CONTENT),
            )
        ),
        Hostile(
            "a link that runs a script",
            "a.docx",
            linked(letter, "word/document.xml", "hyperlink", "javascript:alert(1)"),
            Reason.LINKED_CONTENT,
        ),
        Hostile(
            "a link into a program's settings",
            "a.docx",
            linked(letter, "word/document.xml", "hyperlink", "ms-msdt:/id"),
            Reason.LINKED_CONTENT,
        ),
        Hostile(
            "an object of another program",
            "a.docx",
            linked(
                added(letter, "word/embeddings/oleObject1.bin", OLE, kind="application/vnd.x"),
                "word/document.xml",
                "oleObject",
                "embeddings/oleObject1.bin",
                outside=False,
            ),
            Reason.LINKED_CONTENT,
        ),
        Hostile(
            "an object that nothing refers to",
            "a.docx",
            added(letter, "word/embeddings/oleObject1.bin", OLE, kind="application/vnd.x"),
            Reason.LINKED_CONTENT,
        ),
        Hostile(
            "a workbook inside a letter",
            "a.docx",
            linked(
                added(letter, "word/embeddings/book.xlsx", book, kind="application/vnd.x"),
                "word/document.xml",
                "package",
                "embeddings/book.xlsx",
                outside=False,
            ),
            Reason.LINKED_CONTENT,
        ),
        Hostile("a letter inside a letter", "a.docx", added(letter, "word/media/a.bin", letter), Reason.LINKED_CONTENT),
        Hostile(
            "a program inside a letter",
            "a.docx",
            added(letter, "word/media/a.png", PROGRAM, kind="image/png"),
            Reason.PROGRAM,
        ),
        Hostile(
            "a page inside a letter",
            "a.docx",
            added(letter, "word/a.htm", b"<html>", kind="text/html"),
            Reason.LINKED_CONTENT,
        ),
        Hostile(
            "data from another program",
            "a.docx",
            field("DDEAUTO c:\\\\windows\\\\system32\\\\cmd.exe &quot;/k&quot;"),
            Reason.LINKED_CONTENT,
        ),
        Hostile(
            "data from another program, in pieces", "a.docx", split_field("DD", "EAUTO c:\\cmd"), Reason.LINKED_CONTENT
        ),
        Hostile(
            "a picture fetched by a field",
            "a.docx",
            field("INCLUDEPICTURE http://example.com/x.png"),
            Reason.LINKED_CONTENT,
        ),
        Hostile("a formula that asks another program", "a.xlsx", formula("cmd|'/C calc'!A0"), Reason.LINKED_CONTENT),
        Hostile(
            "a formula that fetches", "a.xlsx", formula('_xlfn.WEBSERVICE("http://example.com")'), Reason.LINKED_CONTENT
        ),
        Hostile(
            "a link to another workbook",
            "a.xlsx",
            linked(
                added(book, "xl/externalLinks/externalLink1.xml", b"<externalLink/>"),
                "xl/workbook.xml",
                "externalLink",
                "externalLinks/externalLink1.xml",
                outside=False,
            ),
            Reason.LINKED_CONTENT,
        ),
        Hostile(
            "data from a database",
            "a.xlsx",
            linked(
                added(book, "xl/connections.xml", b"<connections/>"),
                "xl/workbook.xml",
                "connections",
                "connections.xml",
                outside=False,
            ),
            Reason.LINKED_CONTENT,
        ),
        Hostile("a press that starts a program", "a.pptx", press("ppaction://program"), Reason.PROGRAM),
        Hostile("a press that starts a macro", "a.pptx", press("ppaction://macro?name=x"), Reason.MACROS),
        Hostile(
            "a film in a deck", "a.pptx", added(deck, "ppt/media/media1.mp4", MP4, kind="video/mp4"), Reason.RECORDING
        ),
        Hostile(
            "a film called a picture", "a.pptx", added(deck, "ppt/media/a.png", MP4, kind="image/png"), Reason.RECORDING
        ),
        Hostile("a sound in a deck", "a.pptx", added(deck, "ppt/media/a.bin", MP3), Reason.RECORDING),
        Hostile(
            "an icon with a script",
            "a.pptx",
            added(deck, "ppt/media/a.svg", icon.format("", "<script>1</script>").encode(), kind="image/svg+xml"),
            Reason.WEB_PAGE,
        ),
        Hostile(
            "an icon that does something when it is shown",
            "a.pptx",
            added(deck, "ppt/media/a.svg", icon.format(' onload="1"', "").encode(), kind="image/svg+xml"),
            Reason.WEB_PAGE,
        ),
        Hostile(
            "an entity in a part",
            "a.docx",
            changed(
                letter,
                "word/document.xml",
                lambda part: part.replace(b"?>", b'?><!DOCTYPE x [<!ENTITY a "b">]>', 1),
            ),
            Reason.BROKEN,
        ),
        Hostile(
            "an entity in a part nobody reads, in another alphabet",
            "a.docx",
            added(
                letter,
                "customXml/item9.xml",
                '<?xml version="1.0" encoding="utf-16"?><!DOCTYPE x><x/>'.encode("utf-16"),
            ),
            Reason.BROKEN,
        ),
        Hostile(
            "a part of which nothing is said",
            "a.docx",
            changed(letter, "word/a.exe", lambda _: PROGRAM),
            Reason.PROGRAM,
        ),
        Hostile("a slide show called a letter", "a.docx", deck, Reason.NOT_AS_NAMED),
        Hostile("a letter called a workbook", "a.xlsx", letter, Reason.NOT_AS_NAMED),
        Hostile("an OpenDocument text called a letter", "a.docx", documents.open_text(), Reason.NOT_AS_NAMED),
    ]


def open_document() -> list[Hostile]:
    """OpenDocument files."""
    text, show, sheet = documents.open_text(), documents.open_slides(), documents.open_sheet()
    image = (
        '<draw:frame xmlns:draw="urn:oasis:names:tc:opendocument:xmlns:drawing:1.0">'
        '<draw:{} xmlns:xlink="http://www.w3.org/1999/xlink" xlink:href="{}"/></draw:frame></office:text>'
    )

    def drawn(element: str, address: str) -> bytes:
        return put(text, "content.xml", "</office:text>", image.format(element, address))

    encrypted = '<m:encryption-data xmlns:m="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"/></manifest:manifest>'
    entries = entries_of(text)
    late = {name: body for name, body in entries.items() if name != "mimetype"} | {"mimetype": entries["mimetype"]}
    return [
        Hostile(
            "an OpenDocument text with Basic",
            "a.odt",
            changed(text, "Basic/Standard/Module1.xml", lambda _: b"<x/>"),
            Reason.MACROS,
        ),
        Hostile(
            "an OpenDocument text with Python",
            "a.odt",
            changed(text, "Scripts/python/a.py", lambda _: b"1"),
            Reason.MACROS,
        ),
        Hostile(
            "a macro that an event starts",
            "a.odt",
            put(text, "content.xml", "</office:text>", '<script:event-listener xmlns:script="urn:x"/></office:text>'),
            Reason.MACROS,
        ),
        Hostile(
            "an encrypted OpenDocument text",
            "a.odt",
            put(text, "META-INF/manifest.xml", "</manifest:manifest>", encrypted),
            Reason.ENCRYPTED,
        ),
        Hostile(
            "a picture from elsewhere", "a.odt", drawn("image", "https://example.com/x.png"), Reason.LINKED_CONTENT
        ),
        Hostile("a picture from a shared drive", "a.odt", drawn("image", "//server/x.png"), Reason.LINKED_CONTENT),
        Hostile(
            "an object of another program in it", "a.odt", drawn("object-ole", "./Object 1"), Reason.LINKED_CONTENT
        ),
        Hostile("a frame with a page", "a.odt", drawn("floating-frame", "https://example.com"), Reason.LINKED_CONTENT),
        Hostile(
            "a film in an OpenDocument show", "a.odp", changed(show, "Media/a.mp4", lambda _: MP4), Reason.RECORDING
        ),
        Hostile("a binary object", "a.ods", changed(sheet, "Object 1", lambda _: OLE), Reason.LINKED_CONTENT),
        Hostile("a spreadsheet called a text", "a.odt", sheet, Reason.NOT_AS_NAMED),
        Hostile(
            "a text that says what it is too late", "a.odt", zipped(late, stored=("mimetype",)), Reason.NOT_AS_NAMED
        ),
    ]
