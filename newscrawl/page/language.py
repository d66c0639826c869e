"""The language of a page: the declared one, checked against the script of the text."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING

from newscrawl.page.document import vocabulary
from newscrawl.page.document.blocks import BlockTree
from newscrawl.page.structured.collect import LANGUAGES, MetaTags
from newscrawl.text.lazy_regex import lazy

if TYPE_CHECKING:
    from lxml.html import HtmlElement

_TAG = re.compile(r"^([A-Za-z]{2,3})(?:[-_][A-Za-z]{4})?(?:[-_]([A-Za-z]{2}|\d{3}))?(?:[-_.@,][^ ]*)?$")
_SCRIPTS = (
    ("ja", lazy("[\u3041-\u309f\u30a1-\u30fa]")),
    ("ko", lazy("[\uac00-\ud7a3]")),
    ("zh", lazy("[\u3400-\u9fff]")),
    ("ru", lazy("[\u0400-\u04ff]")),
    ("ar", lazy("[\u0600-\u06ff]")),
    ("el", lazy("[\u0370-\u03ff]")),
    ("th", lazy("[\u0e00-\u0e7f]")),
    ("he", lazy("[\u0590-\u05ff]")),
    ("hi", lazy("[\u0900-\u097f]")),
)
#: Other languages in the same script: a page that declares one of them is believed.
_SAME_SCRIPT = {
    "ru": {"uk", "bg", "sr", "mk", "be", "kk", "mn", "ky", "tg"},
    "ar": {"fa", "ur", "ps", "ckb", "ug"},
    "hi": {"mr", "ne"},
}
_STOPWORDS = vocabulary.stopwords()
_LEAST_STOPWORDS = 8
_FOREIGN = re.compile(r"[^\x00-\x7f]+")
_NO_LETTERS = bytes(code for code in range(128) if not chr(code).isalpha())
_SAMPLE = 6000  # characters
_LEAST_SHARE = 0.08  # of kana, in Japanese
_NEEDED = 0.25  # share of a script among the letters; names in Latin script are common in all


def language_of(tree: BlockTree) -> str | None:
    """BCP 47, `zh`, `en-GB`; None if neither a declaration nor the script tells."""
    declared = _declared(tree)
    text = " ".join(block.text for block in tree.blocks if not block.linked)[:_SAMPLE]
    script = language_of_script(text)
    if script is None:
        return declared if declared and declared not in ("zh", "ja", "ko") else _by_stopwords(text)
    base = (declared or "").split("-")[0]
    return declared if base == script or base in _SAME_SCRIPT.get(script, ()) else script


def stated_language(root: HtmlElement, text: str) -> str | None:
    """The `lang` of the page's `html` element, if `text`, from the article, is in that language's script.

    None if there is none, or if it is the template's: `<html lang="en">` around Chinese.
    """
    declared = _tag(root.get("lang")) or _tag(root.get("xml:lang"))
    script = language_of_script(text)
    base = (declared or "").partition("-")[0]
    if script is None:
        return None if base in ("zh", "ja", "ko") else declared
    return declared if base == script or base in _SAME_SCRIPT.get(script, ()) else None


def _declared(tree: BlockTree) -> str | None:
    stated = _tag(tree.root.get("lang")) or _tag(tree.root.get("xml:lang"))
    return stated or _tag(MetaTags(tree.metas).first(LANGUAGES))


def _tag(value: str | None) -> str | None:
    match = _TAG.match((value or "").strip())
    if match is None:
        return None
    return match[1].lower() + (f"-{match[2].upper()}" if match[2] else "")


def _by_stopwords(text: str) -> str | None:
    """The language in Latin script with the most stop words in the text; None if they are few or a tie."""
    words = Counter(text.lower().split())
    scores = sorted(
        (sum(words[w] for w in stopwords), language) for language, stopwords in _STOPWORDS.items()
    )
    (runner_up, _), (best, language) = scores[-2:]
    return language if best >= _LEAST_STOPWORDS and best > runner_up * 1.2 else None


def language_of_script(text: str) -> str | None:
    """The language that the script implies (`zh`, `ja`, `ru` …); None for Latin script and short texts."""
    if text.isascii():
        return None
    foreign = "".join(_FOREIGN.findall(text))
    latin = len(text.encode("ascii", "ignore").translate(None, _NO_LETTERS))
    if len(foreign) <= _LEAST_SHARE * latin:  # quotation marks, letters with accents
        return None
    letters = latin + sum(map(str.isalpha, foreign))
    if letters < 20:
        return None
    for language, pattern in _SCRIPTS:
        share = len(pattern.findall(foreign)) / letters
        if share > (_LEAST_SHARE if language == "ja" else _NEEDED):
            return language
    return None
