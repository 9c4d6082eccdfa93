"""The keys of the items in the table, and the names of its lists. This is the only file that spells a key.

``kinds.py`` says of each kind of item what it holds and how long it is kept.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Key:
    """The primary key of one item."""

    pk: str
    sk: str


def draft(browser: str) -> Key:
    """The answers of a person who is joining, by the digest of their browser's secret."""
    return Key(f"DRAFT#{browser}", "DRAFT")


def ask(browser: str) -> Key:
    """A wish to sign in, by the digest of the browser's secret."""
    return Key(f"ASK#{browser}", "ASK")


def address(address_digest: str) -> Key:
    """Whom an email address belongs to. The item makes each address unique."""
    return Key(f"ADDRESS#{address_digest}", "ADDRESS")


def application(application_id: str) -> Key:
    """An application to join."""
    return Key(f"APPLICATION#{application_id}", "APPLICATION")


def vouch(vouch_id: str) -> Key:
    """A question to somebody's contact whether they can confirm the person's work."""
    return Key(f"VOUCH#{vouch_id}", "VOUCH")


def member(member_id: str) -> Key:
    """A member's profile, the first item of all that is held about them."""
    return Key(f"MEMBER#{member_id}", "PROFILE")


def still_you(member_id: str) -> Key:
    """The question to a member whether they are still there. There is one at most."""
    return Key(f"MEMBER#{member_id}", "STILL-YOU")


def agreement(agreement_id: str) -> Key:
    """What a second person was asked to agree to."""
    return Key(f"AGREEMENT#{agreement_id}", "AGREEMENT")


def complaint(complaint_id: str) -> Key:
    """What somebody complained of."""
    return Key(f"COMPLAINT#{complaint_id}", "COMPLAINT")


def coordinators() -> Key:
    """Who the coordinators are. There is one such item, so that two changes of it notice each other."""
    return Key("COORDINATORS", "COORDINATORS")


def erasure(erasure_id: str) -> Key:
    """That somebody is being erased, until the last of what was held about them is gone."""
    return Key(f"ERASURE#{erasure_id}", "ERASURE")


def erased(address_digest: str) -> Key:
    """That what was held about an address was erased. No list that is brought in makes a member of it."""
    return Key(f"ERASED#{address_digest}", "ERASED")


SIGN_INS = "SIGN-IN#"


def sign_in(member_id: str, secret_digest: str) -> Key:
    """One device on which a member is signed in."""
    return Key(f"MEMBER#{member_id}", f"{SIGN_INS}{secret_digest}")


def new_address(member_id: str, secret_digest: str) -> Key:
    """The address that a member wants to change to, on the device on which they asked for it."""
    return Key(f"MEMBER#{member_id}", f"NEW-ADDRESS#{secret_digest}")


def second_factor(member_id: str) -> Key:
    """A coordinator's second factor. There is one at most."""
    return Key(f"MEMBER#{member_id}", "SECOND-FACTOR")


def new_second_factor(member_id: str, secret_digest: str) -> Key:
    """The second factor that a coordinator is setting up, on the device on which they do."""
    return Key(f"MEMBER#{member_id}", f"NEW-SECOND-FACTOR#{secret_digest}")


def mail_choices(member_id: str) -> Key:
    """The emails that a member has stopped."""
    return Key(f"MEMBER#{member_id}", "MAIL-CHOICES")


def mail(mail_key: str) -> Key:
    """One message to one person: a row of the ledger."""
    return Key(f"MAIL#{mail_key}", "MAIL")


def suppressed(address_digest: str) -> Key:
    """An address to which mail fails."""
    return Key(f"SUPPRESSED#{address_digest}", "SUPPRESSED")


def trouble(address_digest: str) -> Key:
    """An address from which mail came back of late."""
    return Key(f"SUPPRESSED#{address_digest}", "TROUBLE")


def feed(member_id: str) -> Key:
    """A member's private calendar address. There is one at most, so a new one voids the old."""
    return Key(f"MEMBER#{member_id}", "FEED")


def answer(member_id: str, session_id: str) -> Key:
    """A member's answer to one session. There is one at most, and it goes when they leave."""
    return Key(f"MEMBER#{member_id}", f"ANSWER#{session_id}")


def attendance(member_id: str, session_id: str) -> Key:
    """That a member went in to one session, however often they did."""
    return Key(f"MEMBER#{member_id}", f"ATTENDANCE#{session_id}")


def limit(what: str, whom: str, window: str) -> Key:
    """A counter of one kind of asking, for one address or network, in one window of time."""
    return Key(f"LIMIT#{what}#{whom}", window)


def audit(subject: str, moment: str, line_id: str) -> Key:
    """One line about one subject; lines sort in order of time."""
    return Key(f"AUDIT#{subject}", f"{moment}#{line_id}")


def seal(number: int | str) -> Key:
    """One seal on the audit lines, by its number. In a policy ``*`` stands for all of them."""
    return Key(f"SEAL#{number}", "SEAL")


def series(series_id: str) -> Key:
    """A weekly series."""
    return Key(f"SERIES#{series_id}", "SERIES")


def session(session_id: str) -> Key:
    """One session."""
    return Key(f"SESSION#{session_id}", "SESSION")


def door_count(session_id: str, shard: int) -> Key:
    """One of the counters of those who went in to a session. Their sum is the count."""
    return Key(f"SESSION#{session_id}", f"DOOR#{shard}")


def run(run_id: str) -> Key:
    """One send to many."""
    return Key(f"RUN#{run_id}", "RUN")


def run_count(run_id: str, shard: str) -> Key:
    """A share of the counts of one send. There are several, so that two workers seldom write the same one."""
    return Key(f"RUN#{run_id}", f"COUNT#{shard}")


def run_part(run_id: str, shard: str) -> Key:
    """Where the planning of one send stands among the members of one shard."""
    return Key(f"RUN#{run_id}", f"PART#{shard}")


def heard(message_id: str) -> Key:
    """What was done with one mail that came in, by the mail service's name for it."""
    return Key(f"HEARD#{message_id}", "HEARD")


SHARES = "SHARE#"


def share(member_id: str, resource_id: str) -> Key:
    """That a member shared an item of the library."""
    return Key(f"MEMBER#{member_id}", f"{SHARES}{resource_id}")


def resource(resource_id: str) -> Key:
    """An item of the library."""
    return Key(f"RESOURCE#{resource_id}", "RESOURCE")


def download_count(resource_id: str) -> Key:
    """How often an item was downloaded."""
    return Key(f"RESOURCE#{resource_id}", "DOWNLOADS")


def library_closed() -> Key:
    """That the library takes no files at present."""
    return Key("LIBRARY", "CLOSED")


# The two indexes. ``gsi1`` lists the things that belong together. ``gsi2`` holds only what still waits
# for somebody or something to act, in order of when it is due, so it stays small however old the network is.

LISTS = "gsi1"
WAITING = "gsi2"

SHARDS = tuple("0123456789abcdef")
"""The parts into which long lists are cut, by the first digit of an id or a digest. One partition of an index takes a
thousand writes a second (AWS, "Best practices for designing partition keys"), and a long list is worked through in
parts side by side."""

MAIL_PARTS = tuple("0123")
"""The parts of the lists of messages that wait or are being sent, each of which is asked for every few minutes. A
message makes four writes on them, so they carry a thousand messages a second."""

LINES = "LINES"
"""Every audit line, in the order in which they were written."""
SEALS = "SEALS"
MAIL_TO_SEE_TO = "MAIL#see-to"
RUNS = "RUNS"
DIGEST_READERS = "DIGEST-READERS"
PLANNING = "PLANNING"
SESSIONS = "SESSIONS"
SERIES = "SERIES"
APPLICATIONS_WAITING = "APPLICATIONS"
DECISIONS_DUE = "DECISIONS"
VOUCHES_DUE = "VOUCHES"
COMPLAINTS_WAITING = "COMPLAINTS#waiting"
COMPLAINTS_ANSWERED = "COMPLAINTS#answered"
"""What was answered stays on a list while it is kept, because somebody may have to show it. It is a few a year."""
ERASURES = "ERASURES"
ANNOUNCEMENTS = "ANNOUNCEMENTS"
RESOURCES = "RESOURCES"
"""Every item of the library but those that are still being written, in order of their last change."""
FILES_CHECKED = "FILES#checked"
FILES_IN_REVIEW = "FILES#in-review"
FILES_DISCARDED = "FILES#discarded"
REVIEW_DATES = "REVIEW-DATES"


def members_of(shard: str) -> str:
    """The list of the members whose ids begin with one digit."""
    return f"MEMBERS#{shard}"


def mail_waiting(stream: str, part: str) -> str:
    """A part of the list of the messages of one stream that wait for their turn."""
    return f"MAIL#{stream}#{part}"


def mail_sending(part: str) -> str:
    """A part of the list of the messages that wait for the mail service's answer."""
    return f"MAIL#sending#{part}"


def mail_part(key: str) -> str:
    """The part of such a list that a message is on."""
    return MAIL_PARTS[int(key[0], 16) % len(MAIL_PARTS)]


def mail_of(owner: str) -> str:
    """The list of the mail we sent to one owner: a member's or an application's id, or the digest of an address."""
    return f"MAIL-OF#{owner}"


def wishes_of(address_digest: str) -> str:
    """The list of what waits for a code to be typed that was sent to one address."""
    return f"WISHES-OF#{address_digest}"


def answers_to(session_id: str) -> str:
    """The list of the answers to one session, by member."""
    return f"ANSWERS#{session_id}"


def attendance_of(session_id: str) -> str:
    """The list of those who went in to one session, by member."""
    return f"ATTENDANCE-OF#{session_id}"


def heard_of(member_id: str) -> str:
    """The list of the mail that came in from, or for, one member."""
    return f"HEARD-OF#{member_id}"


def complaints_of(address_digest: str) -> str:
    """The list of the complaints from one address."""
    return f"COMPLAINTS-OF#{address_digest}"


def vouches_by(address_digest: str) -> str:
    """The list of the questions that were put to one contact."""
    return f"VOUCHES-BY#{address_digest}"


def applications_of(status: str) -> str:
    """The list of the applications that have been decided in one way."""
    return f"APPLICATIONS#{status}"
