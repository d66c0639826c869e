"""Which encoding a page's bytes are in: what it says, checked against what it holds.

Declarations are read with w3lib's rules (the WHATWG's: byte order mark, HTTP charset, `<meta>`; GBK
and GB2312 read as GB18030, Latin-1 as Windows-1252). They are wrong often enough on Chinese sites
that the bytes have the last word: valid UTF-8 beats any other declaration, and a UTF-8 declaration
over bytes that are not UTF-8 is looked into. Where nothing decides, chardet tells the encodings with one
byte per character apart.
"""

from __future__ import annotations

import re

from w3lib.encoding import (
    html_body_declared_encoding,
    http_content_type_encoding,
    read_bom,
    to_unicode,
)

from newscrawl.text.lazy_regex import lazy

#: Tried where a declaration is absent or wrong, in this order.
GUESSES = ("gb18030", "big5hkscs", "cp932", "euc_jp", "cp949")

#: Codecs of Python's by the names that w3lib gives them that are no page's encoding: they raise, or read
#: escapes. A page that declares one declares nothing.
_NO_CHARSETS = frozenset(
    "base64 bz2 hex idna mbcs oem punycode quopri raw-unicode-escape rot-13 undefined unicode-escape uu"
    " zlib".split()
)

#: What chardet chooses from: the web's encodings with one byte per character.
_ONE_BYTE = (
    "cp1250 cp1251 cp1252 cp1253 cp1254 cp1255 cp1256 cp1257 cp1258 cp874 iso8859-2 iso8859-7 koi8-r koi8-u"
).split()
_ENOUGH_TEXT = 20_000  # bytes of text for chardet; it takes 2 ms
_FEW = 4  # non-ASCII bytes: fewer are those of a Western page

_SAMPLE = 60_000  # bytes read for a guess; enough to reach the text of any page
_TELLING = 40  # non-ASCII bytes; fewer say too little to overrule a declaration
_ASCII = bytes(range(128))
_NON_ASCII = lazy(r"[^\x00-\x7f]")
_VALID = lazy("[^\\x00-\\x7f\ufffd]")
_ACCENTED = re.compile(rb"[A-Za-z]{2}[\x80-\xff]{1,2}[a-z]")
_LETTERS = re.compile(rb"[A-Za-z]")

# The most frequent characters of Chinese in both scripts. Text decoded with the wrong codec is made of
# rare ones.
_FREQUENT = lazy(
    "[的一是在不了有和人这中大为上个国我以要他时来用们到作地于出就分对成会可主发年动同工也能下过子说产种面"
    "而方后多定行学法所民得经十三之进着等部度家电力里如水化高自二理起小物现实加量都两体制机当使点从业本去"
    "這為個國時來們於會對發動過說產種後學經進著電裡現實兩體機當點從業與長門間東車馬"
    "日月新网報报记者市公司，。、：“”（）《》！？]"
)
_KANA = lazy("[\u3041-\u309f\u30a1-\u30fa]")
_HANGUL = lazy("[\uac00-\ud7a3]")
_IDEOGRAPH = lazy("[\u3400-\u9fff]")
_HALF_WIDTH_KANA = lazy("[\uff61-\uff9f]")


def decode(body: bytes, content_type: str | None = None) -> str:
    """The text of a page's bytes; never fails, what cannot be read becomes U+FFFD.

    `content_type` is the HTTP header's value, None where there was none.
    """
    mark, bom = read_bom(body)
    if mark is not None and bom is not None:
        return to_unicode(body[len(bom) :], mark)
    return to_unicode(body, _choose_codec(body, _declared(body, content_type)))


def as_utf8(body: bytes, content_type: str | None = None) -> bytes:
    """The bytes themselves where they are UTF-8, else the decoded text's; most pages need no decoding."""
    mark, bom = read_bom(body)
    plain = body[len(bom or b"") :]
    if mark in (None, "utf-8") and _utf16(plain) is None:
        declared = _declared(plain, content_type)
        unsure = declared in GUESSES and len(plain.translate(None, _ASCII)) < _TELLING
        if not unsure and declared != "iso2022_jp" and not _broken_utf8(plain):
            return plain
    return decode(body, content_type).encode("utf-8", "replace")


def _declared(body: bytes, content_type: str | None) -> str | None:
    """The header's encoding, else the page's own. Latin-1 in a header is often only the server's default:
    it does not overrule a page that names another."""
    header = http_content_type_encoding(content_type)
    declared = header
    if header is None or header == "cp1252":
        declared = html_body_declared_encoding(body) or header
    return None if declared in _NO_CHARSETS else declared


def _choose_codec(body: bytes, declared: str | None) -> str:
    wide = _utf16(body)
    if wide is not None:
        return wide
    high = len(body.translate(None, _ASCII))
    if not high:
        return declared if declared and not declared.startswith(("utf-16", "utf-32")) else "utf-8"
    broken = _broken_utf8(body)
    said_utf = declared is None or declared.startswith("utf")
    if not broken and not _short_double_bytes(body, declared):
        return "utf-8"
    # By accident, other encodings hold at most one valid sequence for two broken ones.
    if broken and _valid_utf8(body) >= broken * (1 if said_utf else 2):
        return "utf-8"
    return _other_than_utf8(body, declared, high, broken)


def _other_than_utf8(body: bytes, declared: str | None, high: int, broken: int) -> str:
    said_utf = declared is None or declared.startswith("utf")
    guess = declared if declared in GUESSES and high < _TELLING else _guess(body, declared)
    if said_utf and len(_ACCENTED.findall(body)) > high * 0.2:
        guess = None  # words of ASCII letters with some others among them
    if guess is not None and broken > high * 0.1:
        return guess
    if declared is None or said_utf or (declared == "cp1252" and _is_foreign_script(body)):
        return _one_byte_encoding(body) if high >= _FEW else "cp1252"
    return declared


def _valid_utf8(body: bytes) -> int:
    """How many valid sequences of several bytes the bytes hold when read as UTF-8."""
    return len(_VALID.findall(body.decode("utf-8", "replace")))


def _one_byte_encoding(body: bytes) -> str:
    import chardet  # slow to import, and few pages need it

    found = chardet.detect(
        _text_in(body), include_encodings=_ONE_BYTE, no_match_encoding="cp1252", compat_names=False
    )
    return found["encoding"] or "cp1252"


def _is_foreign_script(body: bytes) -> bool:
    """Whether most letters are not ASCII, as in Russian or Greek; no language of Latin-1 is like that."""
    text = _text_in(body)
    return len(text.translate(None, _ASCII)) > len(_LETTERS.findall(text))


def _text_in(body: bytes) -> bytes:
    """The text between the tags that is not all ASCII; of a long page the beginning."""
    found, size = [], 0
    for part in body.split(b"<"):
        before, mark, text = part.partition(b">")
        piece = text if mark else before
        if not piece.isascii():
            found.append(piece)
            size += len(piece)
            if size > _ENOUGH_TEXT:
                break
    return b" ".join(found)[:_ENOUGH_TEXT] or body[:_ENOUGH_TEXT]


def _utf16(body: bytes) -> str | None:
    """UTF-16 without a mark shows in its NUL bytes: nearly every second one of the markup."""
    head = body[:200]
    if head.count(0) < len(head) * 0.2 or min(head[::2].count(0), head[1::2].count(0)) > 2:
        return None
    return "utf-16-be" if head[::2].count(0) > head[1::2].count(0) else "utf-16-le"


def _broken_utf8(body: bytes) -> int:
    """How many invalid sequences the bytes hold when read as UTF-8."""
    try:
        body.decode("utf-8")
    except UnicodeDecodeError:
        return body.decode("utf-8", "replace").count("\ufffd") - body.count("\ufffd".encode())
    return 0


def _short_double_bytes(body: bytes, declared: str | None) -> bool:
    """A few GBK or Big5 characters can be valid UTF-8 by accident; then they are all of two bytes."""
    if declared is None or declared.startswith("utf") or declared == "cp1252":
        return False
    found = _NON_ASCII.findall(body.decode("utf-8"))
    return len(found) <= 8 and all(ord(c) < 0x800 for c in found)


def _guess(body: bytes, declared: str | None) -> str | None:
    """The multi-byte encoding in which the bytes read as a language, the declared one preferred."""
    sample = body[:_SAMPLE]
    if len(body) > _SAMPLE:
        sample = sample[: sample.rfind(b">") + 1] or sample
    scores = {codec: _score(sample, codec) for codec in GUESSES}
    best = max(scores, key=lambda codec: scores[codec])
    if declared in scores and scores[declared] >= scores[best] * 0.8:
        return declared
    return best if scores[best] >= 0.12 else None


def _score(sample: bytes, codec: str) -> float:
    """Share of the non-ASCII characters that are among a language's frequent ones; 0 if it does not fit."""
    foreign = _NON_ASCII.findall(sample.decode(codec, "replace"))
    if not foreign:
        return 0.0
    text = "".join(foreign)
    broken = text.count("\ufffd") + len(_HALF_WIDTH_KANA.findall(text))
    if broken > len(text) * 0.03 + 1:
        return 0.0
    kana = len(_KANA.findall(text)) if codec in ("cp932", "euc_jp") else 0
    hangul = _hangul(text) * 0.5 if codec == "cp949" else 0
    return (len(_FREQUENT.findall(text)) + kana + hangul - broken) / len(text)


def _hangul(text: str) -> int:
    """How many characters are Hangul; 0 where Chinese ones are many beside them: GBK read as Korean."""
    hangul = len(_HANGUL.findall(text))
    return hangul if hangul > 4 * len(_IDEOGRAPH.findall(text)) else 0
