"""Monday's invitations, from the command to the bytes in a mailbox, and how somebody stops them."""

import json
import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from email.message import EmailMessage
from typing import Any
from zoneinfo import ZoneInfo

import icalendar
import pytest

from cli.people import MEETING
from tests.calendars import read_by_all
from tests.e2e.cloud import Cloud, fridays_around_the_next_clock_change, like, monday_of
from tests.e2e.mailbox import Letter
from tests.network import text_of
from tests.people import ANN

BEFORE, AFTER = fridays_around_the_next_clock_change()
LONDON = ZoneInfo("Europe/London")


def about(day: date) -> str:
    """What the subjects of a day's invitations end with."""
    return f"{day:%A} {day.day} {day:%B}, midday (UK time)"


def plan(cloud: Cloud, day: date, *more: str) -> Any:
    """Run the command for the week of a day, and read what it reports."""
    return json.loads(cloud.psmn("invites", "run", "--at", monday_of(day), "--json", *more))


def the_tally(report: Any) -> dict[str, int]:
    """The numbers of the one session that was due."""
    (tally,) = report["sessions"]
    return {name: tally[name] for name in ("planned", "already", "stopped")}


def number(said: str, what: str) -> int:
    """The number that the command prints beside some words."""
    found = re.search(rf"{re.escape(what)} +([\d,]+)$", said, re.MULTILINE)
    assert found is not None, said
    return int(found[1].replace(",", ""))


def members_of(cloud: Cloud) -> set[str]:
    """The addresses of all who are members now."""
    items = cloud.items()
    return {item["address"]["S"] for item in items if item["kind"]["S"] == "member" and "address" in item}


@dataclass(frozen=True, slots=True)
class Invited:
    """A member whom both weeks' runs invited, and everybody else whom they invited too."""

    person: dict[str, Any]
    letters: dict[date, Letter]
    members: set[str]


@pytest.fixture(scope="module")
def ann(local_cloud: Cloud) -> Invited:
    """Ann, invited to a Friday before and to a Friday after a clock change."""
    person = like(ANN, "Ann Invited")
    local_cloud.join(person)
    local_cloud.plan_sessions(BEFORE)
    for day in (BEFORE, AFTER):
        plan(local_cloud, day)
    letters = {day: local_cloud.mailbox.next(person["email"], about(day)) for day in (BEFORE, AFTER)}
    local_cloud.let_mail_pass()
    return Invited(person, letters, members_of(local_cloud))


def decoded(message: EmailMessage) -> bytes:
    """All that the parts of a message say, one after the other."""
    contents = (part.get_payload(decode=True) for part in message.walk())
    return b"".join(content for content in contents if isinstance(content, bytes))


def calendar_of(message: EmailMessage) -> bytes:
    """The entry that mail programs draw buttons from."""
    (part,) = (part for part in message.walk() if part.get_content_type() == "text/calendar")
    content = part.get_payload(decode=True)
    assert isinstance(content, bytes)
    return content


@pytest.mark.parametrize("day", [BEFORE, AFTER], ids=["before the clocks change", "after the clocks change"])
def test_every_member_gets_exactly_one_invitation_however_often_the_command_runs(
    local_cloud: Cloud, ann: Invited, day: date
) -> None:
    plan(local_cloud, day)
    again = the_tally(plan(local_cloud, day))
    local_cloud.let_mail_pass()

    invited = local_cloud.mailbox.readers(about(day))

    assert again["planned"] == 0
    assert len(invited) == len(set(invited)) == again["already"]
    assert ann.person["email"] in invited


def test_a_dry_run_says_what_would_go_to_how_many_and_sends_nothing(local_cloud: Cloud) -> None:
    day = BEFORE - timedelta(weeks=1)
    local_cloud.plan_sessions(day)
    said = local_cloud.psmn("invites", "run", "--at", monday_of(day), "--dry-run")
    local_cloud.let_mail_pass()

    assert said.startswith("A dry run at 9am on Monday")
    would_be, stopped = number(said, "would be invited now"), number(said, "stopped invitations")
    assert would_be + stopped == len(members_of(local_cloud))
    assert would_be >= 12
    assert "Its invitations go at 9am on Monday" in said
    assert local_cloud.mailbox.readers(about(day)) == []


def test_the_mail_is_built_as_outlook_gmail_and_apple_need_it(ann: Invited) -> None:
    message = ann.letters[BEFORE].message
    parts = list(message.walk())
    *_, calendar, file = parts

    assert [part.get_content_type() for part in parts] == [
        "multipart/mixed",
        "multipart/alternative",
        "text/plain",
        "text/html",
        "text/calendar",
        "application/ics",
    ]
    assert calendar.get_param("method") == "REQUEST"
    assert calendar.get_content_charset() == "utf-8"
    assert calendar["content-transfer-encoding"] == "base64"
    assert "content-disposition" not in calendar
    assert file.get_filename() == "invite.ics"
    assert file.get_content_disposition() == "attachment"
    assert file.get_payload(decode=True) == calendar.get_payload(decode=True)
    assert re.search(rb"(?m)^METHOD:REQUEST\r$", calendar_of(message)) is not None
    assert ann.letters[BEFORE].raw.isascii()


def test_the_headers_say_who_sends_and_how_to_stop(local_cloud: Cloud, ann: Invited) -> None:
    message = ann.letters[BEFORE].message

    assert message["from"].addresses[0].addr_spec == "events@events.psmn.test"
    assert [to.addr_spec for to in message["to"].addresses] == [ann.person["email"]]
    assert message["cc"] is None
    assert message["bcc"] is None
    assert message["auto-submitted"] == "auto-generated"
    assert message["list-unsubscribe-post"] == "List-Unsubscribe=One-Click"
    assert message["list-unsubscribe"].startswith(f"<{local_cloud.stack.url}/unsubscribe/")
    assert len(message["subject"]) <= 70


@pytest.mark.parametrize("day", [BEFORE, AFTER], ids=["before the clocks change", "after the clocks change"])
def test_every_calendar_shows_midday_in_the_uk(local_cloud: Cloud, ann: Invited, day: date) -> None:
    midday, one = (datetime.combine(day, time(hour), LONDON).astimezone(UTC) for hour in (12, 13))
    listed = local_cloud.visitor().get("/api/sessions").json["sessions"]

    readings = read_by_all(calendar_of(ann.letters[day].message))

    assert len(readings) >= 2
    assert set(readings.values()) == {(midday, one)}
    assert midday in {datetime.fromisoformat(session["start"]) for session in listed}


def test_the_clocks_did_change_between_the_two_fridays(ann: Invited) -> None:
    starts = [read_by_all(calendar_of(ann.letters[day].message))["icalendar"][0] for day in (BEFORE, AFTER)]

    assert abs(starts[1] - starts[0] - timedelta(weeks=1)) == timedelta(hours=1)


def test_requirement_52_the_entry_names_ann_and_no_other_member(local_cloud: Cloud, ann: Invited) -> None:
    raw = ann.letters[BEFORE].raw
    calendar = calendar_of(ann.letters[BEFORE].message)
    (event,) = icalendar.Calendar.from_ical(calendar).walk("VEVENT")
    whole = raw + decoded(ann.letters[BEFORE].message)

    assert str(event["ATTENDEE"]) == f"mailto:{ann.person['email']}"
    assert event["ATTENDEE"].params["RSVP"] == "TRUE"
    assert str(event["ORGANIZER"]) == "mailto:events@events.psmn.test"
    others = ann.members - {ann.person["email"]}
    assert len(others) >= 12
    assert [address for address in others if address.encode() in whole] == []
    assert local_cloud.stack.coordinator.encode() not in whole


def test_no_mail_and_no_entry_holds_the_link_of_the_meeting(local_cloud: Cloud, ann: Invited) -> None:
    message = ann.letters[BEFORE].message
    said = decoded(message)

    assert MEETING.encode() not in said
    assert b"meeting.example" not in said + ann.letters[BEFORE].raw
    assert f"{local_cloud.stack.url}/sessions/".encode() in said
    assert "This is a safe space, never recorded." in text_of(message)


def test_one_click_stops_the_invitations_at_once_and_next_week_says_why(local_cloud: Cloud) -> None:
    member = like(ANN, "Ann Stopping")
    local_cloud.join(member)
    first, second = BEFORE + timedelta(weeks=2), BEFORE + timedelta(weeks=3)
    local_cloud.plan_sessions(first)
    plan(local_cloud, first)
    header = local_cloud.mailbox.next(member["email"], about(first)).message["list-unsubscribe"]
    path = header.partition(">")[0].strip("<").removeprefix(local_cloud.stack.url)
    before = the_tally(plan(local_cloud, second, "--dry-run"))
    provider = local_cloud.visitor()
    press = {"content-type": "application/x-www-form-urlencoded"}

    assert "Stop the weekly invitations" in provider.get(path).title
    assert "Stop the weekly invitations" in provider.get(path).title, "Opening the page must change nothing."
    answers = [provider.send("POST", path, "List-Unsubscribe=One-Click", press) for _ in range(2)]

    assert [answer.status for answer in answers] == [200, 200]
    assert provider.cookies == {}
    local_cloud.mailbox.next(member["email"], "You have stopped the weekly invitations")
    said = local_cloud.psmn("invites", "run", "--at", monday_of(second))
    local_cloud.let_mail_pass()
    assert number(said, "planned now") == before["planned"] - 1
    assert number(said, "stopped invitations") == before["stopped"] + 1
    assert member["email"] not in local_cloud.mailbox.readers(about(second))
    receipts = local_cloud.mailbox.all(member["email"], "You have stopped the weekly invitations")
    assert len(receipts) == 1


def test_somebody_who_stopped_by_mistake_can_undo_it_on_the_page(local_cloud: Cloud) -> None:
    member = like(ANN, "Ann Undoing")
    local_cloud.join(member)
    first, second = BEFORE + timedelta(weeks=4), BEFORE + timedelta(weeks=5)
    local_cloud.plan_sessions(first)
    plan(local_cloud, first)
    path = local_cloud.path_in(local_cloud.mailbox.next(member["email"], about(first)), "/unsubscribe/")
    visitor = local_cloud.visitor()

    stopped = visitor.follow(visitor.post(path, invites="stop"))
    started = visitor.follow(visitor.post(path, invites="start"))

    assert "You have stopped the weekly invitations" in stopped.title
    assert "Undo: send me invitations again" in stopped.words
    assert "Stop the weekly invitations" in started.title
    plan(local_cloud, second)
    local_cloud.mailbox.next(member["email"], about(second))


def test_a_member_sees_what_was_sent_to_them_and_can_stop_it_there(local_cloud: Cloud) -> None:
    member = like(ANN, "Ann Looking")
    visitor = local_cloud.join(member)
    day = BEFORE + timedelta(weeks=6)
    local_cloud.plan_sessions(day)
    plan(local_cloud, day)
    local_cloud.mailbox.next(member["email"], about(day))

    emails = visitor.get("/account/emails")
    stopped = visitor.follow(visitor.post("/account/emails", invites="stop"))

    assert "Mail we sent you" in emails.words
    assert "Sent" in emails.words
    assert "Weekly invitations Off" in stopped.words


def test_somebody_who_joins_on_a_wednesday_is_invited_once_to_that_friday(local_cloud: Cloud) -> None:
    member = like(ANN, "Ann Midweek")
    local_cloud.join(member)
    day = BEFORE + timedelta(weeks=7)
    local_cloud.plan_sessions(day)
    wednesday = datetime.combine(day - timedelta(days=2), time(10), UTC)
    (image,) = (
        item
        for item in local_cloud.items()
        if item.get("address") == {"S": member["email"]} and item["kind"] == {"S": "member"}
    )
    record = {
        "dynamodb": {
            "NewImage": image,
            "SequenceNumber": "1",
            "ApproximateCreationDateTime": wednesday.timestamp(),
        }
    }

    answer = local_cloud.stack.invoke("invites.welcome", {"Records": [record]})

    assert answer == {"batchItemFailures": []}
    local_cloud.mailbox.next(member["email"], about(day))
    report = plan(local_cloud, day)
    local_cloud.let_mail_pass()
    assert the_tally(report)["already"] == 1
    assert len(local_cloud.mailbox.all(member["email"], about(day))) == 1
