"""Programs of Debian's that a test needs and that set-up, which touches nothing but this folder, does not install."""

import os

import pytest


def needs(package: str, *, found: bool) -> None:
    """Leave a test out, with a sentence, where a package is missing. In CI, where nothing may be, let it fail."""
    if found:
        return
    sentence = f"This needs Debian's {package}, which is not on this machine (apt-get install {package})."
    pytest.fail(sentence) if os.environ.get("CI") == "true" else pytest.skip(sentence)
