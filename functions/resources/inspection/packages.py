"""How the parts of an Office file belong together (ECMA-376 part 2, Open Packaging Conventions)."""

import posixpath
from collections.abc import Mapping
from typing import NamedTuple
from urllib.parse import unquote

from functions.resources.inspection.archive import Archive
from functions.resources.inspection.markup import Attributes, parse

CONTENT_TYPES = "[Content_Types].xml"


class Relationship(NamedTuple):
    """What one part says of another, or of something outside the file."""

    source: str
    """The part that says it. Empty for the file itself."""
    identity: str
    kind: str
    """The last word of its type, in small letters."""
    target: str
    """The name of the other part, or the address outside."""
    external: bool


def relationships(archive: Archive, source: str = "") -> list[Relationship]:
    """What the part ``source`` refers to. Raises ``Refused`` for a list that cannot be read."""
    folder, _, name = source.rpartition("/")
    listing = posixpath.join(folder, "_rels", f"{name}.rels")
    found: list[Relationship] = []

    def start(element: str, given: Attributes) -> None:
        if element.lower() == "relationship":
            external = given.get("TargetMode", "").lower() == "external"
            target = given.get("Target", "")
            kind = given.get("Type", "").rstrip("/").rpartition("/")[2].lower()
            resolved = target if external else _resolved(folder, target)
            found.append(Relationship(source, given.get("Id", ""), kind, resolved, external))

    if listing in archive:
        parse(archive.chunks(listing), start=start)
    return found


def source_of(listing: str) -> str:
    """The part that a list of relationships, by its name, belongs to."""
    folder, _, name = listing.rpartition("/")
    return posixpath.join(folder.removesuffix("_rels").rstrip("/"), name.removesuffix(".rels"))


def _resolved(folder: str, target: str) -> str:
    path = unquote(target.partition("#")[0])
    return posixpath.normpath(posixpath.join("/", folder, path)).lstrip("/")


def content_types(archive: Archive) -> Mapping[str, str]:
    """What each entry is said to be, in small letters; empty for one of which nothing is said."""
    by_ending: dict[str, str] = {}
    by_name: dict[str, str] = {}

    def start(element: str, given: Attributes) -> None:
        kind = given.get("ContentType", "").lower()
        if element == "Default":
            by_ending[given.get("Extension", "").lower()] = kind
        elif element == "Override":
            by_name[given.get("PartName", "").lstrip("/").lower()] = kind

    parse(archive.chunks(CONTENT_TYPES), start=start)
    return {
        name: by_name.get(name.lower(), by_ending.get(name.lower().rpartition(".")[2], "")) for name in archive.entries
    }
