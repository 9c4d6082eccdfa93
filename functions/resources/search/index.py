"""The index: one SQLite file that is made from nothing, kept up to date in place, and told from one of other code.

What is taken out is gone from the file, not only unlisted: whoever gets hold of the file finds no word of it (security
requirement 63). SQLite overwrites what it frees (``secure_delete``), and the full-text index, which otherwise only
notes that a row is gone, is merged anew ("The 'optimize' command", https://www.sqlite.org/fts5.html).
"""

import hashlib
import json
import sqlite3
import zlib
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Final

from functions.kernel import glossary
from functions.resources.inspected import Part
from functions.resources.search.model import FILTERS, Entry
from functions.resources.search.words import SAYING_NOTHING, indexed
from functions.resources.topics import NATIONS, ORGANISATIONS, SETTINGS, TOPICS

_SHAPE: Final = 1
"""Raised by hand whenever what is written here, or what ``words.py`` makes of a text, changes."""
_LABELS: Final = {"topics": TOPICS, "nations": NATIONS, "settings": SETTINGS, "organisations": ORGANISATIONS}
"""What the choices of each filter are called: people look for those words too."""
_OURS: Final = int.from_bytes(b"PSMN")

# ``word`` counts in how many items each word is. It knows what is spelt wrong, and what a word may be the beginning of.
# ``item`` is small, for ordering many; ``content`` is read for those that are shown, and to take an item out again.
# The words are parted and folded by ``words.py``, so the tokenizer has only to stem them; and as the index holds no
# text of its own (content=''), that is kept once, and squeezed.
_TABLES: Final = """
CREATE TABLE item (id INTEGER PRIMARY KEY, key TEXT NOT NULL UNIQUE, published_on TEXT NOT NULL);
CREATE INDEX newest ON item (published_on DESC, key);
CREATE TABLE content (id INTEGER PRIMARY KEY, about TEXT NOT NULL, inside BLOB NOT NULL);
CREATE TABLE choice (filter TEXT, value TEXT, item INTEGER, PRIMARY KEY (filter, value, item)) WITHOUT ROWID;
CREATE INDEX choices_of ON choice (item);
CREATE TABLE word (word TEXT PRIMARY KEY, items INTEGER NOT NULL) WITHOUT ROWID;
CREATE VIRTUAL TABLE texts USING fts5 (title, labels, summary, inside, content='', tokenize='porter ascii');
"""
_PUT_TEXTS: Final = "INSERT INTO texts (rowid, title, labels, summary, inside) VALUES (?, ?, ?, ?, ?)"
# The full-text index keeps no texts, so it has to be told which ones it is to forget.
_FORGET_TEXTS: Final = (
    "INSERT INTO texts (texts, rowid, title, labels, summary, inside) VALUES ('delete', ?, ?, ?, ?, ?)"
)
_TAKE_OUT: Final = (
    "DELETE FROM item WHERE id=?",
    "DELETE FROM content WHERE id=?",
    "DELETE FROM choice WHERE item=?",
)
_LEAST_FREE: Final = 4
"""A file is made smaller when one page of this many is free."""


def version() -> int:
    """Which code, which glossary and which labels made an index, as SQLite keeps it (``PRAGMA user_version``).

    To take an item out, the index has to be told exactly what was put in, so another version is of no use.
    """
    words = json.dumps([glossary.edition(), _LABELS, SAYING_NOTHING]).encode()
    return _SHAPE << 24 | int.from_bytes(hashlib.sha256(words).digest()[:3])


def create(path: Path, entries: Iterable[Entry]) -> None:
    """Make an index of these entries in place of whatever is at ``path``. Of two with one id the later counts."""
    fresh = path.with_name(f"{path.name}.new")
    fresh.unlink(missing_ok=True)
    with closing(sqlite3.connect(fresh, autocommit=True)) as index:
        # Nobody sees the file before it is whole.
        index.executescript(f"PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF; BEGIN; {_TABLES}")
        _prepare(index)
        _put_all(index, entries)
        index.execute("INSERT INTO texts (texts) VALUES ('optimize')")
        index.execute(f"PRAGMA application_id={_OURS}")
        index.execute(f"PRAGMA user_version={version()}")
        index.execute("COMMIT")
    fresh.replace(path)


def apply(path: Path, put: Iterable[Entry] = (), gone: Iterable[str] = ()) -> None:
    """Put entries in, or in place of those with the same id, and take others out, all or nothing.

    Doing it again changes nothing. An id that is in both is out. Raises ``sqlite3.DatabaseError`` for a file that is
    no index: ask ``is_current`` first.
    """
    away = {*gone}
    with closing(sqlite3.connect(path, autocommit=True)) as index, _transaction(index):
        _prepare(index)
        replaced = _put_all(index, (entry for entry in put if entry.id not in away))
        counts: Counter[str] = Counter()
        removed = [key for key in sorted(away) if _take_out(index, key, counts)]
        _count(index, counts)
        if replaced or removed:
            index.execute("INSERT INTO texts (texts) VALUES ('optimize')")
    with closing(sqlite3.connect(path, autocommit=True)) as index:
        free, pages = (index.execute(f"PRAGMA {name}").fetchone()[0] for name in ("freelist_count", "page_count"))
        if free * _LEAST_FREE > pages:
            index.execute("VACUUM")


def is_current(path: Path) -> bool:
    """Whether there is a whole index at ``path`` that this code and this glossary made.

    A file that is cut short is seen. One whose middle was overwritten may not be: that every byte is as it was sent is
    what the transfer checks.
    """
    try:
        with closing(opened(path)) as index:
            (ours,), (made_by,) = (
                index.execute(f"PRAGMA {name}").fetchone() for name in ("application_id", "user_version")
            )
            (size,), (pages,) = (index.execute(f"PRAGMA {name}").fetchone() for name in ("page_size", "page_count"))
            index.execute("SELECT count(*) FROM texts WHERE texts MATCH '\"0\"'").fetchone()
            index.execute("SELECT * FROM item, content, choice, word LIMIT 1").fetchone()
    except (OSError, sqlite3.Error, UnicodeDecodeError):
        return False
    return (ours, made_by) == (_OURS, version()) and size * pages == path.stat().st_size


def opened(path: Path) -> sqlite3.Connection:
    """The index at ``path``, to be read and not written. Its file must not change while it is open.

    Raises ``sqlite3.OperationalError`` where there is none.
    """
    return sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro&immutable=1", uri=True, autocommit=True)


def parts_of(inside: bytes) -> list[tuple[str, str]]:
    """The places in a file and the text at each, as ``content.inside`` holds them."""
    return [(place, text) for place, text in json.loads(zlib.decompress(inside))]


@contextmanager
def _transaction(index: sqlite3.Connection) -> Iterator[None]:
    index.execute("BEGIN IMMEDIATE")
    try:
        yield
    except BaseException:
        index.execute("ROLLBACK")
        raise
    index.execute("COMMIT")


def _prepare(index: sqlite3.Connection) -> None:
    index.execute("PRAGMA secure_delete=ON")
    if sqlite3.sqlite_version_info >= (3, 42):
        index.execute("INSERT INTO texts (texts, rank) VALUES ('secure-delete', 1)")


def _put_all(index: sqlite3.Connection, entries: Iterable[Entry]) -> bool:
    """Put entries in. The answer is whether one took the place of another."""
    counts: Counter[str] = Counter()
    replaced = False
    for entry in entries:
        about, inside = _about(entry), _inside(entry)
        known = index.execute("SELECT about, inside FROM content JOIN item USING (id) WHERE key=?", (entry.id,))
        if known.fetchone() == (about, inside):
            continue
        replaced |= _take_out(index, entry.id, counts)
        columns = _columns(entry)
        added = index.execute(
            "INSERT INTO item (key, published_on) VALUES (?, ?)", (entry.id, entry.published_on.isoformat())
        )
        number = added.lastrowid
        index.execute("INSERT INTO content VALUES (?, ?, ?)", (number, about, inside))
        index.executemany("INSERT INTO choice VALUES (?, ?, ?)", [(*each, number) for each in _choices(entry)])
        index.execute(_PUT_TEXTS, (number, *map(" ".join, columns)))
        counts.update(_spelt(columns))
    _count(index, counts)
    return replaced


def _take_out(index: sqlite3.Connection, key: str, counts: Counter[str]) -> bool:
    row = index.execute("SELECT id, about, inside FROM content JOIN item USING (id) WHERE key=?", (key,)).fetchone()
    if row is None:
        return False
    number, about, inside = row
    parts = [Part(place=place, text=text) for place, text in parts_of(inside)]
    columns = _columns(Entry.model_validate({**json.loads(about), "parts": parts}))
    index.execute(_FORGET_TEXTS, (number, *map(" ".join, columns)))
    counts.subtract(_spelt(columns))
    for order in _TAKE_OUT:
        index.execute(order, (number,))
    return True


def _count(index: sqlite3.Connection, counts: Counter[str]) -> None:
    index.executemany(
        "INSERT INTO word VALUES (?, ?) ON CONFLICT DO UPDATE SET items=items+excluded.items",
        sorted(each for each in counts.items() if each[1]),
    )
    index.executemany("DELETE FROM word WHERE word=? AND items<=0", [(word,) for word in counts if counts[word] < 0])


def _about(entry: Entry) -> str:
    return entry.model_dump_json(exclude={"parts"})


def _inside(entry: Entry) -> bytes:
    return zlib.compress(json.dumps([(part.place, part.text) for part in entry.parts], ensure_ascii=False).encode(), 9)


def _choices(entry: Entry) -> set[tuple[str, str]]:
    return {(name, value) for name in FILTERS for value in getattr(entry, name)}


def _columns(entry: Entry) -> list[list[str]]:
    """What the full-text index holds of an entry, column by column."""
    labels = ". ".join([*(_LABELS[name].get(value, value) for name, value in sorted(_choices(entry))), entry.source])
    inside = [word for part in entry.parts for word in indexed(part.text)]
    return [indexed(entry.title), indexed(labels), indexed(entry.summary), inside]


def _spelt(columns: list[list[str]]) -> set[str]:
    """The words of an entry that somebody may misspell: those of letters alone."""
    return {word for column in columns for word in column if word.isalpha()}
