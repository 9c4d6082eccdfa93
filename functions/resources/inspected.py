"""What the inspection of one file found: the one shape between the inspector and everything that acts on it."""

from enum import StrEnum
from typing import Annotated

from pydantic import Field

from functions.kernel.value import Value

MOST_BYTES = 100 * 1024 * 1024
"""The size of the largest file that the library takes."""


class FileKind(StrEnum):
    """The kinds of file that the library takes. The value is the ending of the file's name."""

    PDF = "pdf"
    WORD = "docx"
    SLIDES = "pptx"
    SHEET = "xlsx"
    OPEN_TEXT = "odt"
    OPEN_SLIDES = "odp"
    OPEN_SHEET = "ods"
    TEXT = "txt"
    MARKDOWN = "md"


class Reason(StrEnum):
    """Why a file is refused. ``words.py`` has the sentence for each, and how to save a safe copy."""

    EMPTY = "empty"
    TOO_LARGE = "too-large"
    MALWARE = "malware"
    UNKNOWN_KIND = "unknown-kind"
    """Its name ends in nothing that the library takes."""
    NOT_AS_NAMED = "not-as-named"
    """What is in it is not what its name says."""
    TWO_IN_ONE = "two-in-one"
    """It is a file of one kind with another before, inside or behind it."""
    OLD_OFFICE = "old-office"
    """A Word, PowerPoint or Excel file of before 2007."""
    ENCRYPTED = "encrypted"
    MACROS = "macros"
    LINKED_CONTENT = "linked-content"
    """It fetches a template, an object or data from elsewhere, or carries an object of another program."""
    ACTIVE_PDF = "active-pdf"
    """A PDF that runs scripts, starts programs, or carries other files."""
    WEB_PAGE = "web-page"
    """HTML, SVG or a script."""
    ARCHIVE = "archive"
    RECORDING = "recording"
    """Audio or video. Sessions are never recorded."""
    PROGRAM = "program"
    """A program, a script or a shortcut."""
    EXPANDS = "expands"
    """It unpacks to more than any document needs."""
    BROKEN = "broken"
    """Its parts do not fit together."""


class Sign(StrEnum):
    """What a person has to look at before a file is published. None of them is a verdict."""

    NHS_NUMBER = "nhs-number"
    CHI_NUMBER = "chi-number"
    HC_NUMBER = "hc-number"
    BIRTH_DATE = "birth-date"
    """A date of birth beside a name."""
    UNREADABLE = "unreadable"
    """Its text could not be read, or not all of it, so nobody has looked for patient details in it."""
    PICTURES_ONLY = "pictures-only"
    """It holds pictures and hardly a word, as a scan of paper does."""
    PHOTO_PLACE = "photo-place"
    """A photo in it says where it was taken."""


class Finding(Value):
    """One sign, where it is, and how often. The place is shown, never what stands there."""

    sign: Sign
    place: Annotated[str, Field(max_length=80)]
    """ "page 3", "slide 3", "sheet Costs", "the notes of slide 3", "the file's properties" """
    count: Annotated[int, Field(ge=1)] = 1


class Hint(StrEnum):
    """What would make a file easier to use for everybody. It is said to the sharer and stops nothing."""

    NO_HEADINGS = "no-headings"
    PICTURES_WITHOUT_WORDS = "pictures-without-words"
    """Pictures without alternative text."""
    UNTAGGED_PDF = "untagged-pdf"
    """A screen reader does not know in which order to read it."""
    PDF_ALONE = "pdf-alone"
    """A PDF is hard to read on a phone and to change. The original would help."""
    SLIDES_WITHOUT_TITLES = "slides-without-titles"
    NO_LANGUAGE = "no-language"


class Part(Value):
    """The words of one page, slide or sheet."""

    place: Annotated[str, Field(max_length=80)]
    """As in ``Finding.place``."""
    text: str


class Inspected(Value):
    """Everything that is known of a file after somebody has looked inside it."""

    kind: FileKind | None = None
    reason: Reason | None = None
    """Why it is refused. Nothing else is filled in then."""
    findings: tuple[Finding, ...] = ()
    hints: tuple[Hint, ...] = ()
    title: Annotated[str, Field(max_length=200)] = ""
    """The title that the file gives itself."""
    people: tuple[str, ...] = ()
    """The names in the file's properties: author, last editor. Shown to the sharer before anything is published."""
    parts: tuple[Part, ...] = ()
    """Its words, in reading order, cut at a limit that ``extract`` states."""
