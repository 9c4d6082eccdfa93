"""``psmn export-all``: everything that a stage holds, in formats that any program reads."""

import json
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import IO

import click
from botocore.exceptions import BotoCoreError, ClientError

from cli import agreement, options
from cli.files import Kept, files_of
from cli.stack import Cloud, reach
from cli.whole_table import every_item
from functions.kernel import clock
from functions.kernel.errors import Refusal
from functions.kernel.kinds import KINDS
from functions.kernel.table import Item
from functions.kernel.when import day_in_words, in_uk
from functions.resources.naming import saved_as
from infra.stages import Stage

WHAT = "exported everything"
"""In the audit log."""
WANTED = (
    "take out everything that the network holds: what every member told us and answered, and the files of the library"
)
"""For the coordinators who are asked to agree."""
README = """\
# Everything that {prefix} held on {day}

This is personal data of members. Keep it encrypted, give it to nobody who may not see it, and delete it when it has
served.

## `table/`

One file for each kind of item, in JSON Lines (<https://jsonlines.org>): UTF-8, one JSON object on each line. `pk` and
`sk` are the key of the item, and the names that begin with `gsi` place it in lists. `expires_at` is when it is deleted,
in seconds since 1970. Moments are in UTC (ISO 8601).

| file | items | what it holds |
| --- | ---: | --- |
{rows}

{nothing}

## `library/`

{files} files, as members get them. Each name begins with the `id` of its item in `table/resource.jsonl`, which has its
title, topics and permission.

## What is not here

Files that had not been inspected or published, mail on its way, logs, and backups. Codes, links and sign-ins are kept
as fingerprints alone, so none of them can be used from here.
"""
_ONLY_OURS = 0o700
_REFUSED = {"AccessDenied", "NoSuchKey", "404", "403"}


@dataclass(slots=True)
class Export:
    """What went out."""

    kinds: dict[str, int] = field(default_factory=dict)
    files: dict[str, str] = field(default_factory=dict)
    """The id of the item of each file, by what it is called in the folder."""
    missing: list[str] = field(default_factory=list)
    """The ids of items whose file could not be had."""


@click.command("export-all")
@options.in_named_stage
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
@agreement.because
@options.yes
@options.as_json
@click.pass_context
def export_all(
    context: click.Context, folder: Path, *, stage: Stage, reason: str | None, yes: bool, as_json: bool
) -> None:
    """Write everything that a stage holds into FOLDER: the table and the library's files.

    That is personal data of every member, so a coordinator has to agree to it first. The exit code is 1 when nobody has
    yet, and when a file of the library could not be had.
    """
    if folder.exists() and any(folder.iterdir()):
        raise click.ClickException(f"{folder} is not empty. Name a folder that is, or that is not there yet.")
    if not yes:
        click.confirm(
            f"This writes the names, addresses and answers of every member of {stage.prefix} into {folder}. Go on?",
            abort=True,
            err=as_json,
        )
    now = clock.now()
    try:
        cloud = reach(stage)
        # That it is done is in the audit log before anything is read (security requirement 69).
        agreement.must_have(cloud, WANTED, WHAT, reason, now)
        export = write(cloud, folder, now)
    except (LookupError, Refusal) as error:
        raise click.ClickException(str(error)) from error
    except (BotoCoreError, ClientError) as error:
        raise click.ClickException(f"It was cut short, and {folder} is not whole: {error}") from error
    except OSError as error:
        raise click.ClickException(f"It could not be written: {error}") from error
    items = sum(export.kinds.values())
    if as_json:
        told = {"folder": str(folder), "items": items, "kinds": export.kinds, "files": len(export.files)}
        click.echo(json.dumps({**told, "items_without_their_file": export.missing}, indent=2))
    else:
        click.echo(f"{items:,} items and {len(export.files):,} files are in {folder}. Its README.md says what is what.")
        for item in export.missing:
            click.echo(f"The file of the item {item} could not be had.")
    context.exit(1 if export.missing else 0)


def write(cloud: Cloud, folder: Path, now: datetime) -> Export:
    """Write everything."""
    for part in (folder, folder / "table", folder / "library"):
        part.mkdir(mode=_ONLY_OURS, parents=True, exist_ok=True)
    export, items = Export(), []
    with ExitStack() as stack:
        open_files: dict[str, IO[str]] = {}
        for item in every_item(cloud.table):
            kind = item["kind"]
            if kind not in open_files:
                path = folder / "table" / f"{kind}.jsonl"
                open_files[kind] = stack.enter_context(path.open("w", encoding="utf-8"))
            open_files[kind].write(_line(item))
            export.kinds[kind] = export.kinds.get(kind, 0) + 1
            if kind == "resource":
                items.append(item)
    for kept in files_of(items):
        _fetch(cloud, kept, folder / "library", export)
    export.kinds = dict(sorted(export.kinds.items()))
    (folder / "README.md").write_text(readme(cloud.stage, export, now), encoding="utf-8")
    return export


def _line(item: Item) -> str:
    return json.dumps(item, ensure_ascii=False, sort_keys=True) + "\n"


def _fetch(cloud: Cloud, kept: Kept, folder: Path, export: Export) -> None:
    """Get one file, under the name that members get it by, after the id of its item."""
    title = kept.resource.words.title if kept.resource.words else kept.file.name
    name = f"{kept.resource.id}-{saved_as(title, kept.file.kind)}"
    try:
        cloud.client("s3").download_file(cloud.contents.buckets["library"], kept.key, str(folder / name))
    except ClientError as error:
        if error.response["Error"]["Code"] not in _REFUSED:
            raise
        export.missing.append(kept.resource.id)
    else:
        export.files[name] = kept.resource.id


def readme(stage: Stage, export: Export, now: datetime) -> str:
    """What the folder says about itself."""
    words = {kind.name: kind.words for kind in KINDS}
    rows = [
        f"| `{name}.jsonl` | {count:,} | {words.get(name, 'Of a kind that is no longer written')} |"
        for name, count in export.kinds.items()
    ]
    left_out = [kind.name for kind in KINDS if kind.name not in export.kinds]
    nothing = (
        f"There is nothing of these kinds: {', '.join(left_out)}." if left_out else "There is something of each kind."
    )
    return README.format(
        prefix=stage.prefix,
        day=day_in_words(in_uk(now).date()),
        rows="\n".join(rows),
        nothing=nothing,
        files=f"{len(export.files):,}",
    )
