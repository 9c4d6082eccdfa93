"""A zip file as Office and OpenDocument use it (PKWARE, APPNOTE.TXT), read so that it can mean only one thing.

A zip is listed twice: once at its end, and once before each entry. Programs differ in which list they believe, and most
put up with bytes that neither mentions. A file that one program takes for a letter and another for something else hides
in such gaps. So both lists must agree, and the entries must fill the file from its first byte to its last.
"""

import struct
import zlib
from collections.abc import Iterator
from typing import NamedTuple

from functions.resources.inspected import Reason
from functions.resources.inspection.refusal import Refused

MOST_ENTRIES = 5_000
MOST_EXPANDED = 400 * 1024 * 1024
"""Bytes of all entries together: four times the largest file, most of which is pictures, and those do not shrink."""
MOST_RATIO = 200
"""How many times its size in the file an entry may expand to. Dense tables of figures reach about 40."""
RATIO_FROM = 8 * 1024 * 1024
"""Bytes below which the ratio does not matter: blank pictures and empty tables shrink to nothing."""
MOST_NESTED = 20 * 1024 * 1024
"""Bytes that are unpacked of the workbook behind a chart."""

_END = struct.Struct("<4s4H2LH")
_CENTRAL = struct.Struct("<4s6H3L5H2L")
_LOCAL = struct.Struct("<4s5H3L2H")
_EXTRA = struct.Struct("<2H")
_END_SIGNATURE = b"PK\x05\x06"
_DESCRIPTOR_SIGNATURE = b"PK\x07\x08"
_ENCRYPTED = 1 << 0 | 1 << 6 | 1 << 13
_AFTERWARDS = 1 << 3
"""Sizes and checksum stand behind the entry, because its writer did not know them before."""
_UTF8 = 1 << 11
_STORED, _DEFLATED = 0, 8
_IN_EXTRA = 0xFFFFFFFF
_ZIP64 = 1
_CHUNK = 64 * 1024


class Entry(NamedTuple):
    """One file in the archive."""

    name: str
    method: int
    checksum: int
    packed: int
    size: int
    """Bytes it says it expands to."""
    begins: int
    """Where its packed bytes begin."""


class Archive:
    """A zip whose directory has been found to be in order. Its entries are unpacked one at a time, within bounds."""

    def __init__(self, content: bytes) -> None:
        """Read the directory, and nothing else.

        Raises ``Refused`` unless it is one plain archive, without encryption, that expands to a sensible size.
        """
        self._content = content
        entries = _entries(content)
        self.entries = {entry.name: entry for entry in entries}
        self.first = entries[0]
        """The one that stands first in the file."""
        _check_names(entries)
        if sum(entry.size for entry in entries) > MOST_EXPANDED:
            raise Refused(Reason.EXPANDS)
        for entry in entries:
            if entry.size > max(RATIO_FROM, entry.packed * MOST_RATIO):
                raise Refused(Reason.EXPANDS)

    def __contains__(self, name: str) -> bool:
        """Whether it has an entry of this name."""
        return name in self.entries

    def read(self, name: str) -> bytes:
        """All of an entry. Raises ``Refused`` if it is not there or not what the directory says."""
        return b"".join(self.chunks(name))

    def beginning(self, name: str) -> bytes:
        """The first bytes of an entry, at most 64 KiB."""
        return next(self.chunks(name), b"")

    def skim(self, name: str) -> None:
        """Unpack an entry and keep nothing, to find that it is as the directory says. Raises as ``chunks`` does."""
        for _ in self.chunks(name):
            pass

    def chunks(self, name: str) -> Iterator[bytes]:
        """The bytes of an entry, in pieces that fit into memory.

        Raises ``Refused`` as soon as it turns out larger than the directory says, or otherwise not as it says.
        """
        entry = self.entries.get(name)
        if entry is None:
            raise Refused(Reason.BROKEN)
        checksum = length = 0
        for chunk in self._unpacked(entry):
            length += len(chunk)
            if length > entry.size:
                raise Refused(Reason.EXPANDS)
            checksum = zlib.crc32(chunk, checksum)
            yield chunk
        if length != entry.size or checksum != entry.checksum:
            raise Refused(Reason.BROKEN)

    def _unpacked(self, entry: Entry) -> Iterator[bytes]:
        packed = memoryview(self._content)[entry.begins : entry.begins + entry.packed]
        if entry.method == _STORED:
            for start in range(0, len(packed), _CHUNK):
                yield bytes(packed[start : start + _CHUNK])
            return
        unpacking = zlib.decompressobj(-zlib.MAX_WBITS)
        try:
            for start in range(0, len(packed), _CHUNK):
                waiting = bytes(packed[start : start + _CHUNK])
                while waiting and not unpacking.eof:
                    yield unpacking.decompress(waiting, _CHUNK)
                    waiting = unpacking.unconsumed_tail
            yield unpacking.flush()
        except zlib.error:
            raise Refused(Reason.BROKEN) from None
        if not unpacking.eof or unpacking.unused_data:
            raise Refused(Reason.TWO_IN_ONE)


def has_one_inside(content: bytes) -> bool:
    """Whether a program that looks for zips would find one that ends somewhere in ``content``."""
    place = content.find(_END_SIGNATURE)
    while place >= 0:
        if place + _END.size <= len(content):
            _, _, _, _, count, length, _, _ = _END.unpack_from(content, place)
            if count and content[place - length : place - length + 4] == b"PK\x01\x02":
                return True
        place = content.find(_END_SIGNATURE, place + 1)
    return False


def _entries(content: bytes) -> list[Entry]:
    """The entries in the order in which they stand in the file."""
    count, begins, ends = _directory(content)
    if count > MOST_ENTRIES:
        raise Refused(Reason.EXPANDS)
    found, place = [], begins
    try:
        for _ in range(count):
            entry, offset, place = _listed(content, place)
            found.append((offset, entry))
    except (struct.error, UnicodeDecodeError):
        raise Refused(Reason.BROKEN) from None
    if place != ends or not found:
        raise Refused(Reason.BROKEN)
    found.sort(key=lambda each: each[0])
    nexts = [offset for offset, _ in found[1:]] + [begins]
    if found[0][0] != 0:
        raise Refused(Reason.TWO_IN_ONE)
    return [_agreed(content, *each, following) for each, following in zip(found, nexts, strict=True)]


def _directory(content: bytes) -> tuple[int, int, int]:
    """How many entries are listed, and where the list begins and ends."""
    place = content.rfind(_END_SIGNATURE)
    if place < 0 or place + _END.size > len(content):
        raise Refused(Reason.BROKEN)
    if place + _END.size != len(content):
        # Something follows. Office writes no comment either, and a comment is as good a place to hide as any.
        raise Refused(Reason.TWO_IN_ONE)
    _, disk, first_disk, on_disk, count, length, begins, _ = _END.unpack_from(content, place)
    if disk or first_disk or on_disk != count:
        raise Refused(Reason.BROKEN)
    if begins + length != place:
        raise Refused(Reason.TWO_IN_ONE)
    return count, begins, place


def _listed(content: bytes, place: int) -> tuple[Entry, int, int]:
    """An entry as the directory lists it, where it says the entry is, and where its own line ends."""
    fields = _CENTRAL.unpack_from(content, place)
    signature, _, _, flags, method, _, _, checksum, packed, size, named, extra, comment, _, _, _, offset = fields
    if signature != b"PK\x01\x02":
        raise Refused(Reason.BROKEN)
    if flags & _ENCRYPTED:
        raise Refused(Reason.ENCRYPTED)
    if method not in {_STORED, _DEFLATED}:
        raise Refused(Reason.BROKEN)
    place += _CENTRAL.size
    name = _name(content[place : place + named], flags)
    size, packed = _long(content[place + named : place + named + extra], size, packed)
    return Entry(name, method, checksum, packed, size, 0), offset, place + named + extra + comment


def _agreed(content: bytes, offset: int, listed: Entry, following: int) -> Entry:
    """The entry, if what stands before it and behind it says the same as the directory."""
    try:
        fields = _LOCAL.unpack_from(content, offset)
    except struct.error:
        raise Refused(Reason.BROKEN) from None
    signature, _, flags, method, _, _, checksum, packed, size, named, extra = fields
    if signature != b"PK\x03\x04":
        raise Refused(Reason.BROKEN)
    place = offset + _LOCAL.size
    begins = place + named + extra
    size, packed = _long(content[place + named : begins], size, packed)
    facts = (checksum, packed, size)
    agreed = (listed.checksum, listed.packed, listed.size)
    later = bool(flags & _AFTERWARDS) and facts == (0, 0, 0)
    if flags & _ENCRYPTED:
        raise Refused(Reason.ENCRYPTED)
    if method != listed.method or not (facts == agreed or later):
        raise Refused(Reason.TWO_IN_ONE)
    try:
        if _name(content[place : place + named], flags) != listed.name:
            raise Refused(Reason.TWO_IN_ONE)
    except UnicodeDecodeError:
        raise Refused(Reason.BROKEN) from None
    rest = content[begins + listed.packed : following] if begins + listed.packed <= following else None
    if rest is None or (rest and not (flags & _AFTERWARDS and _describes(rest, listed))):
        raise Refused(Reason.TWO_IN_ONE)
    return listed._replace(begins=begins)


def _describes(rest: bytes, listed: Entry) -> bool:
    """Whether ``rest`` is a data descriptor of the entry and nothing else (APPNOTE 4.3.9)."""
    facts = rest.removeprefix(_DESCRIPTOR_SIGNATURE)
    agreed = (listed.checksum, listed.packed, listed.size)
    return facts in {struct.pack("<3L", *agreed), struct.pack("<L2Q", *agreed)}


def _name(raw: bytes, flags: int) -> str:
    return raw.decode("utf-8" if flags & _UTF8 else "cp437")


def _long(extra: bytes, size: int, packed: int) -> tuple[int, int]:
    """The two sizes, which some writers put into an extra field for long files in any case (APPNOTE 4.5.3)."""
    while len(extra) >= _EXTRA.size:
        kind, length = _EXTRA.unpack_from(extra)
        field, extra = extra[_EXTRA.size : _EXTRA.size + length], extra[_EXTRA.size + length :]
        if kind == _ZIP64:
            numbers = [int.from_bytes(field[place : place + 8], "little") for place in range(0, len(field), 8)]
            if size == _IN_EXTRA and numbers:
                size = numbers.pop(0)
            if packed == _IN_EXTRA and numbers:
                packed = numbers.pop(0)
    return size, packed


def _check_names(entries: list[Entry]) -> None:
    """Refuse names that lead out of the archive, and two that a program could take for one (OPC, 6.2.2 and 7.3)."""
    seen = set()
    for entry in entries:
        name = entry.name
        steps = name.removesuffix("/").split("/")
        if not name.isprintable() or "\\" in name or ":" in name or any(step in {"", ".", ".."} for step in steps):
            raise Refused(Reason.BROKEN)
        seen.add(name.lower())
    if len(seen) != len(entries):
        raise Refused(Reason.TWO_IN_ONE)
