"""The step `attribution`: the outlet that wrote an article, its authors and its editors."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from functools import partial

from newscrawl.model.draft import AttributedDraft, Candidate, DatedDraft, Draft
from newscrawl.model.post import Attribution
from newscrawl.normalize.datelines import closing_outlet, dateline_outlet, signers
from newscrawl.text.outlets import VALUE_LIMIT, Outlet, outlet_name, outlet_named
from newscrawl.text.people import people
from newscrawl.text.slugs import slug
from newscrawl.text.surnames import is_commonly_persons

#: Rules that find a name without a label, near the title.
_UNLABELLED = frozenset(("beside date", "source class"))
_JOINED = re.compile(r"\s*[-—–·|]\s*")
# Beside a date a person stands as often as an outlet; short names are an outlet's if they end as one's do.
_SHORT = re.compile("[\u4e00-\u9fff]{1,2}[^网報报社台刊经界讯]")
_TAIL = re.compile(r"[(（【\[]\s*([^()（）【】\[\]]{2,40}(?:[(（][^()（）]{1,12}[)）])?)\s*[)）】\]]\s*$")
_NOT_A_TAIL = re.compile(
    r"^(?:完|未完|待续|未完待续|略|图|上|下|中|注|译|文|暂译|全文完|有删节)$|^(?:编辑|责编|记者|实习生|单位|图|注)\s*[:：]?\s"
    r"|(?:美元|港元|欧元|日元|亿元|万元)$|[:：]|^[-+\d.,%]+$|[，,。]|^(?:记者|单位|编辑|实习生)"
)


def credited_outlet(candidate: Candidate) -> Attribution | None:
    """The outlet that a text names: `（文章来源：北方网）`, `来源：中新经纬`, `央视新闻客户端`.

    None where it names none: empty, figures, an address, a sentence, `本站原创`, or the source of a
    picture (图片来源).
    """
    bracketed = "em_media" in candidate.rule
    name = outlet_name(candidate.value[:VALUE_LIMIT], bracketed)
    if name is None:
        return None
    if _is_a_persons(name, candidate.rule) and outlet_named(name) is None:
        return None
    raw = candidate.value.strip() if bracketed else " ".join(candidate.value[:VALUE_LIMIT].split())
    return Attribution(name, slug(name), raw, _origin(candidate), _address(candidate.link))


def _is_a_persons(name: str, rule: str) -> bool:
    """Whether a name that was found without a label may be somebody's."""
    if rule == "beside date" and _SHORT.fullmatch(name):
        return True
    return rule in _UNLABELLED and is_commonly_persons(name)


def canonical(found: Attribution, *, chinese: bool = False) -> Attribution:
    """The same under the name and slug that the outlet goes by (outlets.toml); a name in another script than
    the registry's stays, with the registry's slug, but on a `chinese` page (36Kr is 36氪 there)."""
    known = outlet_named(found.name) or _joined(found.name)
    if known is None:
        return found
    same_script = found.name.isascii() == known.name.isascii()
    return replace(found, name=known.name if same_script or chinese else found.name, slug=known.slug)


def _joined(name: str) -> Outlet | None:
    """The outlet that both halves of a name mean: 中青在线-中国青年报."""
    halves = [outlet_named(half) for half in _JOINED.split(name)]
    return halves[0] if len(halves) == 2 and halves[0] == halves[1] else None


def choose_outlet(reading_outlets: Iterable[Candidate], site_outlet: str | None) -> Attribution | None:
    """The first candidate that names an outlet, else the site's own with the origin `site`, else None."""
    for candidate in reading_outlets:
        if found := credited_outlet(candidate):
            return found
    if site_outlet is None:
        return None
    return Attribution(site_outlet, slug(site_outlet), site_outlet, "site")


def outlet_of(draft: Draft) -> Attribution | None:
    """A draft's outlet: what its page says, then the tail of its flash, then what the list says, then the
    agency of its dateline or its end, then the site; by its canonical name unless the draft keeps names as
    printed."""
    found = choose_outlet(_candidates(draft), None) or choose_outlet(_dateline(draft), draft.site_outlet)
    if found is None or draft.as_printed:
        return found
    return canonical(found, chinese=draft.language.startswith("zh"))


def _dateline(draft: Draft) -> list[Candidate]:
    body = draft.extraction.body if draft.language.startswith("zh") else None
    if body is None:
        return []
    found = [one for one in (dateline_outlet(body), closing_outlet(body)) if one is not None]
    own = [one for one in found if one.rule != "reported"]
    # a site that has its own name writes 据路透社报道 of what it made itself
    return own if draft.site_outlet else own or found


def _candidates(draft: Draft) -> list[Candidate]:
    # By itself in the line of the date may stand a person too, or a law's own name under its headline.
    others = {one.value.strip() for one in (*draft.extraction.authors, *draft.extraction.titles)}
    candidate = [
        one
        for one in draft.extraction.outlets
        if one.rule != "beside date" or one.value.strip() not in others
    ]
    digest = draft.extraction.digests[0].value if draft.extraction.digests else ""
    if not digest or draft.extraction.body is not None:
        return candidate
    tail = flash_tail(digest)
    on_page = [one for one in candidate if one.origin != "list"]
    listed = [one for one in candidate if one.origin == "list"]
    return [*on_page, *([tail] if tail else []), *listed]


def flash_tail(text: str) -> Candidate | None:
    """The outlet in brackets at the end of a flash: `…增长384.9%。（央视新闻客户端）`.

    None where the brackets hold no name.
    """
    match = _TAIL.search(text[-60:].rstrip())
    if match is None or _NOT_A_TAIL.search(match[1]):
        return None
    return Candidate(match.group().strip(), "page", "tail")


def normalize_attribution(draft: DatedDraft) -> AttributedDraft:
    """Find the outlet, the authors and the editors."""
    source = outlet_of(draft)
    outlets = {name for name in (source and source.name, draft.site_outlet) if name}
    outlets |= {one.value for one in draft.extraction.outlets if one.origin == "structured"}
    named = partial(people, outlets=outlets, language=draft.language, as_printed=draft.as_printed)
    by = draft.extraction.authors
    authors = named(by)
    if not authors and draft.extraction.body is not None and draft.language.startswith("zh"):
        by = signers(draft.extraction.body)
        authors = named(by)
    editors = named(draft.extraction.editors)
    origins = draft.crawl.origins
    if source:
        origins["source"] = source.origin
    if authors:
        origins["authors"] = by[0].rule
    if editors:
        origins["editors"] = draft.extraction.editors[0].rule
    return AttributedDraft(**vars(draft), source=source, authors=authors, editors=editors)


def _origin(candidate: Candidate) -> str:
    if "em_media" in candidate.rule:
        return "em_media"
    if candidate.rule == "tail":
        return "tail"
    return candidate.origin if candidate.origin in ("list", "structured") else "info_line"


def _address(link: str | None) -> str | None:
    return link if link and link.startswith(("http://", "https://")) else None
