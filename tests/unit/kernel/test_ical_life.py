"""The whole life of an entry in a member's calendar, from the bytes of the mails that tell of it."""

from collections.abc import Sequence
from itertools import pairwise, permutations
from typing import Any

import icalendar
import pytest

from tests.attendee import Attendee, NaiveAttendee, Shown, version_in
from tests.calendars import is_lawful, libical
from tests.debian import needs
from tests.unit.golden.examples import FILES, FOLDER, LIFE, MOVED, ON, PUT_BACK, REWORDED, WYN

RAW = [FILES[f"{kind}.eml"] for kind in LIFE]


def event(kind: str) -> Any:
    """The entry of one step, as it stands in its file."""
    (found,) = icalendar.Calendar.from_ical(FILES[f"{kind}.ics"]).walk("VEVENT")
    return found


def after(attendee: Attendee, mails: Sequence[bytes]) -> dict[str, Shown]:
    """What a calendar shows once these have arrived."""
    for raw in mails:
        attendee.receive(raw)
    return attendee.shows()


def test_the_folder_holds_the_files_that_are_made_and_no_others() -> None:
    assert {path.name for path in FOLDER.iterdir() if path.suffix in {".eml", ".ics"}} == FILES.keys()


def test_each_step_is_newer_than_the_one_before() -> None:
    versions = [version_in(raw) for raw in RAW]
    orders = [version.order for version in versions if version]
    assert len(orders) == len(LIFE)
    assert all(before < later for before, later in pairwise(orders))


def test_a_new_time_keeps_the_name_and_raises_the_sequence() -> None:
    before, moved = event("invite"), event("new-time")
    assert moved["UID"] == before["UID"]
    assert moved["SEQUENCE"] == before["SEQUENCE"] + 1
    assert moved["ATTENDEE"].params["PARTSTAT"] == "NEEDS-ACTION"
    assert (moved.start, moved.end) == (MOVED.start, MOVED.end) != (before.start, before.end)


def test_a_change_of_words_keeps_the_sequence_so_that_nobody_is_asked_again() -> None:
    before, reworded = event("new-time"), event("changed")
    assert (reworded["UID"], reworded["SEQUENCE"]) == (before["UID"], before["SEQUENCE"])
    assert reworded.DTSTAMP > before.DTSTAMP
    assert reworded["SUMMARY"] != before["SUMMARY"]


def test_a_session_is_called_off_with_the_same_name_and_a_higher_sequence() -> None:
    before, off = event("changed"), event("cancelled")
    assert off["UID"] == before["UID"]
    assert off["SEQUENCE"] == before["SEQUENCE"] + 1
    assert off["STATUS"] == "CANCELLED"
    assert off["ATTENDEE"] == f"mailto:{WYN}"


def test_a_session_that_is_put_back_has_a_name_that_no_calendar_has_called_off() -> None:
    assert event("revived")["UID"] != event("cancelled")["UID"]
    assert event("revived")["STATUS"] == "CONFIRMED"


def test_one_persons_entry_is_withdrawn_without_a_word_on_the_status_of_the_session() -> None:
    before, withdrawn = event("revived"), event("withdrawn")
    assert (withdrawn["UID"], withdrawn["SEQUENCE"]) == (before["UID"], before["SEQUENCE"])
    assert withdrawn.DTSTAMP > before.DTSTAMP
    assert "STATUS" not in withdrawn
    assert withdrawn["ATTENDEE"] == f"mailto:{WYN}"


@pytest.mark.parametrize("name", [name for name in FILES if name.endswith(".ics")])
def test_a_strict_reader_finds_all_that_the_law_of_invitations_demands(name: str) -> None:
    needs("libical3", found=libical() is not None)
    assert is_lawful(FILES[name])
    assert not is_lawful(FILES[name].replace(b"\r\nUID:", b"\r\nX-UID:"))


def test_in_the_order_of_sending_each_calendar_shows_each_step() -> None:
    for calendar in (Attendee, NaiveAttendee):
        shown = [after(calendar(WYN), RAW[: steps + 1]) for steps in range(len(RAW))]
        old, new = ON.uid, PUT_BACK.uid
        assert shown[0] == {old: (ON.start, ON.end, ON.summary, False)}
        assert shown[1] == {old: (MOVED.start, MOVED.end, ON.summary, False)}
        assert shown[2] == {old: (MOVED.start, MOVED.end, REWORDED.summary, False)}
        off = (MOVED.start, MOVED.end, REWORDED.summary, True)
        assert shown[3] == {old: off}
        assert shown[4] == {old: off, new: (MOVED.start, MOVED.end, REWORDED.summary, False)}
        assert shown[5] == {old: off, new: off}


@pytest.mark.parametrize("steps", range(1, len(LIFE) + 1))
def test_in_whatever_order_mails_arrive_a_calendar_ends_up_as_the_programme_is(steps: int) -> None:
    sent = RAW[:steps]
    meant = after(Attendee(WYN), sent)
    for order in permutations(sent):
        assert after(Attendee(WYN), order) == meant
        assert after(Attendee(WYN), [*order, *order]) == meant


def test_a_naive_calendar_brings_a_meeting_back_when_an_old_invitation_comes_late() -> None:
    """Which is why the sender looks, at the last moment, whether a version is still the newest."""
    invite, off = FILES["invite.eml"], FILES["cancelled.eml"]
    assert after(NaiveAttendee(WYN), [invite, off, invite])[ON.uid].cancelled is False
    assert after(NaiveAttendee(WYN), [off, invite])[ON.uid].cancelled is False
    assert after(NaiveAttendee(WYN), [off]) == {}


def test_mail_without_an_entry_leaves_a_calendar_as_it_is() -> None:
    assert after(Attendee(WYN), [FILES["invite.eml"], FILES["plain.eml"]]).keys() == {ON.uid}


def test_an_entry_for_somebody_else_is_not_overlooked() -> None:
    with pytest.raises(AssertionError):
        Attendee("sam@nhs.net").receive(FILES["invite.eml"])
