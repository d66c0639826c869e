"""Any instant, printed in any of a hundred forms and a dozen languages, comes back."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from email.utils import format_datetime
from zoneinfo import ZoneInfo

import pytest

from newscrawl.text.dates import parse_date

BEIJING = timezone(timedelta(hours=8))
INDIA = timezone(timedelta(hours=5, minutes=30))
WIDE = str.maketrans("0123456789-:", "０１２３４５６７８９－：")
NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
DAYS = "一二三四五六日"
ONES = "〇一二三四五六七八九"
MONTHS = "January February March April May June July August September October November December".split()


def twelve(at: datetime) -> str:
    return f"{(at.hour - 1) % 12 + 1}:{at:%M} {'am' if at.hour < 12 else 'pm'}"


def half_word(at: datetime) -> str:
    return "凌晨" if at.hour < 6 else "上午" if at.hour < 12 else "中午" if at.hour < 13 else "下午"


def half(at: datetime) -> str:
    return f"{half_word(at)}{at.hour % 12 or at.hour}:{at:%M}"


def count(number: int) -> str:
    """A number below 60 in Chinese."""
    tens, ones = divmod(number, 10)
    return (
        ("" if tens < 2 else ONES[tens]) + ("十" if tens else "") + (ONES[ones] if ones or not tens else "")
    )


def numerals(at: datetime) -> str:
    year = "".join(ONES[int(figure)] for figure in str(at.year))
    return f"{year}年{count(at.month)}月{count(at.day)}日"


def era(at: datetime) -> str:
    return f"令和{at.year - 2018}" if at.year > 2019 else f"平成{at.year - 1988}"


def noon(at: datetime) -> str:
    return "오전" if at.hour < 12 else "오후"


def ordinal(day: int) -> str:
    return "th" if 10 < day < 14 else {1: "st", 2: "nd", 3: "rd"}.get(day % 10, "th")


#: form, and how exact it is; `at` is on Beijing's clock.
FORMS: dict[str, tuple[Callable[[datetime], str], str]] = {
    "iso": (lambda at: at.isoformat(), "second"),
    "iso utc": (lambda at: f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}", "second"),
    "iso millis": (lambda at: f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%S}.000Z", "second"),
    "iso no colon": (lambda at: f"{at:%Y-%m-%dT%H:%M:%S%z}", "second"),
    "iso other zone": (lambda at: at.astimezone(timezone(timedelta(hours=-5))).isoformat(), "second"),
    "iso half zone": (
        lambda at: at.astimezone(timezone(timedelta(hours=5, minutes=30))).isoformat(),
        "second",
    ),
    "iso minute": (lambda at: f"{at:%Y-%m-%dT%H:%M+08:00}", "minute"),
    "iso naive": (lambda at: f"{at:%Y-%m-%dT%H:%M:%S}", "second"),
    "rfc 822": (format_datetime, "second"),
    "rfc 822 gmt": (lambda at: f"{at.astimezone(UTC):%a, %d %b %Y %H:%M:%S GMT}", "second"),
    "rfc 822 est": (
        lambda at: f"{at.astimezone(timezone(timedelta(hours=-5))):%a, %d %b %Y %H:%M:%S EST}",
        "second",
    ),
    "epoch": (lambda at: str(int(at.timestamp())), "second"),
    "epoch ms": (lambda at: str(int(at.timestamp() * 1000)), "second"),
    "dashes": (lambda at: f"{at:%Y-%m-%d %H:%M:%S}", "second"),
    "dashes minute": (lambda at: f"{at:%Y-%m-%d %H:%M}", "minute"),
    "dashes two blanks": (lambda at: f"{at:%Y-%m-%d  %H:%M}", "minute"),
    "slashes": (lambda at: f"{at:%Y/%m/%d %H:%M:%S}", "second"),
    "slashes short": (lambda at: f"{at.year}/{at.month}/{at.day} {at.hour}:{at:%M:%S}", "second"),
    "dots": (lambda at: f"{at:%Y.%m.%d %H:%M}", "minute"),
    "compact": (lambda at: f"{at:%Y%m%d%H%M%S}", "second"),
    "compact T Z": (lambda at: f"{at.astimezone(UTC):%Y%m%dT%H%M%SZ}", "second"),
    "chinese": (lambda at: f"{at:%Y年%m月%d日 %H:%M}", "minute"),
    "chinese glued": (lambda at: f"{at:%Y年%m月%d日%H:%M}", "minute"),
    "chinese seconds": (lambda at: f"{at:%Y年%m月%d日 %H:%M:%S}", "second"),
    "chinese words": (lambda at: f"{at.year}年{at.month}月{at.day}日 {at.hour}时{at:%M}分", "minute"),
    "chinese half": (lambda at: f"{at.year}年{at.month}月{at.day}日 {half(at)}", "minute"),
    "chinese labelled": (lambda at: f"发布时间：{at:%Y-%m-%d %H:%M:%S} 来源：新华网", "second"),
    "chinese in prose": (lambda at: f"本报讯 发表于{at:%Y-%m-%d %H:%M}　字号", "minute"),
    "chinese wide": (
        lambda at: f"{at:%Y-%m-%d %H:%M}".translate(
            str.maketrans("0123456789-:", "０１２３４５６７８９－：")
        ),
        "minute",
    ),
    "chinese weekday": (
        lambda at: f"{at:%Y年%m月%d日} 星期{'一二三四五六日'[at.weekday()]} {at:%H:%M}",
        "minute",
    ),
    "beijing time": (lambda at: f"北京时间{at:%Y年%m月%d日 %H:%M}", "minute"),
    "korean": (lambda at: f"{at:%Y}년 {at.month}월 {at.day}일 {at:%H:%M}", "minute"),
    "month named": (lambda at: f"{MONTHS[at.month - 1]} {at.day}, {at.year} {at:%H:%M}", "minute"),
    "month named am pm": (lambda at: f"{MONTHS[at.month - 1]} {at.day}, {at.year} at {twelve(at)}", "minute"),
    "month short": (lambda at: f"{at:%b %d, %Y %H:%M}", "minute"),
    "day month named": (lambda at: f"{at.day} {MONTHS[at.month - 1]} {at.year} {at:%H:%M}", "minute"),
    "chinese numerals": (lambda at: f"{numerals(at)} {at:%H:%M}", "minute"),
    "chinese numerals whole": (
        lambda at: f"{numerals(at)}{half_word(at)}{count(at.hour % 12 or at.hour)}时{count(at.minute)}分",
        "minute",
    ),
    "chinese numerals day": (numerals, "day"),
    "chinese half seconds": (lambda at: f"{at:%Y-%m-%d} {half(at)}:{at:%S}", "second"),
    "chinese half point": (
        lambda at: f"{at.year}年{at.month}月{at.day}日{half_word(at)}{at.hour % 12 or at.hour}点{at:%M}分",
        "minute",
    ),
    "chinese words seconds": (
        lambda at: f"{at.year}年{at.month}月{at.day}日{at.hour}时{at.minute}分{at.second}秒",
        "second",
    ),
    "chinese weekday brackets": (
        lambda at: f"{at:%Y年%m月%d日}（星期{DAYS[at.weekday()]}）{at:%H:%M}",
        "minute",
    ),
    "chinese weekday square": (lambda at: f"{at:%Y-%m-%d}[周{DAYS[at.weekday()]}]{at:%H:%M}", "minute"),
    "chinese weekday corner": (
        lambda at: f"{at:%Y年%m月%d日}【星期{DAYS[at.weekday()]}】{at:%H:%M:%S}",
        "second",
    ),
    "chinese wide seconds": (lambda at: f"{at:%Y年%m月%d日　%H:%M:%S}".translate(WIDE), "second"),
    "chinese blanks": (
        lambda at: f"{at.year} 年 {at.month} 月 {at.day} 日 {at.hour} 时 {at.minute:02} 分",
        "minute",
    ),
    "chinese dashes": (lambda at: f"{at:%Y–%m–%d %H:%M}", "minute"),
    "chinese underscore": (lambda at: f"{at:%Y-%m-%d_%H:%M}", "minute"),
    "chinese short year": (lambda at: f"{at:%y}年{at.month}月{at.day}日 {at:%H:%M}", "minute"),
    "chinese short figures": (lambda at: f"{at:%y-%m-%d %H:%M}", "minute"),
    "chinese republic": (lambda at: f"民國{at.year - 1911}年{at.month}月{at.day}日 {at:%H:%M}", "minute"),
    "chinese beijing time after": (lambda at: f"{at:%Y-%m-%d %H:%M}（北京时间）", "minute"),
    "chinese updated too": (
        lambda at: f"发布时间：{at:%Y-%m-%d %H:%M} 更新时间：{at + timedelta(hours=30):%Y-%m-%d %H:%M}",
        "minute",
    ),
    "chinese updated first": (
        lambda at: f"最后更新于{at + timedelta(hours=30):%Y-%m-%d %H:%M} 发布于{at:%Y-%m-%d %H:%M}",
        "minute",
    ),
    "chinese updated behind": (
        lambda at: f"{at:%Y-%m-%d %H:%M} 发布  {at + timedelta(hours=30):%Y-%m-%d %H:%M} 更新",
        "minute",
    ),
    "updated first": (
        lambda at: f"Updated: {at + timedelta(hours=30):%Y-%m-%d %H:%M} Published: {at:%Y-%m-%d %H:%M}",
        "minute",
    ),
    "japanese era": (lambda at: f"{era(at)}年{at.month}月{at.day}日 {at.hour}時{at:%M}分", "minute"),
    "japanese weekday": (
        lambda at: f"{at:%Y年%m月%d日}({'月火水木金土日'[at.weekday()]}) {at:%H時%M分}",
        "minute",
    ),
    "japanese half": (
        lambda at: (
            f"{at.year}年{at.month}月{at.day}日 {'午前' if at.hour < 12 else '午後'}{at.hour % 12}:{at:%M}"
        ),
        "minute",
    ),
    "korean half": (
        lambda at: f"{at.year}. {at.month}. {at.day}. {noon(at)} {twelve(at)[:-3]}",
        "minute",
    ),
    "korean words": (
        lambda at: f"{at.year}년 {at.month}월 {at.day}일 {at.hour}시 {at.minute}분",
        "minute",
    ),
    "javascript": (
        lambda at: f"{at:%a %b %d %Y %H:%M:%S} GMT+0800 (China Standard Time)",
        "second",
    ),
    "java": (lambda at: f"{at:%a %b %d %H:%M:%S} CST {at:%Y}", "second"),
    "rfc 850": (lambda at: f"{at.astimezone(UTC):%A, %d-%b-%y %H:%M:%S} GMT", "second"),
    "rfc 822 short year": (lambda at: f"{at:%d %b %y %H:%M %z}", "minute"),
    "asp.net": (lambda at: f"/Date({int(at.timestamp() * 1000)})/", "second"),
    "epoch fraction": (lambda at: f"{int(at.timestamp())}.25", "second"),
    "compact and time": (lambda at: f"{at:%Y%m%d %H:%M}", "minute"),
    "iso short zone": (lambda at: f"{at:%Y-%m-%d %H:%M:%S}+08", "second"),
    "utc named": (lambda at: f"{at.astimezone(UTC):%d %b %Y %H:%M} UTC", "minute"),
    "time first": (lambda at: f"{twelve(at)}, {at.day} {MONTHS[at.month - 1]} {at.year}", "minute"),
    "ordinal": (
        lambda at: f"{at.day}{ordinal(at.day)} of {MONTHS[at.month - 1]} {at.year}, {at:%H:%M}",
        "minute",
    ),
    "day chinese": (lambda at: f"{at.year}年{at.month}月{at.day}日", "day"),
    "day dashes": (lambda at: f"{at:%Y-%m-%d}", "day"),
    "day compact": (lambda at: f"{at:%Y%m%d}", "day"),
    "day month named only": (lambda at: f"{at.day} {MONTHS[at.month - 1]} {at.year}", "day"),
}


def instants(seed: str, count: int = 60) -> list[datetime]:
    chance = random.Random(seed)
    first, last = datetime(2001, 9, 10, tzinfo=BEIJING), NOW.astimezone(BEIJING)
    seconds = int((last - first).total_seconds())
    return [first + timedelta(seconds=chance.randrange(seconds)) for _ in range(count)]


#: language, zone -> forms on that zone's clock.
ABROAD: dict[str, tuple[str, tuple[str, ...]]] = {
    "de": (
        "Europe/Berlin",
        ("{d}. {month} {y}, {H}:{M} Uhr", "{D}.{m}.{y} – {H}:{M} Uhr", "{D}.{m}.{y}, {h}.{M} Uhr"),
    ),
    "fr": (
        "Europe/Paris",
        ("{d} {month} {y} à {H}h{M}", "le {D}/{m}/{y} à {H}:{M}", "Publié le {d} {month} {y} à {h} h {M}"),
    ),
    "es": (
        "Europe/Madrid",
        ("{d} de {month} de {y} {H}:{M}", "{D}/{m}/{y} {H}:{M}h", "{d} {month} {y} - {H}:{M}"),
    ),
    "it": (
        "Europe/Rome",
        ("{d} {month} {y} alle {H}:{M}", "{D} {month} {y} ore {H}:{M}", "{D}/{m}/{y} {H}:{M}"),
    ),
    "pt": ("America/Sao_Paulo", ("{d} de {month} de {y} às {H}h{M}", "{D}/{m}/{y} {H}h{M}")),
    "nl": ("Europe/Amsterdam", ("{d} {month} {y} {H}:{M}", "{D}-{m}-{y} {H}:{M}")),
    "pl": ("Europe/Warsaw", ("{d} {month} {y}, {H}:{M}", "{D}.{m}.{y} {H}:{M}")),
    "ru": (
        "Europe/Moscow",
        ("{d} {month} {y}, {H}:{M}", "{d} {month} {y} г. в {H}:{M}", "{D}.{m}.{y} {H}:{M}"),
    ),
    "sv": ("Europe/Stockholm", ("{d} {month} {y} kl {H}.{M}", "{y}-{m}-{D} {H}.{M} CET")),
    "tr": ("Europe/Istanbul", ("{d} {month} {y} {H}:{M}", "{D}.{m}.{y} - {H}:{M}")),
    "id": ("Asia/Jakarta", ("{d} {month} {y} {H}:{M} WIB", "{D}/{m}/{y} {H}:{M}")),
    "en-GB": ("Europe/London", ("{D}/{m}/{y} {H}:{M}", "{d} {month} {y} {H}:{M}")),
    "en-US": ("America/New_York", ("{m}/{D}/{y} {H}:{M}", "{month} {d}, {y}, {H}:{M}")),
}
MONTHS_ABROAD = {
    "de": "Januar Februar März April Mai Juni Juli August September Oktober November Dezember",
    "fr": "janvier février mars avril mai juin juillet août septembre octobre novembre décembre",
    "es": "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre",
    "it": "gennaio febbraio marzo aprile maggio giugno luglio agosto settembre ottobre novembre dicembre",
    "pt": "janeiro fevereiro março abril maio junho julho agosto setembro outubro novembro dezembro",
    "nl": "januari februari maart april mei juni juli augustus september oktober november december",
    "pl": "stycznia lutego marca kwietnia maja czerwca lipca sierpnia września października listopada"
    " grudnia",
    "ru": "января февраля марта апреля мая июня июля августа сентября октября ноября декабря",
    "sv": "januari februari mars april maj juni juli augusti september oktober november december",
    "tr": "Ocak Şubat Mart Nisan Mayıs Haziran Temmuz Ağustos Eylül Ekim Kasım Aralık",
    "id": "Januari Februari Maret April Mei Juni Juli Agustus September Oktober November Desember",
    "en-GB": " ".join(MONTHS),
    "en-US": " ".join(MONTHS),
}


def test_there_are_a_hundred() -> None:
    assert len(FORMS) + sum(len(forms) for _, forms in ABROAD.values()) >= 100


@pytest.mark.parametrize("language", ABROAD)
def test_comes_back_from_abroad(language: str) -> None:
    zone, forms = ABROAD[language]
    months = MONTHS_ABROAD[language].split()
    for form in forms:
        for instant in instants(language + form, 25):
            at = instant.astimezone(ZoneInfo(zone)).replace(second=0)
            text = form.format(
                y=at.year, m=f"{at:%m}", d=at.day, D=f"{at:%d}", month=months[at.month - 1],
                h=at.hour, H=f"{at:%H}", M=f"{at:%M}",
            )  # fmt: skip
            found = parse_date(text, zone=zone, now=NOW, languages=(language, "en"))
            assert found is not None, text
            clock = found.at.astimezone(ZoneInfo(zone) if "zone" in found.assumed else found.at.tzinfo)
            if "zone" in found.assumed:
                assert (clock.replace(tzinfo=None), found.precision) == (at.replace(tzinfo=None), "minute"), (
                    text
                )
            else:  # a zone's name that does not hold in summer is taken at its word
                assert abs(found.at - at) <= timedelta(hours=1), text


#: How spans back from now are printed, by language.
SPANS = {
    "zh": ("{n}分钟前", "{n} 分鐘前", "发布于{n}分钟前"),
    "en": ("{n} minutes ago", "{n} mins ago", "{n}m ago"),
    "de": ("vor {n} Minuten",),
    "fr": ("il y a {n} minutes", "il y a {n} min"),
    "es": ("hace {n} minutos",),
    "pt": ("há {n} minutos",),
    "it": ("{n} minuti fa",),
    "nl": ("{n} minuten geleden",),
    "ja": ("{n}分前",),
    "ko": ("{n}분 전",),
}
YESTERDAYS = {
    "zh": ("昨天 {t}", "昨日{t}", "1天前 {t}"), "en": ("Yesterday {t}", "yesterday at {t}"),
    "de": ("Gestern, {t} Uhr",),
    "fr": ("hier à {t}",), "es": ("ayer a las {t}",), "it": ("ieri alle {t}",), "pt": ("ontem às {t}",),
    "nl": ("gisteren om {t}",), "ja": ("昨日 {t}",), "ko": ("어제 {t}",),
}  # fmt: skip


@pytest.mark.parametrize("language", SPANS)
def test_a_span_back_from_now(language: str) -> None:
    for form in SPANS[language]:
        for number in (2, 5, 17, 59):
            found = parse_date(
                form.format(n=number), zone="Asia/Shanghai", now=NOW, languages=(language, "en")
            )
            assert found is not None, form
            assert (found.at, found.precision) == (NOW - timedelta(minutes=number), "minute"), form


@pytest.mark.parametrize("language", YESTERDAYS)
def test_a_time_of_yesterday(language: str) -> None:
    for form in YESTERDAYS[language]:
        for at in instants(form, 20):
            text = form.format(t=f"{at:%H:%M}")
            found = parse_date(text, zone="Asia/Shanghai", now=NOW, languages=(language, "en"))
            assert found is not None, text
            expected = datetime(2026, 11, 19, at.hour, at.minute, tzinfo=BEIJING)
            assert (found.at, found.precision) == (expected.astimezone(UTC), "minute"), text


@pytest.mark.parametrize(
    "form", ["%m-%d %H:%M", "%m/%d %H:%M", "%m月%d日 %H:%M", "%m.%d %H:%M", "%b %d, %H:%M"]
)
def test_a_day_without_its_year_is_the_latest(form: str) -> None:
    chance = random.Random(form)
    for _ in range(60):
        at = (NOW - timedelta(minutes=chance.randrange(1, 364 * 1440))).astimezone(BEIJING).replace(second=0)
        found = parse_date(at.strftime(form), zone="Asia/Shanghai", now=NOW)
        assert found is not None, at
        assert (found.at, found.precision) == (at.astimezone(UTC), "minute"), at


@pytest.mark.parametrize("name", FORMS)
def test_comes_back(name: str) -> None:
    form, precision = FORMS[name]
    for at in instants(name):
        found = parse_date(form(at), zone="Asia/Shanghai", now=NOW)
        assert found is not None, form(at)
        cut = {"second": at, "minute": at.replace(second=0)}
        expected = cut.get(precision, at.replace(hour=0, minute=0, second=0)).astimezone(UTC)
        assert (found.at, found.precision) == (expected, precision), form(at)
