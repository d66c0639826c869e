"""Bylines in languages other than Chinese: `By Ana Bell and Bo Cole`, `Von Anna Bell, Berlin`."""

from __future__ import annotations

import re

from newscrawl.model.draft import Candidate
from newscrawl.page.byline.credits import far_credits, names_without_label
from newscrawl.page.document import vocabulary
from newscrawl.page.document.blocks import Block, BlockTree, Node, TextPiece
from newscrawl.page.document.dates_in_text import HAS_YEAR
from newscrawl.page.document.parse import fold
from newscrawl.text.dates.month_names import months
from newscrawl.text.full_names import is_full_name, names_people
from newscrawl.text.lazy_regex import lazy

ABOVE, BELOW = 6, 30  # blocks around the title in which an element classed an author's may be
_RIGHT_BELOW = 5  # blocks below it in which a byline is the article's for certain
_NEAR = 8  # blocks below it in which a byline may stand without an author's class
_LONGEST = 160  # characters of a block with a byline
_LONGEST_SPOKEN = 80  # characters of a byline without an author's class
_LONGEST_NAME = 60
_MOST_WORDS = 8
_AUTHOR_CLASS = vocabulary.class_words("author")
_COMMENTS = frozenset(("comment", "comments", "commentlist", "commenter", "reply", "replies"))
_BY = r"(?:by|von|vom|durch|par|por|di|door|av|af|tekst)\b"
_BYLINE = lazy(
    rf"[\s–—-]{{0,6}}(?:(?:(?:written|posted|published|submitted|reported|story|article|interview|review|recipe|opinion|analysis|words|text|artikel|geschrieben|verfasst"
    rf"|beitrag|(?:ein|eine) \w{{4,12}}|escrito|publicado|publié|rédigé|scritto|pubblicato)\s*:?\s+)?{_BY}"
    r"|(?:text|interview|words|autor(?:in|en|es|a)?|authors?|auteure?s?|autore|autrice|redactor[ae]?|redakteur(?:in)?"
    r"|reporter|journalist|writer|periodista)\s*:)[\s:]*",
    re.IGNORECASE,
)
_LABEL = lazy(r"^(?:Author|Autor(?:in)?|Auteur|Автор)(?=$|[\s:]|[A-Z][a-z])[\s:]*")
# Автор: Иван Петров, Penulis: Budi Santoso; 김철수 기자
_ABROAD = lazy(
    r"(?:^|[\s|·•,/])(?:(?:автор|текст|yazar|penulis|reporter|oleh"
    r"|tác giả|szerző|skribent|الكاتب|כתב|ผู้เขียน)\s*[:：]\s*"
    r"(?P<name>[^\W\d_][^\W\d_.'’-]*(?:[ .'’-]{1,2}[^\W\d_][^\W\d_.'’-]*){1,3})(?=\s*(?:$|[|·•,;/\d(–—-]))"
    r"|(?P<ko>[가-힣]{2,4})\s?(?:선임|수습|인턴|전문)?기자(?=$|[\s|·(@=,]))",
    re.IGNORECASE,
)
# In the line of the date: 4 May 2026 | By Ana Bell, 06.11.2023 13:30 von Olga Bell
_AMID = lazy(rf"(?i:[|·•–—/]\s*|(?<=\d)\s+|\b(?:Uhr|[ap]\.?m\.?)[\s,|]+)(?i:{_BY})[\s:]+(?=[^\W\d_a-zà-ÿ])")
# What follows the names: a date, the next column of the line, an agency, other people's pictures.
_BEHIND = lazy(
    r"\s*(?:[|·•∙‧⋅\[]|\((?!\w[\w.'-]{0,20}\)\s(?-i:[A-Z]))|\s[–—-]\s|\d|(?<![\w.])@\w|\s[\w.-]{1,40}@|\b(?:in|aus|à|en)\s(?=(?-i:[A-Z]))"
    r"|[,;]?\s*\bspecial\s(?:to|for)\s"
    r"|\b(?:(?:in collaboration |together )?with|avec|mit|con|for|für|pour|para|en colaboración)\s"
    r"|\blast (?:updated|modified|edited|reviewed)\b|\bon behalf of\b"
    r"|\b(?:published|updated|posted|veröffentlicht|aktualisiert|publié|publicado|actualizado|pubblicato|stand)\b"
    r"|[,;]?\s*(?:photos?|fotos?|bilder?|video|illustration|illustrationen|images?|grafik)\b)",
    re.IGNORECASE,
)
_TRADE = lazy(
    r"\b(?:editors?|correspondents?|reporters?|writers?|journalists?|columnists?|contributors?|producers?|staff|chief"
    r"|redakteur(?:in)?|korrespondent(?:in)?|volontär(?:in)?|journaliste?|rédact(?:eur|rice)|correspondante?"
    r"|envoyée? spéciale?|redactora?|periodista|corresponsal|giornalista|inviat[oa]|studio|büro|bureau)\b",
    re.IGNORECASE,
)
# Words that stand before the figures of a date.
_STOPWORDS = frozenset(
    "on am at in um en em le la el de del du den der die das the of mon tue wed thu fri sat sun monday"
    " tuesday wednesday thursday friday saturday sunday montag dienstag mittwoch donnerstag freitag samstag"
    " sonntag".split()
) | frozenset(months())
_LINKS = lazy(r"(?:^|\s)(?:by|von|par|por|di|door|av|af|and|und|et|y|e|en|och|og|with)$", re.IGNORECASE)
_LINKING = frozenset(("on", "am", "at", "in", "im", "by"))
_LOGIN = lazy(r"(?!(?:noon|now|hand|default|design|popular|email|phone|then)$)[a-z][\w.-]{3,30}")
_NOT_A_NAME = lazy(
    r"^\d|\d{2}|@|https?:|[?!]|comment|follow|share|subscri|kommentar|^name\b|mail|feed|^bild|photo|image|abonn"
    r"|^(?:print|tweet|save|listen|menu|more|news|home|search|gallery|video|next|back|close|drucken|merken|imprimer)$"
    r"|updated|published|contact|veröffentlicht|aktualisiert|publicado|^publié"
    r"|\b(?:submitted|posted|(?:edited|reviewed) by)\b",
    re.IGNORECASE,
)


def read_bylines(tree: BlockTree, title: Node | None, *, far: bool = True) -> tuple[list[Candidate], bool]:
    """Who wrote the article, by the best of the page's lines; whether one right below the title says `By`.

    A line by its class or `By`, the nearest first; a name in it goes before what is none. Then names without
    either, and, if `far`, credits anywhere on the page.
    """
    at = title.first if title is not None else 0
    near = [block for block in tree.blocks[max(0, at - ABOVE) : at + BELOW + 1] if not block.node.hidden]
    weak: list[Candidate] = []
    for block in sorted(near, key=lambda block: distance(block.index - at)):
        names, spoken = _read_byline(block, at)
        below = title is not None and 0 < block.index - at <= _RIGHT_BELOW
        if any(names_people(one.value) for one in names):
            return names, spoken and below
        if names and spoken and below:
            return names, False
        weak = weak or names
    return names_without_label(tree, title) or weak or (far_credits(tree, title) if far else []), False


def distance(away: int) -> float:
    """How far a block is from the title: three times as far above it."""
    return away if away >= 0 else -away * 3


def is_byline_near(block: Block, at: int) -> bool:
    """Whether a block is short and stands near enough to the title, which is the block `at`."""
    return -ABOVE <= block.index - at <= BELOW and len(block.text) <= _LONGEST


def _read_byline(block: Block, at: int) -> tuple[list[Candidate], bool]:
    """Who a block says wrote the article whose title is the block `at`, and whether it says so with `By`."""
    near = 0 <= block.index - at <= _NEAR or -2 <= block.index - at < 0
    if not near and any(node.tokens & _COMMENTS for node in block.pieces[0].node.line()):
        return [], False
    if not is_byline_near(block, at):
        classed = _classed_part(block) if near else ""
        named = _names(classed) if len(classed) <= _LONGEST else []
        return _candidates(named), _BYLINE.match(classed) is not None
    short = near and len(block.text) <= _LONGEST_SPOKEN
    text = _spaced(block.pieces) if short else block.text
    spoken = _BYLINE.match(text)
    names: list[str] = []
    if _is_classed(block.pieces[0].node):
        named = _names(_spaced(block.pieces))
        names = [name for name in _linked(block) if not named or name in named[0]] or named
        if not any(map(names_people, names)):
            names = [name for piece in block.pieces if is_full_name(name := fold(piece.text))] or names
    elif classed := _classed_part(block):
        names = _names(classed)
    elif short and spoken:
        names = _named(_names(text)) or _login(text[spoken.end() :], labelled=" " in spoken.group().strip())
    elif short and _LABEL.match(text) and any(map(is_full_name, named := _names(text))):
        names = named
    elif short and (labelled := _ABROAD.search(block.text)):
        return _candidates([labelled["ko"] or labelled["name"].strip()]), False
    elif near and HAS_YEAR.search(block.text):
        names = _named(_names(_amid(block)))
    return _candidates(names), spoken is not None


def _candidates(names: list[str]) -> list[Candidate]:
    return [Candidate(name, "page", "byline") for name in names if _may_be_names(name)]


def _login(text: str, *, labelled: bool) -> list[str]:
    """What somebody logs in with, behind `by`: the rest of the line; behind `posted by`, its first word."""
    words = text.split()
    if not words or not (labelled or len(words) == 1) or _LOGIN.fullmatch(words[0]) is None:
        return []
    return words[:1]


def _may_be_names(text: str) -> bool:
    return (
        2 <= len(text) <= _LONGEST_NAME
        and len(text.split()) <= _MOST_WORDS
        and _NOT_A_NAME.search(text) is None
    )


def _named(names: list[str]) -> list[str]:
    """The names with capitals; without an author's class, `by noon` is not a byline."""
    return [name for name in names if not name[0].islower()]


def _is_classed(node: Node | None) -> bool:
    for _ in range(4):
        if node is None:
            return False
        if node.tokens & _AUTHOR_CLASS:
            return True
        node = node.parent
    return False


def _classed_part(block: Block) -> str:
    """What stands in those elements of a line that are classed an author's: `4 May <i class=author>…`."""
    if len(block.pieces) < 2:
        return ""
    return _spaced([piece for piece in block.pieces if _is_classed_inside(piece.node, block.node)])


def _is_classed_inside(node: Node | None, end: Node) -> bool:
    while node is not None and node is not end:
        if node.tokens & _AUTHOR_CLASS:
            return True
        node = node.parent
    return False


def _amid(block: Block) -> str:
    """What follows `by` in the line of a date, up to the end of the text node in which it begins."""
    text = ""
    for piece in block.pieces:
        text += piece.text
        if found := _AMID.search(text):
            return fold(text[found.end() :])
    return ""


def _spaced(pieces: list[TextPiece]) -> str:
    """The text of neighbours that nothing parts but how they are shown: `<i>By</i><b>Ana Bell</b>`."""
    text = ""
    for number, piece in enumerate(pieces):
        if (
            number
            and piece.node is not pieces[number - 1].node
            and text[-1:].isalpha()
            and piece.text[:1].isalpha()
        ):
            linking = _LINKS.search(text) or _LINKS.fullmatch(piece.text.strip())
            text += " " if linking else ", "
        text += piece.text
    return fold(text)


def _linked(block: Block) -> list[str]:
    return [fold(piece.text) for piece in block.pieces if piece.link and 2 < len(fold(piece.text)) <= 40]


def _names(text: str) -> list[str]:
    """The names of a byline as one text, without what stands before and after them; at most one."""
    spoken = _AMID.search(text) or _BYLINE.match(text)
    text = _LABEL.sub("", text[spoken.end() if spoken else 0 :], count=1)
    if behind := _BEHIND.search(text, 1):
        text = text[: behind.start()]
    parts = [part.strip() for part in text.strip(" ,;:/").split(",")]
    while len(parts) > 1 and _is_no_person(parts[-1], parts[0]):
        parts.pop()
    left = ", ".join(parts).split()
    dated = behind is not None and behind.group()[-1].isdigit()
    while left and left[-1].lower().strip(".,") in (_STOPWORDS if dated else _LINKING):
        left.pop()
    return [" ".join(left).rstrip(",")] if left else []


def _is_no_person(part: str, first: str) -> bool:
    """Whether a part after a comma is a trade, or a single word after a full name: `Anna Bell, Berlin`."""
    return _TRADE.search(part) is not None or (" " not in part and " " in first)
