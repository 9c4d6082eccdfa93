"""Which words stop for a person, because they may tell who a patient is (security requirement 36)."""

import random
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.resources.inspected import Finding, Sign
from functions.resources.inspection.identifiers import find, signs_in, succeeds

WEIGHTS = range(10, 1, -1)


def with_check(nine: str) -> str | None:
    """Nine digits with the tenth, or None where none fits. Worked out in another way than the rule does."""
    for check in "0123456789":
        total = sum(int(digit) * weight for digit, weight in zip(nine + check, [*WEIGHTS, 1], strict=True))
        if total % 11 == 0:
            return nine + check
    return None


def numbers(*beginnings: str) -> st.SearchStrategy[str]:
    """Numbers that succeed and begin with one of these."""
    rest = st.text("0123456789", min_size=9, max_size=9)
    made = st.builds(lambda begins, more: with_check((begins + more)[:9]), st.sampled_from(beginnings), rest)
    return made.filter(bool).map(str)


NHS = numbers("4", "6", "7", "3000", "999")
SHAPES = st.sampled_from(
    [
        "{0}{1}{2}",
        "{0} {1} {2}",
        "{0}-{1}-{2}",
        "{0}.{1}.{2}",
        "{0}\u00a0{1}\u00a0{2}",
        "{0}\u2009{1}\u2009{2}",
        "{0}\u2011{1}\u2011{2}",
        "{0} - {1} - {2}",
    ]
)


def shaped(number: str, shape: str) -> str:
    return shape.format(number[:3], number[3:6], number[6:])


@given(st.text("0123456789", min_size=10, max_size=10))
def test_the_last_digit_checks_the_others(digits: str) -> None:
    assert succeeds(digits) == (with_check(digits[:9]) == digits)


def test_the_numbers_that_are_known_to_be_right_and_wrong() -> None:
    assert succeeds("9434765919")
    assert succeeds("9990000018")
    # The NHS's own manual for writing uses this one as an example, and it fails.
    assert not succeeds("9991234567")


@given(NHS, SHAPES)
def test_requirement_36_a_number_that_is_named_is_found_however_it_is_written(number: str, shape: str) -> None:
    assert signs_in(f"The NHS number is {shaped(number, shape)}.") == (Sign.NHS_NUMBER,)


@given(NHS)
def test_full_width_digits_and_digits_of_another_script_are_digits(number: str) -> None:
    for first in ("\N{FULLWIDTH DIGIT ZERO}", "\N{ARABIC-INDIC DIGIT ZERO}"):
        other = "".join(chr(ord(first) + int(digit)) for digit in number)
        assert signs_in(f"NHS No: {other}") == (Sign.NHS_NUMBER,)


@given(NHS)
def test_digits_in_the_boxes_of_a_form_are_one_number(number: str) -> None:
    assert signs_in(f"NHS number: {' '.join(number)}") == (Sign.NHS_NUMBER,)


@given(NHS, st.integers(1, 9), st.sampled_from(["NHS number {}", "patient {}", "{}"]))
def test_requirement_36_a_number_that_fails_its_check_passes(number: str, off: int, words: str) -> None:
    wrong = number[:9] + str((int(number[9]) + off) % 10)
    for shape in ("{0}{1}{2}", "{0} {1} {2}"):
        assert signs_in(words.format(shaped(wrong, shape))) == ()


@given(NHS, st.text("0123456789", min_size=1, max_size=6), st.booleans())
def test_digits_inside_a_longer_run_are_not_a_number(number: str, more: str, before: bool) -> None:
    longer = more + number if before else number + more
    assert signs_in(f"NHS number {longer}") == ()


@given(NHS)
def test_digits_alone_say_nothing(number: str) -> None:
    assert signs_in(f"The total was {number} this year") == ()
    assert signs_in(number) == ()


@given(NHS)
def test_a_number_as_the_nhs_writes_it_needs_no_words(number: str) -> None:
    assert signs_in(f"See {shaped(number, '{0} {1} {2}')} again") == (Sign.NHS_NUMBER,)


@given(
    numbers(*(f"{day:02}{month:02}" for day in range(1, 29) for month in range(1, 13))).filter(
        lambda made: made[4:6] < "99"
    )
)
def test_a_chi_number_begins_with_a_date_of_birth(number: str) -> None:
    assert signs_in(f"CHI {number}") == (Sign.CHI_NUMBER,)
    assert signs_in(f"patient {number[:6]} {number[6:]}") == (Sign.CHI_NUMBER,)


@given(numbers(*map(str, range(320, 400))))
def test_a_number_of_northern_ireland_has_a_range_of_its_own(number: str) -> None:
    assert signs_in(f"H&C number {number}") == (Sign.HC_NUMBER,)
    assert signs_in(f"patient {number}") == (Sign.HC_NUMBER,)


@pytest.mark.parametrize(
    "words",
    [
        "NHS number: {}", "NHS No. {}", "nhs no {}", "NHS #{}", "NHSNumber: {}", "NHS: {}", "NHS {}",
        "{} (NHS number)", "Patient {} fell", "the patient's number, {}", "hospital number {}", "MRN {}",
        "DOB 3/4/1961, {}", "NHS number\n{}",
    ],
)  # fmt: skip
def test_words_that_say_what_a_number_is(words: str) -> None:
    assert Sign.NHS_NUMBER in signs_in(words.format("9434765919" if "NHS" in words else "4505577104"))


@pytest.mark.parametrize(
    "words",
    [
        "Tel {}", "Call us on {}", "ISBN {}", "Order {}", "Patient safety incident reference {}",
        "DATIX ref: {}", "£{}", "NHS England, tel: {}", "+{}", "doi.org/{}", "A{}", "patient safety report {}",
        "Meeting ID: {}",
    ],
)  # fmt: skip
def test_words_that_say_a_number_is_something_else(words: str) -> None:
    assert signs_in(words.format("4505577104")) == ()


def test_mobiles_with_and_without_their_nought() -> None:
    assert signs_in("Ring the patient on 07700 900123 or 07700900123 or +44 7700 900123") == ()


def made(count: int, seed: int = 1) -> list[str]:
    """So many numbers that succeed, all of the range for England."""
    chance = random.Random(seed)
    found: list[str] = []
    while len(found) < count:
        number = with_check(f"4{chance.randrange(10**8):08}")
        found += [number] if number else []
    return found


def test_three_bare_numbers_that_succeed_are_found_and_counted_by_place() -> None:
    first, second, third = made(3)
    assert find([("page 1", f"{first} and {second}"), ("page 2", third)]) == (
        Finding(sign=Sign.NHS_NUMBER, place="page 1", count=2),
        Finding(sign=Sign.NHS_NUMBER, place="page 2", count=1),
    )
    assert find([("page 1", f"{first} and {second}")]) == ()


def test_a_few_that_succeed_among_many_that_do_not_are_chance() -> None:
    others = [number[:9] + str((int(number[9]) + 1) % 10) for number in made(20, seed=2)]
    assert find([("sheet Refs", "\n".join([*made(3), *others]))]) == ()


def test_the_head_of_a_column_says_what_is_in_it() -> None:
    (number,) = made(1)
    table = "Ward\tNHS number\tRef\nA\t{}\t{}\nB\tnot known\t{}"
    assert find([("sheet A", table.format(number, number, number))]) == (
        Finding(sign=Sign.NHS_NUMBER, place="sheet A", count=1),
    )
    assert find([("sheet A", f"Ward\tIncident reference\nPatient safety\t{number}")]) == ()


@pytest.mark.parametrize(
    "words",
    [
        "Mary Jones, DOB 03/04/1961", "Mary Jones (d.o.b. 3.4.61)", "JONES, Mary  Date of birth: 3 April 1961",
        "Name: Siân Ó Briain\nDate of Birth: 1961-04-03", "Mr J born on 3rd April 1961",
        "Mary Jones was born on April 3, 1961", "DOB 03-Apr-1961 patient: Mary Jones",
        "NHS number 9434765919 dob 03/04/1961", "Name\tMary Jones\nDOB\t03/04/1961",
        "Name\tDOB\nM J\t03/04/1961", "Ward\tWho\tDate of birth (dd/mm/yyyy)\nA\tmary\t03/04/1961",
    ],
)  # fmt: skip
def test_requirement_36_a_date_of_birth_beside_a_name_is_found(words: str) -> None:
    assert Sign.BIRTH_DATE in signs_in(words)


@pytest.mark.parametrize(
    "words",
    [
        "Mary Jones, 03/04/1961", "Enter your date of birth. For example, 15 3 1984",
        "date of birth: 03/04/1961", "Mary Jones joined on 3 April 2021",
        "Florence Nightingale was born on 12 May 1820", "Record the DOB as DD/MM/YYYY",
        "The idea was born in 1961", "Name\tDate of birth\nMary Jones\tnot recorded",
        "Name\tStarted\nMary Jones\t03/04/1961",
    ],
)  # fmt: skip
def test_dates_without_a_name_and_names_without_a_date_pass(words: str) -> None:
    assert signs_in(words) == ()


def test_nothing_that_was_found_is_told() -> None:
    found = find([("page 1", "NHS number 943 476 5919, Mary Jones, DOB 03/04/1961")])
    assert {each.sign for each in found} == {Sign.NHS_NUMBER, Sign.BIRTH_DATE}
    told = "".join(each.model_dump_json() for each in found)
    assert not {"943", "5919", "Mary", "1961"} & set(told.replace('"', " ").split())
    assert all(secret not in told for secret in ("943", "5919", "Mary", "1961"))


@given(st.text(max_size=300), st.dates(date(1900, 1, 1)))
def test_any_words_are_read(words: str, day: date) -> None:
    for text in (words, f"{words}\t{day}\n{words}", f"DOB {day:%d/%m/%Y} {words}"):
        assert set(signs_in(text)) <= set(Sign)
