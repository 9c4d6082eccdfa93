"""A library of any size whose words are spread as those of English are, for measuring how long things take.

Assumptions, where figures depend on them:

- 45 of 100 words are those that say nothing ("the", "of"), as in English prose.
- The rest follow Zipf's law with Mandelbrot's shift, 1 / (rank + 2.7), over 200,000 words. Words of patient safety are
  among them, each at a rank 6% after the one before, so that some are in nearly every file, as "patient", and some in
  few. The others are made of syllables.
- A file has 1,500 words on average, from 100 to 6,000, in parts of about 180: a page, or a full slide.
- 1 item in 6 names something of the glossary in each part.
"""

import random
from collections.abc import Iterator
from datetime import date, timedelta
from itertools import accumulate

from functions.kernel import glossary
from functions.resources.inspected import Part
from functions.resources.search.model import Entry
from functions.resources.search.words import SAYING_NOTHING

WORDS = 200_000
_EMPTY_SHARE = 0.45
_STEP = 1.06
_SUBJECT = """
patient safety incident care staff team learning review hospital ward risk family report response plan people
work investigation medicine nurse service death harm clinical improvement quality culture training meeting practice
policy guide health system event maternity theatre surgery mental community ambulance primary emergency fall pressure
ulcer infection sepsis medication dose insulin oxygen blood transfusion discharge transfer handover communication record
alert device equipment checklist observation deterioration escalation airway tracheostomy feeding tube nutrition stroke
diabetes dementia delirium child baby birth labour midwife doctor consultant pharmacist porter manager board governance
complaint claim coroner inquest candour apology openness listening compassion engagement support debrief huddle swarm
thematic audit data measure chart trend dashboard template form slide agenda leaflet poster video story interview
question answer method tool framework standard guidance framework principle human factor design environment lighting
noise fatigue workload shift night rota staffing skill leadership psychological trust blame just restorative
""".split()  # noqa: SIM905 - a row of words is read as one.
_ONSETS = "b c d f g h j k l m n p r s t v w br ch cl cr dr fl gr pl pr sc sh sl sp st str th tr".split()  # noqa: SIM905 - a row is read as one.
_NUCLEI = "a e i o u ai ea ee ie oa ou".split()  # noqa: SIM905 - a row is read as one.
_CODAS = "b ck d g l ll m n nd ng nt p r rd rn s ss st t x".split()  # noqa: SIM905 - a row is read as one.
_TOPICS = tuple(f"t{number}" for number in range(40))
_NATIONS = ("england", "scotland", "wales", "northern-ireland")
_SETTINGS = tuple(f"s{number}" for number in range(15))
_BODIES = tuple(f"b{number}" for number in range(12))
_FIRST_DAY = date(2021, 6, 4)


class Speaker:
    """Says words as they are spread in English. The same seed says the same."""

    def __init__(self, seed: int = 1) -> None:
        self.chance = random.Random(seed)
        subject = [*dict.fromkeys(_SUBJECT)]
        others = dict[str, None]()
        while len(others) < WORDS - len(subject):
            others[self._syllables()] = None
        self.words = [*(word for word in others if word not in subject)]
        for place, word in enumerate(subject):
            self.words.insert(place + round(_STEP**place), word)
        self.weights = [*accumulate(1 / (rank + 2.7) for rank in range(1, len(self.words) + 1))]
        self.empty = [*SAYING_NOTHING]
        self.names = [term.term for term in glossary.terms()]

    def _syllables(self) -> str:
        pick = self.chance.choice
        return "".join(pick(_ONSETS) + pick(_NUCLEI) for _ in range(self.chance.choice((1, 1, 2, 2, 3)))) + pick(_CODAS)

    def say(self, length: int) -> str:
        """So many words."""
        said = self.chance.choices(self.words, cum_weights=self.weights, k=length)
        for place in range(length):
            if self.chance.random() < _EMPTY_SHARE:
                said[place] = self.chance.choice(self.empty)
        return " ".join(said).capitalize()

    def entry(self, number: int) -> Entry:
        """The item of this number."""
        pick = self.chance.choice
        length = min(6_000, max(100, round(self.chance.lognormvariate(7.1, 0.65))))
        names = self.names if number % 6 == 0 else [""]
        parts = tuple(
            Part(place=f"page {page + 1}", text=f"{self.say(min(180, length - page * 180))} {pick(names)}.")
            for page in range((length + 179) // 180)
        )
        return Entry(
            id=f"{number:032x}",
            title=self.say(self.chance.randint(4, 12)),
            summary=self.say(self.chance.randint(15, 60)),
            topics=(pick(_TOPICS), pick(_TOPICS)),
            nations=(pick(_NATIONS),),
            settings=(pick(_SETTINGS),),
            organisations=(pick(_BODIES),),
            source=self.say(2),
            published_on=_FIRST_DAY + timedelta(days=self.chance.randint(0, 2_000)),
            kind=pick(("pdf", "docx", "pptx", "xlsx")),
            parts=parts,
        )

    def entries(self, size: int) -> Iterator[Entry]:
        """So many items, one after another."""
        return map(self.entry, range(size))
