"""slug: a name as lower-case ASCII for URLs and categories, `beifangwang` for 北方网."""

from __future__ import annotations

import hashlib
import json
import os
import unicodedata
from collections.abc import Callable
from functools import cache, lru_cache
from importlib.resources import files

from newscrawl.text.lazy_regex import lazy

#: Longer slugs are cut and end in a hash.
SLUG_LIMIT = 80

# The planes beyond hold rare characters that the dictionary lacks.
_HAN = lazy(r"[\u3400-\u9fff\uf900-\ufaff〇]+")
# What may be left out without two names becoming one: it parts words, it does not tell names apart.
_SEPARATORS = frozenset(" \t\n\r()[]{}<>《》〈〉【】〔〕「」『』“”‘’\"'`´.,、。·•・‧∙_-–—―/\\|:;!?~*…|^=")
_WORDS = {"&": "and", "+": "plus", "@": "at", "%": "percent", "#": "hash", "$": "dollar", "€": "euro"}
_LETTERS = {
    "ß": "ss", "æ": "ae", "œ": "oe", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "ı": "i", "ħ": "h",
    "а": "a", "б": "b", "в": "v", "г": "g", "д": "d", "е": "e", "ж": "zh", "з": "z", "и": "i", "й": "j",
    "к": "k", "л": "l", "м": "m", "н": "n", "о": "o", "п": "p", "р": "r", "с": "s", "т": "t", "у": "u",
    "ф": "f", "х": "kh", "ц": "ts", "ч": "ch", "ш": "sh", "щ": "shch", "ъ": "", "ы": "y", "ь": "", "э": "e",
    "ю": "yu", "я": "ya", "і": "i", "ї": "yi", "є": "ye", "ґ": "g",
}  # fmt: skip
_SYLLABLE = lazy(r"(?:HIRAGANA|KATAKANA) LETTER (?:SMALL )?([A-Z]+)|HANGUL SYLLABLE ([A-Z]+)")

# Where pypinyin reads a word of outlets' names wrongly.
_PHRASES = {
    "长三角": "chang san jiao", "南都": "nan du", "魔都": "mo du", "花都": "hua du", "商都": "shang du",
    "郫都": "pi du", "新都": "xin du", "都视": "du shi", "会稽": "kuai ji", "单县": "shan xian",
    "浚县": "xun xian",
    "涡阳": "guo yang", "洪洞": "hong tong", "什邡": "shi fang", "解州": "xie zhou", "厦大": "xia da",
    "厦工": "xia gong", "厦航": "xia hang", "厦钨": "xia wu", "厦视": "xia shi", "朝阳": "chao yang",
    "企查查": "qi cha cha",
    "朝阳永续": "zhao yang yong xu", "朝阳产业": "zhao yang chan ye", "行研": "hang yan", "投行": "tou hang",
    "商行": "shang hang", "工商行政": "gong shang xing zheng", "长治": "chang zhi", "乐评": "yue ping",
    "重仓": "chong cang", "长航": "chang hang", "藏地": "zang di", "了望": "liao wang", "率土": "shuai tu",
    "陕西": "shaan xi",  # as it spells itself, to be told from 山西
}  # fmt: skip


_NO_PHRASES = "PYPINYIN_NO_PHRASES"


@lru_cache(maxsize=8192)
def slug(name: str) -> str:
    """A name as lower-case ASCII letters, digits and single hyphens; never empty.

    Chinese becomes pinyin without tones and without separators. Spaces, brackets and punctuation go,
    but between two Latin letters or digits they leave a hyphen: `The Paper` is `the-paper`. Accents go,
    Cyrillic, kana and Hangul are transcribed. A name with a character that none of this covers ends in a
    hash of the whole name, so that it shares its slug with no other. Case and full-width forms make no
    difference.

    >>> slug("北方网"), slug("TechWeb") == slug("Ｔｅｃｈｗｅｂ"), slug("安信国际证券(香港)")
    ('beifangwang', True, 'anxinguojizhengquanxianggang')
    """
    plain = unicodedata.normalize("NFKC", name).casefold().strip()
    text, lost = _transcribed(plain[: 2 * SLUG_LIMIT])
    if not text:
        return f"x-{_hash(plain)}"
    if lost or max(len(text), len(plain) // 2) > SLUG_LIMIT:
        return f"{text[:SLUG_LIMIT].rstrip('-')}-{_hash(plain)}"
    return text


def _transcribed(plain: str) -> tuple[str, bool]:
    """The slug's letters, and whether a character was lost that could tell two names apart."""
    out = ""
    lost = parted = False
    latin = False  # whether `out` ends in what was a Latin letter or digit, not in pinyin
    for run, is_han in _runs(plain):
        piece = _pinyin(run) if is_han else _letter(run)
        if run in _SEPARATORS:
            parted = True
            continue
        if piece is None:
            lost = True
            continue
        if parted and latin and not is_han and piece:
            out += "-"
        out += piece
        parted, latin = False, not is_han
    return out, lost


def _runs(plain: str) -> list[tuple[str, bool]]:
    """Han characters in one piece, for the dictionary reads words; all others one by one."""
    runs: list[tuple[str, bool]] = []
    end = 0
    for match in _HAN.finditer(plain):
        runs.extend((character, False) for character in plain[end : match.start()])
        runs.append((match.group(), True))
        end = match.end()
    runs.extend((character, False) for character in plain[end:])
    return runs


def _letter(character: str) -> str | None:
    """A character that is not Han in ASCII; None where nothing here knows it."""
    if character.isascii() and character.isalnum():
        return character
    if (known := _WORDS.get(character) or _LETTERS.get(character)) is not None:
        return known
    if syllable := _SYLLABLE.fullmatch(unicodedata.name(character, "")):
        return (syllable[1] or syllable[2]).lower()
    bare = "".join(c for c in unicodedata.normalize("NFKD", character) if not unicodedata.combining(c))
    if bare.isascii() and bare.isalnum():
        return bare
    return _letter(bare) if len(bare) == 1 and bare != character else None


def _pinyin(run: str) -> str | None:
    """Han characters as pinyin; None if one is in no dictionary."""
    syllables = _reader()(run)
    text = "".join(syllables)
    return text if text.isascii() and text.isalpha() else None


@cache
def _reader() -> Callable[[str], list[str]]:
    """pypinyin with the phrases of pinyin.json and of this module; loaded at first use.

    pypinyin's own phrases are 50 MB of memory and mostly say what the characters say one by one;
    benchmarks/pinyin_phrases.py keeps those that do not.
    """
    before = os.environ.get(_NO_PHRASES)
    os.environ[_NO_PHRASES] = "1"  # pypinyin reads it when it is imported
    try:
        from pypinyin import lazy_pinyin, load_phrases_dict
    finally:
        if before is None:
            del os.environ[_NO_PHRASES]
        else:
            os.environ[_NO_PHRASES] = before
    phrases = (
        json.loads(files("newscrawl.text").joinpath("pinyin.json").read_text(encoding="utf-8")) | _PHRASES
    )
    load_phrases_dict(
        {phrase: [[syllable] for syllable in extraction.split()] for phrase, extraction in phrases.items()}
    )
    return lazy_pinyin


def _hash(plain: str) -> str:
    return hashlib.sha256(plain.encode("utf-8", "surrogatepass")).hexdigest()[:8]
