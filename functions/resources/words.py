"""What people read about a file: why it is refused, what was found in it, how far it has come.

The pages and the mail say it in the same words.
"""

from collections.abc import Mapping
from typing import NamedTuple

from functions.resources.inspected import MOST_BYTES, FileKind, Finding, Hint, Reason, Sign
from functions.resources.model import Permission, Resource, Stage, Status


class Refusal(NamedTuple):
    """Why a file is refused."""

    title: str
    why: str
    how: str
    """How to save a copy that the library takes."""


_SAVE_AS_NEW = "Open it, choose Save As, and choose the kind {kinds}. Then send that copy."
_SAVE_ANEW = "Open it in the program that made it, choose Save As, and save a new copy. Then send that copy."
_PDF_ANEW = (
    "Open it, choose Print, then Save as PDF or Microsoft Print to PDF. Or save a PDF again from the document "
    "that it was made from. Then send that copy."
)

_REFUSALS: Mapping[Reason, Refusal] = {
    Reason.EMPTY: Refusal(
        "The file is empty",
        "There is nothing in the file that reached us.",
        "Open it on your computer to see that it is all there. If it is on a shared drive, copy it to your computer "
        "first. Then send it again.",
    ),
    Reason.TOO_LARGE: Refusal(
        "The file is too large",
        f"The library takes files of up to {MOST_BYTES // 2**20} MB. Larger ones do not open on a phone.",
        "In PowerPoint or Word, select a picture, choose Compress Pictures, then 150 pixels per inch for all pictures. "
        "Take out films and sound. Then save it and send it again.",
    ),
    Reason.MALWARE: Refusal(
        "The file may harm a computer",
        "Our scanner found something in it that it knows as harmful. We have not kept it for anybody to open.",
        "Do not send it to anybody. Tell the IT service where you work that a scanner found malware in this file. You "
        "can share a copy that they say is clean.",
    ),
    Reason.UNKNOWN_KIND: Refusal(
        "We do not take this kind of file",
        "The library takes documents, slides, sheets and plain text that everybody can open.",
        _SAVE_AS_NEW.format(kinds="Word (.docx), PowerPoint (.pptx), Excel (.xlsx) or PDF (.pdf)"),
    ),
    Reason.NOT_AS_NAMED: Refusal(
        "The file is not what its name says",
        "What is inside it is of another kind than the ending of its name. That happens when somebody renames a file.",
        _SAVE_ANEW,
    ),
    Reason.TWO_IN_ONE: Refusal(
        "There is a second file inside this one",
        "Something else is joined to the document, before or behind it. We cannot check that part, and it could do "
        "harm.",
        _SAVE_ANEW,
    ),
    Reason.OLD_OFFICE: Refusal(
        "The file is of an old kind",
        "It is a Word, PowerPoint or Excel file as they were before 2007. We cannot look inside those safely.",
        _SAVE_AS_NEW.format(kinds="Word Document (.docx), PowerPoint Presentation (.pptx) or Excel Workbook (.xlsx)"),
    ),
    Reason.ENCRYPTED: Refusal(
        "The file is locked with a password",
        "We cannot look inside it, and members could not open it.",
        "Open it with its password. In Word, PowerPoint or Excel, choose File, Info, Protect, Encrypt with Password, "
        "and empty the box. For a PDF, save a new one without a password. Then send that copy.",
    ),
    Reason.MACROS: Refusal(
        "The file has macros in it",
        "Macros are small programs. They can do harm, and NHS mail and computers block them.",
        _SAVE_AS_NEW.format(kinds="without macros (.docx, .pptx or .xlsx)"),
    ),
    Reason.LINKED_CONTENT: Refusal(
        "The file fetches something from elsewhere",
        "It is linked to a template, a picture, data or an object that is not in the file itself. That can do harm, "
        "and breaks on other people's computers.",
        "Choose File, Info, Edit Links to Files, then Break Link for each. Replace embedded objects, for example a "
        "sheet inside a document, by a picture of them. If a template is linked, copy everything to a new document. "
        "Then send that copy.",
    ),
    Reason.ACTIVE_PDF: Refusal(
        "The PDF can do things by itself",
        "It runs a script, starts a program, or carries other files inside it.",
        _PDF_ANEW,
    ),
    Reason.WEB_PAGE: Refusal(
        "The file is a web page",
        "Web pages and drawings of the kind SVG can run scripts in the browser of whoever opens them.",
        "Open it in your browser, choose Print, then Save as PDF. Then send the PDF.",
    ),
    Reason.ARCHIVE: Refusal(
        "The file holds other files",
        "We look at each file before anybody else gets it, and members choose from the words about each one.",
        "Unpack it, and share each document as an item of its own.",
    ),
    Reason.RECORDING: Refusal(
        "The file is a recording",
        "Sessions are never recorded, and what is said in them stays there. So the library takes no sound and no film, "
        "whoever made it.",
        "Share the slides, or write down in your own words what others can learn. If it is a film that anybody can "
        "watch, share a document that says where it is.",
    ),
    Reason.PROGRAM: Refusal(
        "The file is a program",
        "Programs, scripts and shortcuts can do harm, so the library takes none.",
        "If you meant to share a document, look where it is saved and choose that file itself, not a shortcut to it.",
    ),
    Reason.EXPANDS: Refusal(
        "The file is far larger inside than outside",
        "It unpacks to more than any document needs. That can stop the computer of whoever opens it.",
        "Take out parts that you do not need, such as very large pictures or sheets with empty rows to the end. "
        + _SAVE_ANEW,
    ),
    Reason.BROKEN: Refusal(
        "The file is damaged",
        "Its parts do not fit together, so it may not open on other computers. It may have been cut off on its way.",
        f"See whether it opens on your computer, and send it again. If we still say this: {_SAVE_ANEW}",
    ),
}


class SignWords(NamedTuple):
    """What was found in a file, once or several times, and what its sharer can do about it."""

    one: str
    many: str
    """With the number for ``{}``."""
    advice: str


_TAKE_OUT = (
    "Look at each place. If it is about a patient, take it out and send a new copy. If it is not, for example an order "
    "number or a made-up example, leave it: a coordinator looks at it and decides."
)

_SIGNS: Mapping[Sign, SignWords] = {
    Sign.NHS_NUMBER: SignWords(
        "A number that looks like an NHS number", "{} numbers that look like NHS numbers", _TAKE_OUT
    ),
    Sign.CHI_NUMBER: SignWords(
        "A number that looks like a CHI number, as patients have in Scotland",
        "{} numbers that look like CHI numbers, as patients have in Scotland",
        _TAKE_OUT,
    ),
    Sign.HC_NUMBER: SignWords(
        "A number that looks like a Health and Care number, as patients have in Northern Ireland",
        "{} numbers that look like Health and Care numbers, as patients have in Northern Ireland",
        _TAKE_OUT,
    ),
    Sign.BIRTH_DATE: SignWords(
        "What looks like a date of birth beside a name",
        "{} places with what looks like a date of birth beside a name",
        _TAKE_OUT,
    ),
    Sign.UNREADABLE: SignWords(
        "Words that we could not read, so nobody has looked for patient details in them",
        "{} places with words that we could not read, so nobody has looked for patient details in them",
        "Look through it yourself for patient details. A copy saved anew from the program that made it can often be "
        "read. A coordinator looks through it too.",
    ),
    Sign.PICTURES_ONLY: SignWords(
        "Pictures and hardly a word, as in a scan of paper",
        "{} places with pictures and hardly a word, as in a scan of paper",
        "Look through it yourself for patient details. If you have the document that was scanned, share that: people "
        "can search it, and a screen reader can read it out. A coordinator looks through it too.",
    ),
    Sign.PHOTO_PLACE: SignWords(
        "A photo that says where it was taken",
        "{} photos that say where they were taken",
        "If the place tells who somebody is or where they live, take the photo out, or put in a screenshot of it. A "
        "screenshot does not hold the place.",
    ),
}

_TYPED: Mapping[Sign, str] = {
    Sign.NHS_NUMBER: "a patient's NHS number",
    Sign.CHI_NUMBER: "a patient's CHI number",
    Sign.HC_NUMBER: "a patient's Health and Care number",
    Sign.BIRTH_DATE: "a patient's date of birth",
}

_HINTS: Mapping[Hint, str] = {
    Hint.NO_HEADINGS: "It has no headings. With the heading styles, people find their way, and so do screen readers.",
    Hint.PICTURES_WITHOUT_WORDS: (
        "Some pictures have no description. Choose a picture, then Edit Alt Text, and say in a few words what it shows."
    ),
    Hint.UNTAGGED_PDF: (
        "A screen reader cannot tell in which order to read this PDF. Save it again as a PDF, with the option Document "
        "structure tags for accessibility."
    ),
    Hint.PDF_ALONE: (
        "A PDF is hard to read on a phone and hard to change. The document that it was made from helps more people."
    ),
    Hint.SLIDES_WITHOUT_TITLES: (
        "Some slides have no title. With a title on each, a screen reader can tell one slide from the next."
    ),
    Hint.NO_LANGUAGE: "It does not say which language it is in, so a screen reader may read it out in the wrong one.",
}


class StageWords(NamedTuple):
    """How far an offered file has come: as a tag, and as its sharer reads it."""

    tag: str
    colour: str
    """Of the tag. The words alone say it."""
    text: str


_STAGES: Mapping[Stage, StageWords] = {
    Stage.AWAITED: StageWords("No file yet", "grey", "Your file has not reached us yet."),
    Stage.CHECKING: StageWords(
        "Being checked", "blue", "We have your file, and are checking it. That usually takes a minute."
    ),
    Stage.UNCHECKED: StageWords(
        "Could not be checked",
        "yellow",
        "Our scanner could not say whether your file is harmful, so nobody can open it. We have been told, and you do "
        "not have to do anything. If you do not want to wait, send a newly saved copy.",
    ),
    Stage.REFUSED: StageWords("Not accepted", "red", "We cannot take this file."),
    Stage.HELD: StageWords(
        "A person has to look",
        "yellow",
        "We found something in your file that a person has to look at. It may well be nothing. Nobody but you and the "
        "coordinators can open the file.",
    ),
    Stage.READY: StageWords(
        "Waiting for a coordinator",
        "blue",
        "Your file passed our checks. A coordinator looks at it next, and we email you when it is published.",
    ),
    Stage.RETURNED: StageWords("Given back to you", "yellow", "A coordinator has given your file back to you."),
}

_STATUSES: Mapping[Status, StageWords] = {
    Status.DRAFT: StageWords("Not finished", "grey", "You have not finished sharing this."),
    Status.PUBLISHED: StageWords("Published", "green", "Members can find this and download it."),
    Status.WITHDRAWN: StageWords("Withdrawn", "grey", "You withdrew this. Its file is deleted."),
    Status.REMOVED: StageWords("Removed", "red", "A coordinator removed this from the library. Its file is deleted."),
}

_PERMISSIONS: Mapping[Permission, str] = {
    Permission.CHANGE: "You may use it, change it for your own organisation and pass it on, if you say who made it.",
    Permission.USE: "You may use it and pass it on as it is, if you say who made it. Do not change it.",
    Permission.READ: "You may read it. Ask whoever made it before you copy it or pass it on.",
}

_KINDS: Mapping[FileKind, str] = {
    FileKind.PDF: "PDF",
    FileKind.WORD: "Word document",
    FileKind.SLIDES: "PowerPoint slides",
    FileKind.SHEET: "Excel sheet",
    FileKind.OPEN_TEXT: "OpenDocument text",
    FileKind.OPEN_SLIDES: "OpenDocument slides",
    FileKind.OPEN_SHEET: "OpenDocument sheet",
    FileKind.TEXT: "Plain text",
    FileKind.MARKDOWN: "Markdown text",
}

_KILO = 1024
_ON_A_SURFACE = ("page ", "slide ", "sheet ")


def refusal(reason: Reason) -> Refusal:
    """Why a file is refused, and how to save a copy that is not."""
    return _REFUSALS[reason]


def found(finding: Finding) -> str:
    """What was found, where and how often: "A number that looks like an NHS number, on slide 3"."""
    sign = _SIGNS[finding.sign]
    what = sign.one if finding.count == 1 else sign.many.format(finding.count)
    return f"{what}, {where(finding.place)}"


def where(place: str) -> str:
    """A place inside a file: "on slide 3", "in the notes of slide 3"."""
    return f"{'on' if place.startswith(_ON_A_SURFACE) else 'in'} {place}"


def advice(sign: Sign) -> str:
    """What the sharer can do about a sign."""
    return _SIGNS[sign].advice


def typed(sign: Sign) -> str:
    """What to say beside a field in which somebody typed a sign."""
    return (
        f"Is this {_TYPED[sign]}? It looks like one. Take it out, whoever it belongs to. If it is something else, for "
        "example an order number, say it in words"
    )


def hint(each: Hint) -> str:
    """What would make a file easier to use, and how."""
    return _HINTS[each]


def stage(each: Stage) -> StageWords:
    """How far an offered file has come."""
    return _STAGES[each]


def status(each: Status) -> StageWords:
    """Where an item stands, whatever is offered for it."""
    return _STATUSES[each]


def standing(resource: Resource) -> StageWords:
    """The one thing to know about an item: how far its offered file has come, or else where the item stands."""
    return _STAGES[resource.offer.stage] if resource.offer else _STATUSES[resource.status]


def permission(each: Permission) -> str:
    """What a member may do with an item."""
    return _PERMISSIONS[each]


def kind(each: FileKind) -> str:
    """What a file is, as people say it."""
    return _KINDS[each]


def size(count: int) -> str:
    """How large a file is, as Windows shows it: "625 KB", "1.2 MB". A kilobyte has 1,024 bytes there."""
    thousands = round(count / _KILO)
    if thousands < _KILO:
        return f"{max(1, thousands)} KB"
    return f"{count / _KILO**2:.1f} MB".replace(".0 ", " ")
