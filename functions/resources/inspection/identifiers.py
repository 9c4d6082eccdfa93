"""Whether words hold what could tell who a patient is: a health number, or a name with a date of birth.

**Numbers.** NHS numbers, CHI numbers (Scotland) and Health and Care numbers (Northern Ireland) have ten digits, and the
last one checks the others: weights 10 to 2, 11 minus the remainder by 11, where 11 counts as 0 and 10 is never issued
(NHS Data Dictionary, "NHS number"; ISD Scotland, "CHI number"; DHSSPS, "Health and Care number"). A number that fails
passes. One in eleven made-up numbers of ten digits succeeds, so digits alone say little. They count

- where the words beside them, or the head of their column, say what they are; or
- where they are written as the NHS writes them, 3-3-4 with spaces; or
- where there are three or more in one place or one file, and most of the numbers of ten digits there succeed, which
  figures of another kind do not do.

Northern Ireland has 320 to 399, England 300 to 319 and 400 to 799 without the fives, and a CHI number begins with a
date of birth. Where words name an NHS number, any range counts. 999 is never issued and stands in for numbers in
training material. It counts like any other: only a person can see that an example is one.

**Dates of birth** count beside words that say so and a name.

Nothing here returns what it found, only that it did (security requirement 36). A person decides.
"""

import re
import unicodedata
from bisect import bisect_right
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple

from functions.resources.inspected import Finding, Sign

MANY = 3
"""So many numbers that succeed are no accident, if most succeed."""
DIGITS = 10
_BEFORE, _AFTER = 70, 30
"""Characters around a number in which words say what it is."""
_CLOSE = 25
"""Characters before a number in which words say that it is something else."""
_NAME_WITHIN = 80
"""Characters around a date of birth in which a name stands."""
_NEVER_A_CHECK = 10
_ELEVEN = 11

_GAP = r" ?[.\-] ?|  ?"
_NUMBER = re.compile(
    rf"(?<!\d)(?<!\d[ .,\-/])(?:\d{{10}}|\d{{3}}({_GAP})\d{{3}}\1\d{{4}}|\d{{6}}(?:{_GAP})\d{{4}}"
    rf"|\d{{3}}(?:{_GAP})\d{{7}}|\d{{5}}(?:{_GAP})\d{{5}}|\d(?: \d){{9}})(?![ .,\-/]?\d)"
)
"""Ten digits as people write them: together, 3-3-4, 6-4, 3-7, 5-5, or each in a box of a form."""
_AS_THE_NHS_WRITES = re.compile(r"\d{3} \d{3} \d{4}")
_ALONE = re.compile(r"[\w£$€+#/@=&%-]")
"""What stands directly before a number that is part of something else."""

_NHS = re.compile(r"(?i)\bnhs[\s\-_]{0,2}(?:numbers?|no\b|nos\b|num\b|nr\b|n[o°º]|#|id\b|[.:=#])|\bnhs[\s:.#]*$")
_CHI = re.compile(r"\bCHI\b|(?i:\bcommunity health index\b)")
_HC = re.compile(r"\bH\s?(?:&|\+|and)\s?C\b|\bHCN\b|(?i:\bhealth (?:and|&) (?:social )?care (?:number|no\b))")
_PERSON = re.compile(
    r"(?i)\b(?:patient|client|service user|resident)(?:'s|’s|s)?\b(?!\s+(?:safety|experience|flow|care record"
    r"|information|number\s+of))|\b(?:hospital|unit|case ?note|district|pas|mrn|crn) ?(?:number|no\b|id\b|:)|\bmrn\b"
    r"|\bd\.?\s?o\.?\s?b\b|\bdate of birth\b|\bborn\b|\bdeceased\b"
)
_SOMETHING_ELSE = re.compile(
    r"(?i)\b(?:isbn|issn|orcid|doi|tel|telephone|phone|mobile|mob|fax|ext|call|order|invoice|purchase|po|grant|account"
    r"|acct|incident|datix|lfpse|steis|reference|ref|ticket|case id|serial|asset|version|licen[cs]e|vat|company|charity"
    r"|meeting id|passcode|conference id|barcode|part|batch|lot|gtin|sku|cost|budget|total)\b[^.\n]*$"
)

_MONTH = r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*"
_DAY = (
    r"(?:\d{1,2}[./\- ]\d{1,2}[./\- ](?:19|20)?\d{2}|(?:19|20)\d{2}-\d{2}-\d{2}"
    rf"|\d{{1,2}}(?:st|nd|rd|th)?[ \-](?:of )?{_MONTH}[ ,\-]{{1,2}}(?:19|20)?\d{{2}}"
    rf"|{_MONTH} \d{{1,2}}(?:st|nd|rd|th)?,? (?:19|20)\d{{2}})(?!\d)"
)
_BIRTH_WORDS = r"(?:\bd\.?\s?o\.?\s?b\b\.?|\bdate[ \-]of[ \-]birth\b|\bbirth ?date\b|\bborn(?: on)?\b)"
_BIRTH = re.compile(rf"(?i){_BIRTH_WORDS}[^\w\n]{{0,6}}(?:is |was |on |the )?{_DAY}|\b{_DAY}\s*\(?{_BIRTH_WORDS}")
_BIRTH_HEAD = re.compile(rf"(?i)^\W*(?:{_BIRTH_WORDS}|dob)\W*(?:\(?[dmy/ -]+\)?)?\W*$")
_IS_DAY = re.compile(rf"(?i)^\W*{_DAY}\W*$")
_NAME_HEAD = re.compile(r"(?i)\b(?:name|surname|forename|patient|initials|who)\b")
_TITLED = re.compile(r"\b(?:Mr|Mrs|Ms|Miss|Mx|Master|Baby|Dr|Sir|Lady)\b\.?\s+[^\W\d_]")
_NAMED = re.compile(r"\b(?=([^\W\d_][\w'’\-]+),?[ \t]+([^\W\d_][\w'’\-]*))")
"""Two words in a row. It takes no room, so that the second may begin the next pair."""
_NOT_NAMES = frozenset(
    {
        "date", "birth", "dob", "born", "nhs", "number", "no", "name", "patient", "hospital", "address", "age",
        "sex", "gender", "male", "female", "the", "on", "of", "and", "is", "was", "a", "an", "in", "at", "to",
        "for", "with", "by", "from", "this", "that", "january", "february", "march", "april", "may", "june", "july",
        "august", "september", "october", "november", "december", "ward", "trust", "record", "form", "page", "time",
        "day", "month", "year", "example", "format", "required", "field", "enter", "please", "health", "care",
        "index",
    }
)  # fmt: skip


class _Found(NamedTuple):
    """A number that succeeds."""

    digits: str
    sign: Sign
    said: bool
    """Whether something beside the digits says what they are."""


def signs_in(text: str) -> tuple[Sign, ...]:
    """The signs in words that somebody typed. Digits count where words or their own spacing say what they are."""
    return tuple(sorted({finding.sign for finding in find([("", text)])}))


def find(texts: Iterable[tuple[str, str]]) -> tuple[Finding, ...]:
    """The signs in one file, given as places with the words in each, and how often each is there.

    A line with tabs is read as a row of a table.
    """
    counts: Counter[tuple[Sign, str]] = Counter()
    quiet: Counter[tuple[Sign, str]] = Counter()
    all_found: set[str] = set()
    all_tried: set[str] = set()
    for place, given in texts:
        text = _plain(given)
        cells = list(_cells(text))
        found, tried = _numbers(text, cells)
        succeeded = {each.digits for each in found}
        many = _are_many(succeeded, tried)
        for each in found:
            (counts if each.said or many else quiet)[each.sign, place] += 1
        all_found |= succeeded
        all_tried |= tried
        if births := _births(text) + _births_in(cells):
            counts[Sign.BIRTH_DATE, place] += births
    if _are_many(all_found, all_tried):
        counts += quiet
    return tuple(Finding(sign=sign, place=place, count=count) for (sign, place), count in counts.items())


def succeeds(digits: str) -> bool:
    """Whether ten digits agree with the last of them."""
    check = (
        _ELEVEN - sum(int(digit) * weight for digit, weight in zip(digits, range(10, 1, -1), strict=False)) % _ELEVEN
    )
    return check != _NEVER_A_CHECK and check % _ELEVEN == int(digits[-1])


def _plain(text: str) -> str:
    """The text with every digit, dash and space in its plain form, and without what cannot be seen."""
    if text.isascii():
        return text
    normal = unicodedata.normalize("NFKC", text)
    return "".join(map(_plain_letter, normal))


def _plain_letter(letter: str) -> str:
    if letter.isascii():
        return letter
    category = unicodedata.category(letter)
    if category == "Nd":
        return str(unicodedata.decimal(letter))
    return {"Pd": "-", "Zs": " ", "Zl": "\n", "Zp": "\n", "Cf": ""}.get(
        category, "-" if letter == "\N{MINUS SIGN}" else letter
    )


class _Cell(NamedTuple):
    """One cell of a table with a figure in it."""

    start: int
    end: int
    text: str
    column: int
    head: str
    """The words above it that say what its column is."""
    row: tuple[str, ...]
    heads: tuple[str, ...]
    """What stands above each cell of the row."""


def _cells(text: str) -> Iterator[_Cell]:
    """The cells with figures in all rows of all tables."""
    heads: dict[int, str] = {}
    start = 0
    for line in text.split("\n"):
        if "\t" in line:
            row = tuple(line.split("\t"))
            above = tuple(heads.get(each, "") for each in range(len(row)))
            place = start
            for column, cell in enumerate(row):
                if any(map(str.isdigit, cell)):
                    yield _Cell(place, place + len(cell), cell, column, above[column], row, above)
                elif cell.strip() and (column not in heads or _says_what(cell)):
                    heads[column] = cell
                place += len(cell) + 1
        start += len(line) + 1


def _says_what(head: str) -> bool:
    rules = (_NHS, _CHI, _HC, _PERSON, _SOMETHING_ELSE, _BIRTH_HEAD)
    return len(head) <= _NAME_WITHIN and any(rule.search(head) for rule in rules)


def _are_many(found: set[str], tried: set[str]) -> bool:
    """Whether so many different numbers succeed, of those there are, that it is no accident."""
    return len(found) >= MANY and len(found) * 2 > len(tried)


def _numbers(text: str, cells: list[_Cell]) -> tuple[list[_Found], set[str]]:
    """The numbers that succeed, and all different numbers of ten digits that could have."""
    found: list[_Found] = []
    tried: set[str] = set()
    starts = [cell.start for cell in cells]
    for number in _NUMBER.finditer(text):
        place = bisect_right(starts, number.start()) - 1
        cell = cells[place] if place >= 0 and number.end() <= cells[place].end else None
        before, after, head = _beside(text, number.start(), number.end(), cell)
        alone = not _ALONE.match(before[-1:])
        digits = re.sub(r"\D", "", number[0])
        other = _SOMETHING_ELSE.search(before[-_CLOSE:]) or _SOMETHING_ELSE.search(head)
        if alone and not other:
            tried.add(digits)
        if succeeds(digits):
            named = _named(before, after, head)
            sign = _issued(digits, named)
            of_person = not other and any(map(_PERSON.search, (before[-_CLOSE * 2 :], after, head)))
            shaped = alone and not other and _AS_THE_NHS_WRITES.fullmatch(number[0]) is not None
            said = named is not None or of_person or shaped
            if sign is not None and (said or (alone and not other)):
                found.append(_Found(digits, sign, said))
    return found, tried


def _beside(text: str, start: int, end: int, cell: _Cell | None) -> tuple[str, str, str]:
    """The words before, behind and above a number. In a column with a head, the other columns say nothing of it."""
    if cell is None or not cell.head:
        return text[max(0, start - _BEFORE) : start], text[end : end + _AFTER], ""
    left = cell.row[cell.column - 1] if cell.column else ""
    label = f"{left}\t" if _says_what(left) else ""
    return label + text[cell.start : start], text[end : cell.end], cell.head


def _named(before: str, after: str, head: str) -> Sign | None:
    """The kind of number that the words beside it name, unless nearer words name something else."""
    rules = ((Sign.NHS_NUMBER, _NHS), (Sign.CHI_NUMBER, _CHI), (Sign.HC_NUMBER, _HC))
    for sign, rule in rules:
        if rule.search(head):
            return sign
    nearest = max(
        ((match.start(), sign) for sign, rule in rules for match in rule.finditer(before)), default=(-1, None)
    )
    other = _SOMETHING_ELSE.search(before)
    if nearest[1] is not None:
        return None if other and other.start() > nearest[0] else nearest[1]
    named = next((sign for sign, rule in rules if rule.search(after)), None)
    return None if other else named


def _issued(digits: str, named: Sign | None) -> Sign | None:
    """Whose number it is: by its range, or where words name one, by them."""
    ranged = next((sign for sign, fits in _RANGES if fits(digits)), None)
    if named is None or (named is Sign.NHS_NUMBER and ranged is Sign.CHI_NUMBER):
        return named or ranged
    return ranged if ranged is Sign.HC_NUMBER and named is not Sign.NHS_NUMBER else named


def _is_birth_day(digits: str) -> bool:
    """Whether six digits are a day, month and year. The century is not told."""
    day, month = int(digits[:2]), int(digits[2:4])
    return 1 <= month <= len(_DAYS) and 1 <= day <= _DAYS[month - 1]


def _births(text: str) -> int:
    """How many dates of birth stand beside a name."""
    return sum(
        _has_name(text[max(0, birth.start() - _NAME_WITHIN) : birth.end() + _NAME_WITHIN])
        for birth in _BIRTH.finditer(text)
    )


def _births_in(cells: list[_Cell]) -> int:
    """How many rows of tables have a date of birth, by the head of its column, and a name."""
    return sum(
        any(_NAME_HEAD.search(head) and cell.strip() for head, cell in zip(each.heads, each.row, strict=True))
        or _has_name(" ; ".join(each.row))
        for each in cells
        if _BIRTH_HEAD.match(each.head) and _IS_DAY.match(each.text)
    )


def _has_name(text: str) -> bool:
    if _TITLED.search(text) or any(succeeds(re.sub(r"\D", "", number[0])) for number in _NUMBER.finditer(text)):
        return True
    return any(
        all(word[0].isupper() and word.lower() not in _NOT_NAMES for word in pair.groups())
        for pair in _NAMED.finditer(text)
    )


_DAYS = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
_RANGES: tuple[tuple[Sign, Callable[[str], bool]], ...] = (
    (Sign.CHI_NUMBER, _is_birth_day),
    (Sign.HC_NUMBER, lambda digits: "320" <= digits[:3] <= "399"),
    (Sign.NHS_NUMBER, lambda digits: digits[0] in "467" or "300" <= digits[:3] <= "319" or digits[:3] == "999"),
)
"""A number that begins with a day is a CHI number, although England may one day come to 301 or 311 as well."""
