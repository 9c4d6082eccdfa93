"""Bank holidays of the four nations, on which a session may be a break."""

from collections import defaultdict
from collections.abc import Mapping
from datetime import date

NATIONS = {"ENG": "England", "WLS": "Wales", "SCT": "Scotland", "NIR": "Northern Ireland"}
"""The nations by the names that the library has for them (ISO 3166-2:GB)."""


def bank_holidays(first: date, last: date) -> Mapping[date, str]:
    """The bank holidays between two days, both included, by name: "Christmas Day".

    Where not all nations have one, the name says which do: "Saint Andrew's Day (Scotland)".
    """
    from holidays import country_holidays  # noqa: PLC0415 - it loads as long as a page, and few pages need it.

    having: dict[date, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for code, nation in NATIONS.items():
        for day, name in country_holidays("GB", subdiv=code, years=range(first.year, last.year + 1)).items():
            if first <= day <= last:
                having[day][name.replace("(observed)", "(substitute day)")].append(nation)
    return {day: "; ".join(_named(*each) for each in names.items()) for day, names in having.items()}


def holiday_on(day: date) -> str | None:
    """The bank holiday on a day."""
    return bank_holidays(day, day).get(day)


def _named(name: str, nations: list[str]) -> str:
    if len(nations) == len(NATIONS):
        return name
    *most, last = nations
    return f"{name} ({', '.join(most)} and {last})" if most else f"{name} ({last})"
