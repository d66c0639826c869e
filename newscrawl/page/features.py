"""What the block classifier looks at: one list of feature names for each block of a page.

All features are binary and named, so that a model is a table of names and weights. The container
density follows the observation behind Arc90's Readability: good paragraphs credit what holds them.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import Counter
from dataclasses import dataclass

from newscrawl.page.blocks import Block, Node, Survey

_DECAY = 0.6  # of a paragraph's credit, from each ancestor to the next
_LEVELS = 4  # ancestors whose part of the page's prose is a feature

_WORD_STEPS = (1, 2, 3, 5, 8, 13, 21, 36, 61, 121)
_LINK_STEPS = (0.001, 0.1, 0.25, 0.4, 0.6, 0.9, 0.999)
_RATIO_STEPS = (0.001, 0.02, 0.06, 0.12, 0.25, 0.45, 0.7, 0.95)
_COARSE_LINK_STEPS = (0.1, 0.5, 0.9)
_COARSE_RATIO_STEPS = (0.02, 0.12, 0.45, 0.95)
_COVER_STEPS = (0.001, 0.05, 0.15, 0.3, 0.5, 0.75, 0.95)
_PLACE_STEPS = (-30, -10, -3, 0, 1, 2, 3, 5, 8, 13, 21, 40, 80)

_CJK = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7a3]")
_WORD = re.compile(r"[^\W\d_]+|\d+")
_STOPS = re.compile(r"[,.;:!?،؛。，、；：！？…]")
_SENTENCE_END = re.compile(r"[.!?。！？…؟।]['\"”’»」』）)\]]*$")
_DATE = re.compile(r"(?:19|20)\d\d|\d{1,2}:\d\d")

#: Kinds of short texts that are, or are not, an article's; looked for in blocks of up to 40 words.
_PHRASES = {
    "rights": r"©|copyright|all rights reserved|alle rechte|版权|转载|授权",
    "consent": r"cookie|datenschutz|privacy|gdpr|consent|隐私",
    "account": r"\blog ?in\b|sign (?:in|up)|anmelden|registrier|abonn|subscri|newsletter|登录|注册|订阅",
    "share": r"\bshare\b|\btweet\b|facebook|twitter|whatsapp|teilen|partage|compart|分享|微信|微博|扫一扫|扫码|二维码|朋友圈",
    "comment": r"comment|kommentar|commentaire|comentario|评论|跟帖|留言|网友",
    "related": r"related|read more|read also|see also|more from|mehr zum thema|lesen sie|auch interessant|lire aussi|à lire|leia|lee también|相关|推荐|延伸阅读|更多|热门|往期|上一篇|下一篇|点击",
    "advert": r"advert|anzeige|werbung|sponsor|publicidad|publicité|广告|推广",
    "photo": r"\bphoto|getty|\bfoto\b|\bbild\b|image|picture|credit|fotograf|\breuters\b|\bafp\b|图片|图源|摄影|供图|摄\b|资料图|视觉中国",
    "by": r"^(?:by|von|par|por|di)\s|作者|记者.{0,8}[)）]|通讯员|撰文",
    "editor": r"责任编辑|责编|编辑[:：|]|【编辑|校对|审核|编审|主编",
    "source": r"来源[:：]|稿源|出处|文章来源|本文来源|据.{2,6}报道$",
    "declare": r"声明|免责|不代表|仅供参考|投资建议|风险自担|侵权|观点|立场|举报|disclaimer",
    "app": r"客户端|下载|\bapp\b|打开|关注|公众号|扫描|download",
    "original": r"原标题|原题",
    "end": r"^[（(【\[]?\s*(?:完|全文完|本文完|END|The End)\s*[)）】\]]?$",
    "update": r"updated|aktualisiert|published|veröffentlicht|发布时间|更新",
    "contact": r"@\w+\.|tel\.?[:\s]|\+\d{2}|http[s]?://|www\.|电话|邮箱|热线",
    "loading": r"loading|please enable|javascript|browser|error|404|加载",
    "follow": r"follow us|folgen|suivez|síguenos|contact us|about us|impressum|terms of|help",
    "minutes": r"min(?:ute)?s? read|lesezeit|阅读|字号|字体|收藏|点赞|浏览",
}
_PHRASE = re.compile("|".join(f"(?P<{name}>{pattern})" for name, pattern in _PHRASES.items()), re.IGNORECASE)
_TAGS = frozenset(
    (
        "p",
        "div",
        "li",
        "td",
        "th",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "figcaption",
        "blockquote",
        "pre",
        "dd",
        "dt",
    )
    + (
        "section",
        "article",
        "span",
        "a",
        "em",
        "strong",
        "b",
        "i",
        "label",
        "figure",
        "header",
        "footer",
        "cite",
    )
)
_AROUND = frozenset(
    (
        "article",
        "main",
        "aside",
        "footer",
        "nav",
        "header",
        "form",
        "figure",
        "table",
        "ul",
        "ol",
        "blockquote",
        "section",
        "dl",
        "center",
    )
)


#: Words of class names by what an element so named holds.
_REGIONS = {
    "comment": "comment comments commentlist commenting kommentar kommentare comentarios cmt reply replies respond disqus pinglun livefyre discussion",
    "consent": "cookie cookies consent gdpr privacy sourcepoint cmp onetrust usercentrics",
    "site": "footer impressum copyright sitemap subnav",
    "popup": "login register signin signup overlay modal popup lightbox flyout dropdown placeholder menu submenu toolbar nav navbar navigation masthead",
    "related": "related recommend recommended recommendations recirc recirculation teaser teasers similar popular trending mostread readmore latest carousel slider ticker breaking rail promo outbrain taboola newsletter subscribe subscription further mehr weitere sidebar aside widget xiangguan tuijian hot rank ranking",
    "ad": "ad ads advert advertisement adsense werbung anzeige sponsor sponsored banner commercial affiliate",
    "share": "share sharing social socials sns fenxiang",
    "person": "bio author authors byline autor profile avatar vcard",
    "caption": "caption captions figcaption credit credits legend bildunterschrift gallery slideshow photo foto image img media video player",
    "embed": "twitter tweet instagram embed embedded facebook youtube quote blockquote infobox factbox box",
    "meta": "meta info infos date time timestamp tags tag tagged keywords source breadcrumb breadcrumbs category categories kicker",
    "statement": "statement declare disclaimer copyright notice note legal shengming mianze edit editor",
    "good": "article articlebody body content story entry post text main paragraph artikel nota noticia cuerpo corpo texto absatz zhengwen neirong txt detail rich markdown prose",
    "lead": "lead lede intro summary standfirst teasertext dek subtitle subheadline abstract excerpt description perex vorspann",
}
_REGION_OF: dict[str, set[str]] = {}
for _region, _words in _REGIONS.items():
    for _word in _words.split():
        _REGION_OF.setdefault(_word, set()).add(_region)
#: What stands there is no sign of where the article is.
_UNCOUNTED = frozenset(("comment", "consent", "site"))


@dataclass(slots=True)
class Measure:
    """Figures of one block that several features use."""

    words: int  #: a CJK character counts as two thirds of one
    link: float  #: share of the characters that are links
    good: bool  #: a paragraph of prose: 8 words or more, punctuation, few links

    @property
    def hopeless(self) -> bool:
        """A link of a few words: half of all blocks, and never an article's text by itself."""
        return self.link >= 0.9 and self.words < 8


def features_of(found: Survey, title: Node | None, language: str | None) -> list[list[str] | None]:
    """The names of the features that hold, for each block of the page; None for a hopeless one."""
    page = _Page(found, title, language)
    return [None if page.measures[block.index].hopeless else page.features(block) for block in found.blocks]


def words_of(block: Block) -> int:
    """The words of a block's text; a CJK character counts as two thirds of one."""
    cjk = len(_CJK.findall(block.text))
    if not cjk:
        return len(_WORD.findall(block.text))
    return cjk * 2 // 3 + len(_WORD.findall(_CJK.sub(" ", block.text)))


def measure(block: Block) -> Measure:
    text = block.text
    words = words_of(block)
    link = min(1.0, block.linked / len(text))
    good = words >= 8 and link < 0.4 and _STOPS.search(text) is not None
    return Measure(words, link, good)


def _look(node: Node) -> tuple[object, ...]:
    """What paragraphs of one text have in common: tag and class, and those of their parent."""
    parent = node.parent
    return (
        (node.tag, node.tokens, parent.tag, parent.tokens) if parent is not None else (node.tag, node.tokens)
    )


def _line(node: Node | None) -> list[Node]:
    """The element and all that it stands in, outwards."""
    line = []
    while node is not None:
        line.append(node)
        node = node.parent
    return line


class _Page:
    """The features of a page's blocks; what concerns the whole page is found once."""

    def __init__(self, found: Survey, title: Node | None, language: str | None) -> None:
        self.blocks = found.blocks
        self.measures = [measure(block) for block in found.blocks]
        self.script = "cjk" if (language or "")[:2] in ("zh", "ja", "ko") else "lat"
        self.times = Counter(block.text for block in found.blocks)
        self.title_at = title.first if title is not None else None
        self.title = (
            found.blocks[title.first].text if title is not None and title.first < len(found.blocks) else None
        )
        self.title_line = set(_line(title))
        self.prose: dict[Node, float] = {}  # words of good paragraphs under each element
        self.credit: dict[Node, float] = {}  # the same, decaying upwards
        self.looks: Counter[tuple[object, ...]] = Counter()
        self.held = self._held()
        self.all_held = max(self.held.values(), default=0)
        self.region_cache: dict[Node, frozenset[str]] = {}
        self.all_prose = self._count() or 1.0
        self.top = max(self.credit, key=lambda node: self.credit[node], default=None)
        self.most = self.credit[self.top] if self.top is not None else 1.0
        inside = [
            b.index
            for b in found.blocks
            if self.measures[b.index].good
            and not self._regions(b.node) & _UNCOUNTED
            and self._steps_to_top(b.node) is not None
        ]
        self.first, self.last = (inside[0], inside[-1]) if inside else (0, 0)
        self.cache: dict[Node, list[str]] = {}

    def _held(self) -> Counter[Node]:
        """How many good paragraphs each element holds."""
        held: Counter[Node] = Counter()
        for block, figures in zip(self.blocks, self.measures, strict=True):
            if figures.good:
                held.update(_line(block.node))
        return held

    def _count(self) -> float:
        """Give each good paragraph's words to the elements around it; returns their sum."""
        total = 0.0
        for block, figures in zip(self.blocks, self.measures, strict=True):
            if not figures.good or self._regions(block.node) & _UNCOUNTED:
                continue
            words = min(figures.words, 80)
            total += words
            self.looks[_look(block.node)] += words
            share = words**0.5
            for node in _line(block.node.parent if block.node.tag == "p" else block.node):
                self.prose[node] = self.prose.get(node, 0.0) + words
                if share > 0.1:
                    self.credit[node] = self.credit.get(node, 0.0) + share
                    share *= _DECAY
        return total

    def features(self, block: Block) -> list[str]:
        names = ["bias"]
        self._of_text(block, names)
        self._of_place(block, names)
        names += self._of_nodes(block)
        self._of_neighbours(block, names)
        return names

    def _of_text(self, block: Block, names: list[str]) -> None:
        text, figures = block.text, self.measures[block.index]
        words = bisect_right(_WORD_STEPS, figures.words)
        link = bisect_right(_COARSE_LINK_STEPS, figures.link)
        stops = len(_STOPS.findall(text))
        end = "sentence" if _SENTENCE_END.search(text) else "colon" if text.endswith((":", "：")) else "open"
        names += (
            f"words{words}",
            f"words{words}{self.script}",
            f"link{bisect_right(_LINK_STEPS, figures.link)}",
            f"words{words}link{link}",
            f"stops{min(stops, 4)}",
            f"end-{end}",
            f"words{words}end-{end}",
        )
        if self.times[text] > 1:
            names.append("repeated")
        if text == self.title:
            names.append("title")
        if text[0].islower():
            names.append("lower")
        elif text[0] in "\"'“‘«»„「『—–-":
            names.append("quote")
        if text.isupper():
            names.append("upper")
        if figures.words <= 40:
            self._of_phrases(text, words, names)

    def _of_phrases(self, text: str, words: int, names: list[str]) -> None:
        size = "short" if words <= 4 else "long"
        kinds = {match.lastgroup for match in _PHRASE.finditer(text[:300])}
        names += [f"says-{kind}-{size}" for kind in sorted(filter(None, kinds))]
        if _DATE.search(text):
            names.append(f"date-{size}")

    def _of_place(self, block: Block, names: list[str]) -> None:
        index, figures = block.index, self.measures[block.index]
        place = "before" if index < self.first else "after" if index > self.last else "between"
        steps = self._steps_to_top(block.node)
        words = min(bisect_right(_WORD_STEPS, figures.words), 6)
        names += (
            f"place-{place}",
            f"place-{place}-words{words}",
            f"part{index * 8 // len(self.blocks)}",
            f"top{'out' if steps is None else min(steps, 4)}",
            f"top{'out' if steps is None else min(steps, 4)}-words{words}",
            f"top{'out' if steps is None else min(steps, 2)}-{place}",
        )
        if place == "after":
            names.append(f"past{bisect_right((1, 2, 3, 5, 9), index - self.last)}")
        elif place == "before":
            names.append(f"until{bisect_right((1, 2, 3, 5, 9), self.first - index)}")
        if self.title_at is not None:
            names.append(f"title{bisect_right(_PLACE_STEPS, index - self.title_at)}")

    def _steps_to_top(self, node: Node | None) -> int | None:
        for steps in range(8):
            if node is None:
                return None
            if node is self.top:
                return steps
            node = node.parent
        return None

    def _of_nodes(self, block: Block) -> list[str]:
        node = block.node
        known = self.cache.get(node)
        if known is None:
            known = self.cache[node] = self._of_node(node)
        inner = block.pieces[0].node
        own = inner.tokens if inner is not node else frozenset()
        words = min(bisect_right(_WORD_STEPS, self.measures[block.index].words), 6)
        ratio = bisect_right(_COARSE_RATIO_STEPS, self._ratio(node))
        tag = node.tag if node.tag in _TAGS else "other"
        extra = [f"ratio{ratio}-words{words}", f"tag-{tag}-words{words}"]
        if inner is not node and all(piece.node is inner or piece.text.isspace() for piece in block.pieces):
            extra.append(f"wholly-{inner.tag}")
        if node.hidden:
            extra.append("hidden")
        return known + [f"own.{token}" for token in own] + extra

    def _regions(self, node: Node) -> frozenset[str]:
        """The regions that the element is in, by class names up to where the title's elements begin."""
        waiting = []
        known: frozenset[str] | None = None
        for outer in _line(node):
            known = frozenset() if outer in self.title_line else self.region_cache.get(outer)
            if known is not None:
                break
            waiting.append(outer)
        regions = known or frozenset()
        for outer in reversed(waiting):
            regions = self.region_cache[outer] = regions | self._own_regions(outer)
        return regions

    def _own_regions(self, node: Node) -> frozenset[str]:
        own = {region for token in node.tokens for region in _REGION_OF.get(token, ())}
        if node.tag in ("nav", "footer"):
            own.add("site")
        elif node.tag == "aside":
            own.add("related")
        if self.held.get(node, 0) > 0.5 * self.all_held:
            own -= {"consent", "site"}  # whatever it is called, the page's text is in it
        return frozenset(own)

    def _ratio(self, node: Node) -> float:
        holder = node.parent if node.tag == "p" and node.parent is not None else node
        return self.credit.get(holder, 0.0) / self.most

    def _of_node(self, node: Node) -> list[str]:
        """Features of the block's element and what is around it; the same for all blocks in it."""
        first = node
        tag = node.tag if node.tag in _TAGS else "other"
        look = bisect_right(_COVER_STEPS, self.looks[_look(node)] / self.all_prose)
        names = [f"tag-{tag}", f"ratio{bisect_right(_RATIO_STEPS, self._ratio(node))}", f"look{look}"]
        names += [f"own.{token}" for token in node.tokens]
        around: dict[str, None] = {}
        covers = []
        at_title = None
        for level, outer in enumerate(_line(node.parent)):
            cover = self.prose.get(outer, 0.0) / self.all_prose
            if level < _LEVELS:
                covers.append(bisect_right(_COVER_STEPS, cover))
                names.append(f"cover{level}-{covers[-1]}")
            if level < 2:
                names.append(f"in{level}-{outer.tag if outer.tag in _TAGS else 'other'}")
                names += [f"near.{token}" for token in outer.tokens]
            if at_title is None and outer in self.title_line:
                at_title = level
            if cover < 0.98 or level < 3:
                around.update((f"in.{token}", None) for token in outer.tokens)
                if outer.tag in _AROUND:
                    around[f"around-{outer.tag}"] = None
        names.append(f"withtitle{'none' if at_title is None else min(at_title, 6)}")
        if len(covers) > 1:
            names.append(f"covers{covers[0]}-{covers[1]}")
        names += [f"region-{region}" for region in self._regions(first)]
        return names + list(around)

    def _of_neighbours(self, block: Block, names: list[str]) -> None:
        for side, step in (("prev", -1), ("next", 1)):
            other = block.index + step
            if not 0 <= other < len(self.blocks):
                names.append(f"{side}-none")
                continue
            figures = self.measures[other]
            names += (
                f"{side}-words{bisect_right((4, 13, 36), figures.words)}-link{bisect_right((0.3, 0.8), figures.link)}",
                f"{side}-{'same' if self.blocks[other].node.parent is block.node.parent else 'other'}",
            )
