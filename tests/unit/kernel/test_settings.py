"""Settings come from the environment alone, and one that is missing is named."""

import pytest
from pydantic import ValidationError

from functions.kernel.settings import WebSettings


def test_a_field_is_the_variable_of_its_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TABLE_NAME", "psmn")
    monkeypatch.setenv("SITE_ORIGIN", "https://psmn.test")
    assert WebSettings.from_environment() == WebSettings(table_name="psmn", site_origin="https://psmn.test")


def test_a_missing_variable_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TABLE_NAME", "psmn")
    monkeypatch.delenv("SITE_ORIGIN", raising=False)
    with pytest.raises(ValidationError, match="site_origin"):
        WebSettings.from_environment()


def test_settings_do_not_change_while_we_run() -> None:
    settings = WebSettings(table_name="psmn", site_origin="https://psmn.test")
    with pytest.raises(ValidationError):
        settings.table_name = "another"  # type: ignore[misc] # That is the fault.
