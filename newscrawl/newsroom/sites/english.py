"""Invented news in English. Places, companies and people in it do not exist."""

from __future__ import annotations

import random
from datetime import datetime

from newscrawl.newsroom.prose import Text

_TOWNS = "Marlow Bay, Eastholm, Port Ansel, Kirkfeld, Dunmere, Lower Tarn, Halden Cross, Vesper Hill".split(
    ", "
)
_FIRMS = "Orrin Marine, Pell & Daughters, Tarnfield Rail, Quillon Foods, Astley Grid, Brackwater Mills".split(
    ", "
)
_TOPICS = "ferry service, rail link, harbour wall, water supply, night market, school roof, bus fleet".split(
    ", "
)
_PEOPLE = (
    "Ines Halloway, Tobias Renn, Maud Okafor-Lind, Piotr Vane, Saoirse Teller, Jun Abernathy, Noor Castellan"
).split(", ")
_ROLES = "council leader, project engineer, union organiser, transport economist, shop owner".split(", ")


def write_english(chance: random.Random, at: datetime) -> Text:
    """One article of 3 to 8 paragraphs on one subject."""
    town, firm, topic = chance.choice(_TOWNS), chance.choice(_FIRMS), chance.choice(_TOPICS)
    title, lead = _event(chance, town, firm, topic, f"{at:%A}")
    rest = [_paragraph(chance, town, firm, topic) for _ in range(chance.randint(2, 7))]
    return Text(title, lead[:140], (lead, *rest), chance.choice(_PEOPLE))


def _event(chance: random.Random, town: str, firm: str, topic: str, day: str) -> tuple[str, str]:
    sum_, share, count = chance.randint(2, 940), chance.randint(2, 48), chance.randint(12, 480)
    forms = (
        (
            f"{firm} to spend ${sum_}m on {town}'s {topic}",
            f"{firm} said on {day} that it would spend ${sum_}m on the {topic} in {town} over the next "
            f"{chance.randint(2, 9)} years, the largest sum the town has seen in a decade.",
        ),
        (
            f"{town} votes to rebuild its {topic} after {count} complaints",
            f"Councillors in {town} voted on {day} to rebuild the {topic}, after {count} residents had "
            f"complained in writing and repairs had cost {share} per cent more than planned.",
        ),
        (
            f"Prices in {town} rise {share}% as the {topic} falls behind",
            f"Prices in {town} rose {share} per cent in a year, figures showed on {day}, and traders put part "
            f"of the blame on a {topic} that {firm} has yet to finish.",
        ),
    )
    return chance.choice(forms)


def _paragraph(chance: random.Random, town: str, firm: str, topic: str) -> str:
    who = f"{chance.choice(_PEOPLE)}, a {chance.choice(_ROLES)} in {chance.choice(_TOWNS)}"
    forms = (
        f"“We were promised this {chance.randint(2, 12)} years ago,” said {who}. “Nobody expected the {topic} "
        "to be ready in time, but nobody expected to wait this long either.”",
        f"The company, which employs {chance.randint(80, 9000):,} people, reported sales of "
        f"${chance.randint(3, 900)}.{chance.randint(1, 9)}m last year and has worked in {town} since "
        f"{chance.randint(1920, 1999)}.",
        f"A study for the town found that {chance.randint(11, 89)} per cent of households rely on the {topic} "
        f"every week. {who} called the figure “lower than anyone who lives here would guess”.",
        f"{firm} declined to say what the delay had cost. A first stage is due to open within "
        f"{chance.randint(3, 18)} months, and a second depends on a loan that has not been agreed.",
    )
    return chance.choice(forms)
