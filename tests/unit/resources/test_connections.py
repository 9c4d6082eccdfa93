"""What the library is connected to."""

import tempfile
from pathlib import Path

import pytest

from functions.resources import connections


def test_two_clouds_on_one_machine_never_write_to_the_same_file(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for name in ("ours", "theirs"):
        (tmp_path / name).mkdir()
        monkeypatch.setenv("TMPDIR", str(tmp_path / name))
        monkeypatch.setattr(tempfile, "tempdir", None)
        assert connections.folder.__wrapped__() == tmp_path / name
