"""What every integration test can use."""

import io
import json
import logging
from collections.abc import Callable, Iterator

import pytest


@pytest.fixture
def logged(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Iterator[Callable[[], str]]:
    """All that our functions have written since the test began, or since it was last asked: logs, measures, prints.

    A logger writes to the output that was there when it was made, so for the length of a test it is told another.
    """
    heard = io.StringIO()
    for name in list(logging.root.manager.loggerDict):
        for handler in logging.getLogger(name).handlers:
            if type(handler) is logging.StreamHandler:
                monkeypatch.setattr(handler, "stream", heard)
    others = logging.StreamHandler(heard)
    others.setFormatter(logging.Formatter(json.dumps({"elsewhere": "%(name)s %(message)s"})))
    others.setLevel(logging.WARNING)
    logging.root.addHandler(others)

    def since() -> str:
        text = heard.getvalue() + "".join(capsys.readouterr())
        heard.seek(0)
        heard.truncate()
        return text

    yield since
    logging.root.removeHandler(others)
