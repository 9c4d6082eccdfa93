"""Whether a photo says where it was taken (Exif 2.32, 4.6.6, and XMP).

A picture is not decoded: its directory of facts is followed as far as the one fact that is wanted.
"""

import struct

_POSITION = 0x8825
"""The entry that leads to the facts about the place."""
_LATITUDE, _LONGITUDE = 2, 4
_MOST_ENTRIES = 200
_DIRECTORY_AT = 4
_ENTRY = 12
_IN_XMP = (b"exif:GPSLatitude", b"exif:GPSLongitude")
_BEFORE_FACTS = ((b"Exif\x00\x00", 0), (b"eXIf", 0), (b"EXIF", 4))
"""What stands before the facts in JPEG, PNG and WebP, and how many bytes there are between."""
_ORDERS = {b"II*\x00": "<", b"MM\x00*": ">"}


def tells_place(picture: bytes) -> bool:
    """Whether the facts in ``picture`` have a latitude or a longitude."""
    if any(mark in picture for mark in _IN_XMP):
        return True
    starts = [0]
    for mark, between in _BEFORE_FACTS:
        found = picture.find(mark)
        if found >= 0:
            starts.append(found + len(mark) + between)
    return any(_has_position(picture[start:]) for start in starts if picture[start : start + 4] in _ORDERS)


def _has_position(facts: bytes) -> bool:
    order = _ORDERS[facts[:4]]
    try:
        (first,) = struct.unpack_from(f"{order}L", facts, _DIRECTORY_AT)
        position = _entries(facts, first, order).get(_POSITION)
        return position is not None and not {_LATITUDE, _LONGITUDE}.isdisjoint(_entries(facts, position, order))
    except struct.error:
        return False


def _entries(facts: bytes, place: int, order: str) -> dict[int, int]:
    (count,) = struct.unpack_from(f"{order}H", facts, place)
    found = {}
    for number in range(min(count, _MOST_ENTRIES)):
        tag, _, _, value = struct.unpack_from(f"{order}HHLL", facts, place + 2 + number * _ENTRY)
        found[tag] = value
    return found
