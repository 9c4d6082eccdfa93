"""``psmn eligibility``: what the rules say about people in a file, without a network, a cloud or a database.

For whoever changes a rule or a data file, and wants to see who would be decided on differently.
"""

import csv
import json
from collections.abc import Iterator, Mapping
from io import StringIO
from pathlib import Path
from typing import IO

import click

from functions.membership.eligibility import Evidence, History, decide

ASKED = ("email", "role", "nation", "vouch", "profile", "proven", "status")
"""The columns that are read. Any others are ignored."""

ANSWERED = ("grade", "decision", "reason")
"""The columns that are added."""

_YES = frozenset({"yes", "true", "1", "y"})

_HISTORY = {
    "": History.NONE,
    "none": History.NONE,
    "new": History.NONE,
    "erased": History.NONE,
    "member": History.MEMBER,
    "removed": History.REMOVED,
}


class NotAList(click.ClickException):
    """A file that is not a list of people we can read. The message is one sentence."""

    exit_code = 2


@click.group()
def eligibility() -> None:
    """Try the rules about who may join."""


@eligibility.command()
@click.argument("path", metavar="FILE.csv")
@click.option("--json", "as_json", is_flag=True, help="Print a JSON list instead of CSV.")
def check(path: str, *, as_json: bool) -> None:
    """Say what the rules decide about each person in a CSV file.

    The columns are email, role, nation, vouch, profile, proven and status. "UK" is any of the four nations and "IE" is
    Ireland; "yes", "true", "1" and "y" are yes, and anything else is no; a status is empty, member, removed or erased.
    """
    answers = [{**person, **_decided(person)} for person in _people(path)]
    text = json.dumps(answers, indent=2, ensure_ascii=False) + "\n" if as_json else _as_csv(answers)
    # Bytes, because a terminal or a pipe may be set to an encoding that a name or an address does not fit.
    click.echo(text.encode(), nl=False)


def _people(path: str) -> Iterator[dict[str, str]]:
    """The people in a file. Raises ``NotAList`` when it cannot be read."""
    try:
        with Path(path).open(encoding="utf-8-sig", newline="") as file:
            yield from _rows(path, file)
    except OSError as error:
        raise NotAList(f"{path} cannot be read: {(error.strerror or str(error)).lower()}.") from error
    except (UnicodeDecodeError, csv.Error) as error:
        raise NotAList(f"{path} is not a CSV file in UTF-8.") from error


def _rows(path: str, file: IO[str]) -> Iterator[dict[str, str]]:
    rows = csv.DictReader(file, restval="")
    rows.fieldnames = [name.strip().lower() for name in rows.fieldnames or ()]
    missing = [name for name in ASKED if name not in rows.fieldnames]
    if missing:
        columns = "column" if len(missing) == 1 else "columns"
        raise NotAList(f"{path} has no {columns} {', '.join(missing)} in its first line.")
    for row in rows:
        if _code(row["status"]) not in _HISTORY:
            click.echo(
                f"Line {rows.line_num}: the status {row['status']!r} is not one we know and counts as none.", err=True
            )
        yield {name: row[name] for name in ASKED}


def _decided(person: Mapping[str, str]) -> dict[str, str]:
    decision = decide(
        Evidence(
            address=person["email"],
            role=_code(person["role"]),
            nation=_code(person["nation"]),
            vouched=_code(person["vouch"]) in _YES,
            profile=_code(person["profile"]) in _YES,
            proven=_code(person["proven"]) in _YES,
            history=_HISTORY.get(_code(person["status"]), History.NONE),
        )
    )
    return {"grade": decision.grade, "decision": decision.outcome, "reason": decision.reason}


def _code(typed: str) -> str:
    """What somebody typed in a spreadsheet, as our data files write it: ``Northern Ireland``, ``northern-ireland``."""
    return "-".join(typed.lower().split())


def _as_csv(answers: list[dict[str, str]]) -> str:
    text = StringIO()
    sheet = csv.DictWriter(text, [*ASKED, *ANSWERED], lineterminator="\n")
    sheet.writeheader()
    sheet.writerows(answers)
    return text.getvalue()
