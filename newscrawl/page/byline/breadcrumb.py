"""Breadcrumb: the trail of columns above an article, `首页 > 财经 > 正文`."""

from __future__ import annotations

import re

from newscrawl.model.draft import Candidate
from newscrawl.page.document import vocabulary
from newscrawl.page.document.blocks import Block, BlockTree, Node
from newscrawl.page.document.parse import fold

_CRUMB_CLASS = vocabulary.classes("breadcrumb")
_CRUMB_TEXT = re.compile(r"^.{0,8}位置\s*[:：>＞»]|^(?:网站)?首页\s*[>＞»/]")
_HOME = re.compile(r"^(?:首页|网站首页|主页|正文|home|start|startseite|accueil|inicio)$", re.IGNORECASE)


def breadcrumb(found: BlockTree, title: Node | None) -> list[Candidate]:
    """The columns that a page's trail to the article names, at most six, each with origin `page`."""
    end = title.first + 3 if title is not None else len(found.blocks)
    trail: list[Candidate] = []
    for block in found.blocks[: end + 1]:
        if block.linked and (_in_crumb(block) or _CRUMB_TEXT.match(block.text)):
            for piece in block.pieces:
                name = fold(piece.text).strip(" >＞»/·\u00a0\u3000")
                if piece.link and 1 < len(name) <= 20 and not _HOME.match(name):
                    trail.append(Candidate(name, "page", "breadcrumb"))
    return trail[:6]


def _in_crumb(block: Block) -> bool:
    node: Node | None = block.pieces[0].node
    for _ in range(5):
        if node is None:
            return False
        if not node.tokens.isdisjoint(_CRUMB_CLASS):
            return True
        node = node.parent
    return False
