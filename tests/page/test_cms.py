"""cms_pages.toml: pages as the big content systems print them."""

from __future__ import annotations

import tomllib
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from newscrawl.extract import extract_article

FETCHED = datetime(2026, 11, 1, 4, tzinfo=UTC)
PAGES: list[dict[str, Any]] = tomllib.loads(
    Path(__file__).with_name("cms_pages.toml").read_text(encoding="utf-8")
)["page"]
PROSE = {
    "zh": (
        "<p>市交通委员会今天发布消息，三条线路将于年底开通，覆盖六个区，总里程达到一百二十公里，出行更加便利。</p>"
        "<p>相关负责人表示，下一步将继续完善公共交通网络，提升服务质量，让更多市民享受到便捷的出行服务。</p>"
        "<p>据介绍，三条线路全部采用全自动运行系统，最高时速可达一百公里，预计日均客流超过五十万人次。</p>"
    ),
    "en": (
        "<p>The city council approved the plan on Tuesday after a debate of more than five hours.</p>"
        "<p>Three new lines will open at the end of the year, serving six districts and many people.</p>"
        "<p>The project has cost more than two billion and was delayed twice, according to documents.</p>"
    ),
    "de": (
        "<p>Der Stadtrat hat dem Plan am Dienstag nach einer langen Debatte zugestimmt.</p>"
        "<p>Drei neue Linien werden zum Ende des Jahres eröffnet und verbinden sechs Bezirke der Stadt.</p>"
        "<p>Das Vorhaben hat mehr als zwei Milliarden Euro gekostet und sich zweimal verzögert.</p>"
    ),
    "fr": (
        "<p>Le conseil municipal a approuvé mardi le projet après un débat de plus de cinq heures.</p>"
        "<p>Trois nouvelles lignes seront ouvertes à la fin de l'année et desserviront la ville entière.</p>"
        "<p>Le projet a coûté plus de deux milliards d'euros et a été retardé à deux reprises.</p>"
    ),
    "es": (
        "<p>El ayuntamiento aprobó el martes el plan tras un debate de más de cinco horas.</p>"
        "<p>Tres nuevas líneas se abrirán a finales de año y darán servicio a seis distritos.</p>"
        "<p>El proyecto ha costado más de dos mil millones y se ha retrasado dos veces.</p>"
    ),
}


@pytest.mark.parametrize("page", PAGES, ids=[page["name"] for page in PAGES])
def test_a_page_of_a_content_system(page: dict[str, Any]) -> None:
    html = page["html"].replace("{prose}", PROSE[page["language"]])
    article = extract_article(html, url=page["url"], fetched_at=FETCHED)
    assert article.published_at is not None or "date" not in page
    read = {
        "title": article.title,
        "date": f"{article.published_at or FETCHED:%Y-%m-%d %H:%M}"[: len(page.get("date", ""))],
        "source": article.source and article.source.name,
        "authors": article.authors,
        "editors": article.editors,
    }
    wanted = {name: page[name] for name in read if name in page} | dict.fromkeys(page.get("none", ()))
    assert {name: read[name] for name in wanted} == wanted
