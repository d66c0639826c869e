# ruff: noqa: E501
"""Dates of other things are never the publication: labelled ones, and those of comments and other articles."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from newscrawl.extract import extract_article

NOW = datetime(2026, 11, 30, 12, tzinfo=UTC)
LINE = "The council approved the plan after a long debate, and work on the bridge is to begin in spring next year. "
META = '<meta name="pubdate" content="2023-01-02">'


def day(info: str = "", head: str = "", tail: str = "", language: str = "en") -> str | None:
    html = f"""<!doctype html><html lang="{language}"><head><meta charset="utf-8"><title>The bridge</title>{head}
    </head><body><main><article><h1>The bridge over the river</h1>{info}<p>{LINE * 2}</p><p>{LINE * 2}</p>
    <p>{LINE * 2}</p>{tail}</article></main></body></html>"""
    found = extract_article(html, url="https://www.example.com/news/bridge", fetched_at=NOW).published_at
    return found.date().isoformat() if found else None


LABELS = {
    "en": (
        "Received: 14 July 2022", "Accepted 14 July 2022", "Event date: 14 July 2022", "Expires: 14 July 2022",
        "Valid until 14 July 2022", "Last login: 14 July 2022", "Last seen on 14 July 2022",
        "Member since 14 July 2022", "Joined 14 July 2022", "Next update: 14 July 2022", "Deadline: 14 July 2022",
        "Born on 14 July 2022", "Retrieved 14 July 2022", "Today is 14 July 2022", "Registration date: 14 July 2022",
    ),
    "zh": ("收稿日期：2022-07-14", "有效期至：2022年7月14日", "上次登录：2022-07-14 10:00", "注册时间：2022-07-14",
           "下次更新：2022年7月14日", "活动时间：2022年7月14日", "截止日期：2022-07-14", "今天是2022年7月14日"),
    "ja": ("締切：2022年7月14日", "最終ログイン：2022年7月14日", "次回更新日：2022年7月14日", "有効期限：2022年7月14日"),
    "ko": ("마감: 2022.07.14", "가입일: 2022.07.14", "최근 로그인: 2022.07.14", "다음 업데이트: 2022.07.14"),
    "de": ("Eingegangen: 14.07.2022", "Gültig bis 14. Juli 2022", "Letzter Login: 14.07.2022",
           "Mitglied seit 14. Juli 2022", "Nächste Aktualisierung: 14.07.2022"),
    "fr": ("Reçu le 14 juillet 2022", "Expire le 14 juillet 2022", "Dernière connexion : 14 juillet 2022",
           "Membre depuis le 14 juillet 2022", "Prochaine mise à jour : 14 juillet 2022"),
    "es": ("Recibido: 14 de julio de 2022", "Caduca el 14 de julio de 2022", "Última conexión: 14 de julio de 2022",
           "Miembro desde el 14 de julio de 2022", "Próxima actualización: 14 de julio de 2022"),
    "pt": ("Recebido em 14/07/2022", "Válido até 14/07/2022", "Último acesso: 14/07/2022", "Membro desde 14/07/2022"),
    "it": ("Ricevuto il 14 luglio 2022", "Scade il 14 luglio 2022", "Ultimo accesso: 14 luglio 2022"),
    "nl": ("Ontvangen: 14 juli 2022", "Geldig tot 14 juli 2022", "Lid sinds 14 juli 2022", "Volgende update: 14 juli 2022"),
    "pl": ("Otrzymano 14 lipca 2022", "Ważne do 14 lipca 2022", "Ostatnie logowanie: 14.07.2022"),
    "cs": ("Přijato 14.07.2022", "Platí do 14.07.2022", "Další aktualizace: 14.07.2022"),
    "sv": ("Mottagen 14 juli 2022", "Giltig till 14 juli 2022", "Medlem sedan 14 juli 2022"),
    "fi": ("Vastaanotettu 14.7.2022", "Voimassa 14.7.2022", "Seuraava päivitys: 14.7.2022"),
    "tr": ("Son giriş: 14.07.2022", "Üyelik tarihi: 14.07.2022", "Sonraki güncelleme: 14.07.2022"),
    "ru": ("Получено 14.07.2022", "Действительно до 14.07.2022", "Последний вход: 14.07.2022",
           "На сайте с 14.07.2022", "Следующее обновление: 14.07.2022"),
    "uk": ("Отримано 14.07.2022", "Останній вхід: 14.07.2022", "Наступне оновлення: 14.07.2022"),
    "el": ("Λήγει 14/07/2022", "Τελευταία σύνδεση: 14/07/2022", "Μέλος από 14/07/2022"),
    "ro": ("Primit 14.07.2022", "Membru din 14.07.2022"), "hu": ("Lejár: 2022.07.14", "Következő frissítés: 2022.07.14"),
    "id": ("Diterima 14/07/2022", "Anggota sejak 14/07/2022", "Terakhir masuk: 14/07/2022"),
    "vi": ("Hết hạn: 14/07/2022", "Thành viên từ 14/07/2022", "Cập nhật tiếp theo: 14/07/2022"),
    "th": ("หมดอายุ 14/07/2022", "สมาชิกตั้งแต่ 14/07/2022"), "ar": ("ينتهي في 14/07/2022", "عضو منذ 14/07/2022"),
    "he": ("תוקף: 14/07/2022", "חבר מאז 14/07/2022"), "hi": ("समाप्ति: 14/07/2022", "अगला अपडेट: 14/07/2022"),
}  # fmt: skip
CASES = [(language, label) for language, labels in LABELS.items() for label in labels]


@pytest.mark.parametrize(("language", "label"), CASES)
def test_a_labelled_date_of_something_else(language: str, label: str) -> None:
    assert day(f"<p>{label}</p>", META, language=language) == "2023-01-02"
    assert day(f"<p>{label}</p>", language=language) is None


def test_a_label_in_the_element_before() -> None:
    assert day("<dl><dt>Member since</dt><dd>14 July 2022</dd></dl>", META) == "2023-01-02"
    table = "<table><tr><td>Next scheduled update</td><td>14 July 2022</td></tr></table>"
    assert day(table, META) == "2023-01-02"
    assert day('<p>Last login: <time datetime="2022-07-14">14 July</time></p>', META) == "2023-01-02"


@pytest.mark.parametrize("label", ["Published: 14 July 2022", "14 July 2022"])
def test_the_date_of_publication_still_counts(label: str) -> None:
    assert day(f"<p>{label}</p>", META) == "2022-07-14"


def test_publication_beside_another_date() -> None:
    assert day("<p>Member since 14 July 2020</p><p class=date>5 May 2024</p>") == "2024-05-05"
    assert day("<p>Published 5 May 2024 | Expires 14 July 2024</p>") == "2024-05-05"


TIME = '<time datetime="2026-11-25T10:00:00Z">Nov 25, 2026</time>'


@pytest.mark.parametrize(
    "tail",
    [
        f'<section class="comments"><div class="comment">{TIME}<p>Nice.</p></div></section>',
        f'<div id="disqus_thread"><div class="comment">{TIME}</div></div>',
        f'<ol class="commentlist"><li>{TIME}<p>Nice.</p></li></ol>',
        f'<div class="kommentare"><p>{TIME}</p></div>',
        f'<aside class="related">{TIME}<a href="/x">Other story</a></aside>',
        f'<aside>{TIME} <a href="/x">Another story of the town</a></aside>',
        f'<ul class="recommended"><li>{TIME}<a href="/x">Other story</a></li></ul>',
        f'<div class="most-popular"><p>{TIME}</p></div>',
    ],
)
def test_dates_of_comments_and_of_other_articles(tail: str) -> None:
    assert day(tail=tail) is None
    assert day(head=META, tail=tail) == "2023-01-02"


def test_an_opinion_piece_is_no_comment() -> None:
    assert day('<div class="comment"><p class=date>5 May 2024</p></div>') == "2024-05-05"


@pytest.mark.parametrize(
    ("text", "language", "time"),
    [
        ("Thứ hai, 29/11/2026, 15:05 (GMT+7)", "vi", "08:05"),
        ("15:05 (GMT+7) 29/11/2026", "vi", "08:05"),
        ("2026年11月29日 15:05 (GMT+8)", "zh", "07:05"),
        ("Nov 29, 2026 15:05 GMT+8", "en", "07:05"),
        ("Nov 29, 2026 15:05 GMT−3", "en", "18:05"),
        ("29 ноября 2026 15:05 (GMT+3)", "ru", "12:05"),
        ("Sunday, Nov 29, 2026 3:05 PM (GMT-5)", "en", "20:05"),
        ("November 29, 2026 3:05 p.m. ET", "en", "20:05"),
        ("29/11/2026 3:05 CH (GMT+7)", "vi", "08:05"),
    ],
)
def test_a_zone_on_a_page_is_kept(text: str, language: str, time: str) -> None:
    html = f'<html lang="{language}"><title>The bridge</title><h1>The bridge</h1><p class=date>{text}</p><p>{LINE}</p>'
    found = extract_article(html, url="https://www.example.com/news/bridge", fetched_at=NOW)
    assert found.published_at is not None
    assert f"{found.published_at.astimezone(UTC):%Y-%m-%d %H:%M}" == f"2026-11-29 {time}"
    assert found.date_info is not None
    assert "zone" not in found.date_info.assumed


TODAY = {
    "a bar at the top": "<div class='top-bar'><ul><li>30 November 2026</li></ul></div>",
    "the header": "<header><div>Monday, November 30, 2026</div><a href=/>Home</a></header>",
    "a header by its class": "<div class='td-header-sp-top-menu'><i>Monday, November 30, 2026</i></div>",
    "a label": "<div>Today: 30 November 2026</div>",
    "weather": "<div class=weather-widget>12 °C, 30 November 2026</div>",
    "its class": "<span class=current-date>30 November 2026</span>",
    "a clock": "<div id=clock>30/11/2026 11:00:05</div>",
    "Chinese": "<div class=header><span id=date>2026年11月30日 星期一</span></div>",
}


@pytest.mark.parametrize("name", TODAY)
def test_the_date_of_today_at_the_top_of_the_site_is_not_the_article_s(name: str) -> None:
    def read(top: str, end: str = "") -> str | None:
        html = f"""<html lang="en"><head><title>The bridge</title></head><body>{top}<div><h1>The bridge over the
        river</h1><p>{LINE * 2}</p><p>{LINE * 2}</p><p>{LINE * 2}</p>{end}</div></body></html>"""
        found = extract_article(html, url="https://www.example.com/news/bridge", fetched_at=NOW).published_at
        return found.date().isoformat() if found else None

    assert read(TODAY[name]) is None
    assert read(TODAY[name], "<p class=pub>Published: 27 November 2026</p>") == "2026-11-27"


@pytest.mark.parametrize(
    "above",
    [
        "<div class=date>27 November 2026</div>",
        "<div class='article-header'><span>27 November 2026</span></div>",
        "<article><header><p>27 November 2026</p></header>",
        "<h2 class=date-header>27 November 2026</h2>",
        "<div class=content-wrapper><div class='box header'><span>27 November 2026</span></div>",
    ],
)
def test_a_date_above_the_title_may_be_the_article_s(above: str) -> None:
    html = f"<html lang=en><title>The bridge</title><body>{above}<h1>The bridge over the river</h1><p>{LINE * 4}</p>"
    found = extract_article(html, url="https://www.example.com/news/bridge", fetched_at=NOW).published_at
    assert found is not None
    assert found.date().isoformat() == "2026-11-27"
