"""A member's own account: reading what is held, the private calendar, signing out everywhere, and leaving."""

import json
import time
from datetime import timedelta

import icalendar

from tests.e2e.cloud import Cloud, like
from tests.e2e.visitor import Visitor
from tests.people import ANN

RECEIPT = "You have left"
_ENOUGH_TO_FORGET = timedelta(minutes=20)


def feed_of(visitor: Visitor) -> str:
    """The path of a new private calendar address, as the page shows it once."""
    page = visitor.follow(visitor.post("/account/calendar", action="make"))
    shown = next(each for each in page.tree.iter() if each.get("id") == "address")
    return "".join(shown.itertext()).strip().removeprefix(visitor.url)


def test_a_member_reads_everything_that_is_held_about_them(local_cloud: Cloud) -> None:
    ann = like(ANN, "Ann Reader")
    visitor = local_cloud.join(ann)

    page, file = visitor.get("/account/data"), visitor.get("/account/data?as=json")

    told = (ann["name"], ann["email"], ann["organisation"], "A01")
    assert [words for words in told if words not in page.words] == []
    assert [words for words in told if words not in json.dumps(file.json, ensure_ascii=False)] == []
    assert file.headers["content-disposition"] == 'attachment; filename="what-we-hold-about-you.json"'


def test_somebody_leaves_in_one_step_and_gets_a_receipt(local_cloud: Cloud) -> None:
    ann = like(ANN, "Ann Leaver")
    visitor = local_cloud.join(ann)
    feed, cookies = feed_of(visitor), dict(visitor.cookies)
    assert local_cloud.visitor().get(feed).status == 200
    local_cloud.let_mail_pass()

    left = visitor.follow(visitor.post("/account/leave"))

    assert "You have left the network" in left.words
    assert Visitor(visitor.url, cookies).get("/home").location.startswith("/sign-in"), "The cookie must be dead."
    assert local_cloud.visitor().get(feed).status == 404
    local_cloud.mailbox.next(ann["email"], RECEIPT)
    local_cloud.visitor().post("/sign-in", email=ann["email"])
    local_cloud.mailbox.next(ann["email"], "No member has this email address")


def test_nothing_names_somebody_who_left_but_the_receipt_and_what_empties_their_calendar(local_cloud: Cloud) -> None:
    ann = like(ANN, "Ann Forgotten")
    visitor = local_cloud.join(ann)
    local_cloud.let_mail_pass()
    visitor.post("/account/leave")
    local_cloud.mailbox.next(ann["email"], RECEIPT)

    local_cloud.settle(_ENOUGH_TO_FORGET)

    items = [item for item in local_cloud.items() if ann["email"] in (text := json.dumps(item)) or ann["name"] in text]
    ends = {item.get("mail_kind", item["kind"])["S"]: int(item["expires_at"]["N"]) for item in items}
    # What takes sessions out of their calendar may still be waiting for its turn.
    assert {"left"} <= set(ends) <= {"left", "withdrawn"}
    assert timedelta(seconds=max(ends.values()) - time.time()) <= timedelta(days=30)


def test_a_private_calendar_opens_without_cookies_until_it_is_stopped(local_cloud: Cloud) -> None:
    visitor = local_cloud.join(like(ANN, "Ann Subscriber"))
    first = feed_of(visitor)
    answer = local_cloud.visitor().get(first)

    assert answer.headers["content-type"] == "text/calendar; charset=utf-8"
    events = icalendar.Calendar.from_ical(answer.body).walk("VEVENT")
    assert len(events) >= 26
    assert all("ATTENDEE" not in event for event in events)
    assert b"meeting.example" not in answer.body
    second = feed_of(visitor)
    assert local_cloud.visitor().get(first).status == 404, "A new address must stop the old one."
    assert local_cloud.visitor().get(second).status == 200
    visitor.post("/account/calendar", action="stop")
    assert local_cloud.visitor().get(second).status == 404


def test_signing_out_everywhere_ends_every_sign_in(local_cloud: Cloud) -> None:
    ann = like(ANN, "Ann Lostphone")
    desktop = local_cloud.join(ann)
    phone = local_cloud.sign_in(ann["email"])
    stolen = Visitor(phone.url, dict(phone.cookies))
    assert phone.get("/home").status == desktop.get("/home").status == 200

    desktop.post("/account/sign-out-everywhere")

    assert [browser.get("/home").status for browser in (desktop, phone, stolen)] == [303, 303, 303]


def test_signing_out_kills_the_cookie_and_not_only_in_this_browser(local_cloud: Cloud) -> None:
    visitor = local_cloud.join(like(ANN, "Ann Signingout"))
    copied = Visitor(visitor.url, dict(visitor.cookies))

    assert visitor.post("/sign-out").location == "/"

    assert copied.get("/home").status == 303


def test_a_member_comes_back_to_where_they_were_going_after_signing_in(local_cloud: Cloud) -> None:
    ann = like(ANN, "Ann Linkfollower")
    local_cloud.join(ann)
    (*_, session) = local_cloud.visitor().get("/api/sessions").json["sessions"]
    door, visitor = f"/sessions/{session['id']}/door", local_cloud.visitor()

    asked = visitor.get(door)
    visitor.post("/sign-in", email=ann["email"], next=visitor.follow(asked).value_of("next") or "")
    code = local_cloud.code_for(ann["email"], "Your code to sign in")
    arrived = visitor.post("/sign-in/code", code=code)

    assert arrived.location == door
    assert "The door is not open yet" in visitor.follow(arrived).words


def test_a_members_calendar_file_opens_for_members_alone(local_cloud: Cloud) -> None:
    visitor = local_cloud.join(like(ANN, "Ann Downloader"))
    (session, *_) = visitor.get("/api/sessions").json["sessions"]
    file = f"/sessions/{session['id']}.ics"

    mine, theirs = visitor.get(file), local_cloud.visitor().get(file)

    assert mine.headers["content-type"] == "text/calendar; charset=utf-8"
    assert mine.body.startswith(b"BEGIN:VCALENDAR")
    assert (theirs.status, theirs.location.partition("?")[0]) == (303, "/sign-in")
