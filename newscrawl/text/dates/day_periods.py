"""The halves of the day, as clocks of twelve hours print them: `3:05 PM`, `下午3:05`, `3:05 μ.μ.`, `3:05 CH`.

The words are CLDR's day periods and the everyday ones of the same languages.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import cache

# Kind, languages, words. A dot is optional, and so is a blank behind it. Words that mean something else in
# another language stand with their languages, and count where one of those is read.
_ROWS = """
am * a.m. 凌晨 清晨 早上 早晨 早间 早間 上午 午前 오전 早 晨
pm * p.m. 下午 午后 午後 오후 傍晚
evening * 晚上 晚间 晚間 夜里 夜裡 夜间 夜間 深夜 半夜 晚
noon * 中午 正午 午间 午間
am * π.μ. το_πρωί
pm * μ.μ. το_μεσημέρι το_απόγευμα
evening * το_βράδυ
am * צ.ב. לפנה״צ לפנה"צ לפנה׳׳צ לפנהצ לפני_הצהריים בבוקר
pm * אחה״צ אחה"צ אחה׳׳צ אחהצ אחרי_הצהריים
noon * בצהריים
evening * בערב בלילה
am * ص صباحا صباحًا صباحاً
pm * م عصرا عصرًا عصراً
noon * ظهرا ظهرًا ظهراً
evening * مساء مساءً ليلا ليلًا ليلاً
am fa ق.ظ. قبل‌ازظهر صبح
pm fa ب.ظ. بعدازظهر عصر
evening fa شب
am ur قبل_دوپہر صبح
pm ur بعد_دوپہر
am * पूर्वाह्न सुबह म.पू.
pm * अपराह्न दोपहर म.उ.
evening * शाम रात
am * পূর্বাহ্ণ পূর্বাহ্ন সকাল ভোর
pm * অপরাহ্ণ অপরাহ্ন বিকাল বিকেল
noon * দুপুর
evening * সন্ধ্যা রাত
am * முற்பகல் காலை
pm * பிற்பகல் மாலை
am * ก่อนเที่ยง
pm * หลังเที่ยง
am vi sa sáng
pm vi ch chiều
noon vi trưa
evening vi tối đêm
am tr,az öö sabah
pm tr,az ös öğleden_sonra
evening tr,az akşam gece
am id,ms pg pagi
noon id,ms siang tengah_hari
pm id,ms ptg petang sore
evening id,ms malam
am hu de. délelőtt reggel
pm hu du. délután
evening hu este
am cs,sk dop. dopoledne dopoludnia ráno
pm cs,sk odp. odpoledne popoludní
evening cs,sk večer
am sl,hr,sr dop. prijepodne prepodne
pm sl,hr,sr pop. poslijepodne poslepodne
am sv fm. förmiddag
pm sv em. eftermiddag
evening sv kväll kvällen
am da,nb,no,nn formiddag
pm da,nb,no,nn eftermiddag ettermiddag
am fi ap. aamulla aamupäivällä
pm fi ip. iltapäivällä
evening fi illalla
am lt priešpiet pr.p.
pm lt popiet pop.
am lv priekšp. priekšpusdienā
pm lv pēcp. pēcpusdienā
am et e.l. e.k.
pm et p.l. pärastlõunal
am ru ДП утра ночи
pm ru ПП дня
evening ru вечера
am uk дп ранку
pm uk пп дня
evening uk вечора
am bg пр.об. сутринта
pm bg сл.об. следобед
am de vorm. vormittags morgens
noon de mittags
pm de nachm. nachmittags
evening de abends nachts
am nl 's_morgens 's_ochtends
pm nl 's_middags
evening nl 's_avonds
am fr du_matin
pm fr de_l'après-midi
evening fr du_soir
am es de_la_mañana de_la_madrugada
pm es de_la_tarde
evening es de_la_noche
am pt da_manhã da_madrugada
pm pt da_tarde
evening pt da_noite
am it di_mattina del_mattino
pm it del_pomeriggio
evening it di_sera
am ro dimineața dimineaţa
pm ro după-amiaza
evening ro seara
am pl rano
pm pl po_południu
evening pl wieczorem
am sq e_paradites
pm sq e_pasdites
am km ព្រឹក
pm km ល្ងាច
"""
_ANY = "*"
#: No letter may follow: Latin, Greek, Cyrillic, Hebrew, Arabic and Indic ones, with their marks.
_NO_LETTER = r"(?![A-Za-z\u00c0-\u024f\u0370-\u1fff])"
_DROPPED = str.maketrans("", "", ". \u00a0\u202f'’\"״׳")
_HAN = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
#: The words of Chinese, Japanese and Korean, and AM and PM: what nearly all pages print.
FREQUENT = (
    r"凌晨|清晨|早上|早晨|早[间間]|上午|午前|오전|早|中午|正午|午[间間]|下午|午[后後]|오후|傍晚"
    r"|晚上|晚[间間]|夜[里裡间間]|深夜|半夜|晚|晨|[AaPp]\.?\s?[Mm]\b\.?"
)


def before() -> str:
    """A pattern for a word in front of the hour, without a group."""
    return rf"(?:{FREQUENT}|{_others()})"


def after() -> str:
    """A pattern for a word behind the minute, without a group; those of Chinese stand in front only."""
    return rf"(?:[AaPp]\.?\s?[Mm]\b\.?|{_others()})"


def on_24_hours(hour: int, word: str, languages: Iterable[str]) -> int:
    """The hour of a clock of 24 hours; as it is where the word is none of the `languages`' (BCP 47).

    >>> on_24_hours(3, "μ.μ.", ("el",)), on_24_hours(12, "上午", ("zh",)), on_24_hours(10, "em", ("pt",))
    (15, 0, 10)
    """
    kind = _kind(word, languages)
    if kind == "am":
        return 0 if hour == 12 else hour
    if kind == "pm":
        return hour + 12 if hour < 12 else hour
    if kind == "noon":
        return hour + 12 if hour < 4 else hour
    if kind == "evening":
        # 晚12点 ends the day; 深夜1点 is the small hours
        return hour + 12 if 5 <= hour <= 12 else hour
    return hour


def _kind(word: str, languages: Iterable[str]) -> str | None:
    meant = _kinds().get(_key(word), {})
    if not meant or _ANY in meant:
        return meant.get(_ANY)
    return next((meant[base] for one in languages if (base := one.split("-")[0].lower()) in meant), None)


def _key(word: str) -> str:
    return word.casefold().translate(_DROPPED)


@cache
def _kinds() -> dict[str, dict[str, str]]:
    """By word as `_key` gives it: what it means in which language."""
    found: dict[str, dict[str, str]] = {}
    for kind, language, word in _rows():
        found.setdefault(_key(word), {})[language] = kind
    return found


def _rows() -> Iterator[tuple[str, str, str]]:
    for row in _ROWS.strip().splitlines():
        kind, languages, *words = row.split()
        for language in languages.split(","):
            for word in words:
                yield kind, language, word.replace("_", " ")


@cache
def _others() -> str:
    """All words but those of FREQUENT, behind their first letters: most texts have none of them."""
    words = {word for _, _, word in _rows() if word not in ("a.m.", "p.m.") and not _HAN.match(word)}
    forms = {form for word in words for form in (word, word.upper(), word.lower(), word.capitalize())}
    first = "".join(sorted({form[0] for form in forms}))
    patterns = (_pattern(form) for form in sorted(forms, key=lambda form: (-len(form), form)))
    return rf"(?=[{first}])(?:{'|'.join(dict.fromkeys(patterns))}){_NO_LETTER}"


def _pattern(word: str) -> str:
    inner, dot = (word[:-1], r"\.?") if word.endswith(".") else (word, "")
    return re.escape(inner).replace(r"\.", r"\.?\s?").replace(r"\ ", r"\s") + dot
