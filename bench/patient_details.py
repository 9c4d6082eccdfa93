"""How often the search for patient details is wrong: ``python -m bench.patient_details``.

It makes documents of kinds that a network like this shares, in which nobody exists, and others in which somebody's
details were left. Of the first, each one that is held is a false alarm; of the second, each that passes is a miss.
"""

import random
from collections.abc import Callable
from time import perf_counter

from functions.resources.inspection.identifiers import find, succeeds

DOCUMENTS = 2_000
"""So many of each group."""

FIRST = ("Mary", "John", "Siân", "Aoife", "Mohammed", "Priya", "Grace", "Tom", "Ewan", "Blessing", "Anna", "Kwame")
LAST = ("Jones", "Smith", "Ó Briain", "Okafor", "Patel", "MacDonald", "Evans", "Nowak", "Hughes", "Khan")
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
SENTENCES = (
    "The ward moved its beds so that each can be seen from the desk.",
    "Patients told us that the bell was out of reach.",
    "We looked at 14 falls in 2025 and 9 in 2026.",
    "Patient safety incident response plans were read by the board on 3 April 2026.",
    "The change cost £4,505,577,104 less than was feared, which was an error in the sheet.",
    "NHS England published the framework in August 2022.",
    "For example, enter a date of birth as 15 3 1984.",
    "Staff with the longest experience were the least surprised.",
)

type Maker = Callable[[random.Random], str]


def digits(chance: random.Random, count: int, begins: str = "") -> str:
    """Any digits, so many in all."""
    return begins + "".join(chance.choices("0123456789", k=count - len(begins)))


def number(chance: random.Random, begins: str = "") -> str:
    """A number that succeeds, of the range for England unless it begins otherwise."""
    while True:
        made = digits(chance, 10, begins or chance.choice(("4", "6", "7")))
        if succeeds(made):
            return made


def spaced(made: str) -> str:
    """As the NHS writes it."""
    return f"{made[:3]} {made[3:6]} {made[6:]}"


def person(chance: random.Random) -> str:
    """A name that nobody was asked for."""
    return f"{chance.choice(FIRST)} {chance.choice(LAST)}"


def day(chance: random.Random) -> str:
    """A day that somebody could have been born on, in one of the ways in which days are written."""
    date, month, year = chance.randint(1, 28), chance.randint(1, 12), chance.randint(1930, 2020)
    return chance.choice(
        (f"{date:02}/{month:02}/{year}", f"{date}.{month}.{year % 100:02}", f"{date} {MONTHS[month - 1]} {year}")
    )


def report(chance: random.Random) -> str:
    """A page of prose."""
    return " ".join(chance.choices(SENTENCES, k=20))


def _lines(chance: random.Random, one: Callable[[], str], most: int = 60) -> str:
    return "\n".join(one() for _ in range(chance.randint(5, most)))


INNOCENT: dict[str, Maker] = {
    "report": report,
    "phone list, mobiles with 0": lambda c: _lines(c, lambda: f"{person(c)}\t07{digits(c, 3)} {digits(c, 6)}"),
    "phone list, mobiles without 0": lambda c: "Name\tMobile\n" + _lines(c, lambda: f"{person(c)}\t7{digits(c, 9)}"),
    "phone list, mobiles without 0 or head": lambda c: _lines(c, lambda: f"{person(c)}\t7{digits(c, 9)}"),
    "phone list, international": lambda c: _lines(c, lambda: f"{person(c)} +44 7{digits(c, 3)} {digits(c, 6)}"),
    "phone list, American": lambda c: _lines(
        c, lambda: f"{person(c)} {digits(c, 3)}-{digits(c, 3)}-{digits(c, 4)}", 20
    ),
    "incident references, with a head": lambda c: (
        "Date\tIncident reference\tHarm\n" + _lines(c, lambda: f"{day(c)}\t{digits(c, 10)}\tlow")
    ),
    "incident references, without a head": lambda c: _lines(c, lambda: f"{day(c)}\t{digits(c, 10)}\tlow"),
    "one reference in a report": lambda c: f"{report(c)} See {digits(c, 10)}. {report(c)}",
    "budget": lambda c: (
        "Line\tCost\tBudget\n" + _lines(c, lambda: f"Beds\t{c.randint(10**5, 10**10)}\t{c.random() * 10**6:.2f}")
    ),
    "ISBN list": lambda c: _lines(c, lambda: f"{person(c)}, Safer wards, ISBN {digits(c, 10)}"),
    "orders in an email": lambda c: _lines(c, lambda: f"Order number: {digits(c, 10)}", 10),
    "web addresses": lambda c: _lines(c, lambda: f"https://example.org/{digits(c, 10)}/page?id={digits(c, 10)}"),
    "staff with start dates": lambda c: "Name\tStarted\n" + _lines(c, lambda: f"{person(c)}\t{day(c)}"),
    "blank form": lambda c: f"{report(c)}\nName:\nDate of birth (DD/MM/YYYY):\nNHS number:\nWard:\n{report(c)}",
}

PLANTED: dict[str, Maker] = {
    "NHS number named in prose": lambda c: f"{report(c)} Her NHS number is {number(c)}. {report(c)}",
    "NHS number named, spaced": lambda c: f"{report(c)} NHS No. {spaced(number(c))}, {report(c)}",
    "NHS number as the NHS writes it, no words": lambda c: f"{report(c)} {spaced(number(c))} {report(c)}",
    "test number of the 999 range": lambda c: f"{report(c)} NHS number {spaced(number(c, '999'))}",
    "column of NHS numbers": lambda c: "Ward\tNHS number\n" + _lines(c, lambda: f"A\t{number(c)}", 5),
    "list of NHS numbers, no words": lambda c: f"{report(c)}\n" + _lines(c, lambda: number(c), 10),
    "one NHS number, no words, no spaces": lambda c: f"{report(c)} {number(c)} {report(c)}",
    "CHI number named": lambda c: f"{report(c)} CHI {number(c, f'{c.randint(1, 28):02}{c.randint(1, 12):02}')}",
    "H&C number named": lambda c: f"{report(c)} H&C No: {number(c, str(c.randint(320, 399)))}",
    "hospital form": lambda c: f"Name: {person(c)}\nDOB: {day(c)}\nHospital number: X{digits(c, 6)}\n{report(c)}",
    "date of birth in prose": lambda c: f"{report(c)} {person(c)} (born {day(c)}) fell twice. {report(c)}",
    "table with dates of birth": lambda c: "Name\tDOB\tWard\n" + _lines(c, lambda: f"{person(c)}\t{day(c)}\tA", 5),
    "scan of a form, digits in boxes": lambda c: f"NHS number\n{' '.join(number(c))}\n{report(c)}",
}


def measure(group: dict[str, Maker], seed: int) -> list[tuple[str, int, int]]:
    """Of each kind, how many documents were made and how many were held."""
    chance = random.Random(seed)
    counts: dict[str, tuple[int, int]] = {}
    for place in range(DOCUMENTS):
        kind = list(group)[place % len(group)]
        made, held = counts.get(kind, (0, 0))
        counts[kind] = (made + 1, held + bool(find([("the text", group[kind](chance))])))
    return [(kind, made, held) for kind, (made, held) in counts.items()]


def main() -> None:
    """Print the two tables and how long they took."""
    began = perf_counter()
    for about, group in (("innocent: held is a false alarm", INNOCENT), ("planted: held is right", PLANTED)):
        rows = measure(group, seed=1)
        print(f"{about:44} {'made':>6} {'held':>6}")  # noqa: T201 - a command prints.
        for kind, made, held in [*rows, ("together", sum(row[1] for row in rows), sum(row[2] for row in rows))]:
            print(f"  {kind:42} {made:6} {held:6} {held / made:7.1%}")  # noqa: T201 - a command prints.
    print(f"{2 * DOCUMENTS} documents in {perf_counter() - began:.1f} s")  # noqa: T201 - a command prints.


if __name__ == "__main__":
    main()
