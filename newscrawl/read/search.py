"""Plans of the full-text search: candidates from the index, newest first, which are then read and checked.

newscrawl.search describes the index, newscrawl.store.search_index builds it.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import islice

from newscrawl.errors import IndexChanged, UsageError
from newscrawl.model.post import Post
from newscrawl.read import plans
from newscrawl.read.arguments import check_count
from newscrawl.read.candidates import Candidate, Candidates, waiting
from newscrawl.read.cursor import Cursor, millis
from newscrawl.read.plan import NEWEST_FIRST, Document, Find, Number, Plan
from newscrawl.read.query import Query
from newscrawl.read.results import FIELDS, Headline, Page
from newscrawl.search import LEAD, TEXT, TITLE, SearchWords, phrase_of

_PLACES = (TITLE, LEAD, TEXT)
_TEXTS = {"digest": 1, "body.text": 1}
_CHUNK = 64  # candidates read at a time
_DIRECT = 1_000  # if the other filters leave at most this many posts, the index is not used
_AROUND = 60  # characters of an excerpt before and after the word
_COUNTED = 500  # posts counted at a time
_RESTARTS = 3


def is_indexed(query: Query) -> bool:
    """Whether the query has a text that can be looked up in the index."""
    return query.text is not None and bool(phrase_of(query.text).rows(TEXT))


def some(query: Query, after: str | None, size: int) -> Plan[list[Post]]:
    """The next posts of a query with an indexed text, newest first."""
    found = yield from _with_phrase(query, after, size, whole=True)
    return [Post.from_document(document) for document in found]


def page(query: Query, after: str | None, size: int) -> Plan[Page]:
    """One page of a query, with or without text, newest first."""
    check_count("page size", size, "use 1 or more")
    if not is_indexed(query):
        return (yield from plans.page(query, after, size))
    found = yield from _with_phrase(query, after, size + 1)
    return plans.page_of([Headline.from_document(document) for document in found], size)


def count(query: Query, at_most: int | None) -> Plan[int]:
    """How many posts a query finds; with a text, each post is read."""
    if at_most is not None:
        check_count("at_most", at_most, "leave it out to count all")
    if not is_indexed(query):
        return (yield from plans.count(query, at_most))
    most = min([limit for limit in (query.limit, at_most) if limit is not None], default=None)
    counted, after = 0, None
    while most is None or counted < most:
        size = _COUNTED if most is None else min(_COUNTED, most - counted)
        found = yield from _with_phrase(query, after, size)
        counted += len(found)
        if len(found) < size:
            break
        after = str(Cursor(found[-1]["date"], found[-1]["_id"]))
    return counted


def _with_phrase(query: Query, after: str | None, size: int, *, whole: bool = False) -> Plan[list[Document]]:
    assert query.text is not None
    look = yield from _look(phrase_of(query.text), query, whole=whole)
    place = Cursor.parse(after) if after is not None else None
    return (yield from matches(look, 0, place, size, (yield from _waiting(look, TEXT))))


def search(wanted: SearchWords, query: Query, after: str | None, size: int) -> Plan[Page]:
    """One page: posts with all words in the title, then in the lead, then anywhere; each newest first."""
    check_count("page size", size, "use 1 or more")
    if query.text is not None:
        raise UsageError("a search cannot have text= too: add the text to its words, in quotes")
    begin = Cursor.parse(after) if after is not None else None
    look = yield from _look(wanted, query)
    found: list[tuple[int, Document]] = []
    there: list[Candidate] | None = None
    for place in _PLACES:
        if len(found) <= size and (begin is None or begin.rank >= place):
            place_after = begin if begin and begin.rank == place else None
            if there is None or place == LEAD:  # unindexed posts with the words anywhere serve both
                there = yield from _waiting(look, place)
            more = yield from matches(look, place, place_after, size + 1 - len(found), there)
            found += [(place, document) for document in more]
    headlines = [Headline.from_document(one, _excerpt(one, wanted)) for _, one in found[:size]]
    if len(found) <= size:
        return Page(headlines, None)
    place, last = found[size - 1]
    return Page(headlines, str(Cursor(last["date"], last["_id"], place)))


@dataclass(frozen=True, slots=True)
class _Look:
    """One search: the words, the other conditions, and the fields to read."""

    wanted: SearchWords
    narrowed: Document
    few: bool  #: whether `narrowed` leaves so few posts that each is read
    fields: Document | None  #: None for whole posts instead of headlines and text


def _look(wanted: SearchWords, query: Query, *, whole: bool = False) -> Plan[_Look]:
    narrowed = yield from plans.filter_of(query)
    few = False
    if narrowed:
        [counted] = yield Number("posts", narrowed, _DIRECT + 1)
        few = counted["n"] <= _DIRECT
    return _Look(wanted, narrowed, few, None if whole else {**FIELDS, **_TEXTS})


def _waiting(look: _Look, place: int) -> Plan[list[Candidate]]:
    """Posts that are not indexed yet; not needed if each post is read, or nothing can be looked up."""
    needed = not look.few and (place == TITLE or look.wanted.rows(TEXT))
    return (yield from waiting(look.wanted, place)) if needed else []


def matches(
    look: _Look, place: int, after: Cursor | None, size: int, there: list[Candidate]
) -> Plan[list[Document]]:
    """Posts with the words in exactly this place (0: anywhere), newest first; `there` are not indexed yet."""
    if place in (LEAD, TEXT) and not look.wanted.rows(place):
        return []  # single characters are searched for in titles only
    if look.few:
        return (yield from _among_few(look, place, after, size))
    for attempt in range(_RESTARTS):
        try:
            return (yield from _by_index(look, place, after, size, there))
        except IndexChanged:
            if attempt == _RESTARTS - 1:
                raise
    raise AssertionError("the last try returned or raised")


def _among_few(look: _Look, place: int, after: Cursor | None, size: int) -> Plan[list[Document]]:
    both = {"$and": [look.narrowed, look.wanted.to_filter(), *([after.later()] if after else [])]}
    found = yield Find("posts", both, look.fields, NEWEST_FIRST)
    return list(islice((one for one in found if _stands(one, look.wanted, place)), size))


def _by_index(
    look: _Look, place: int, after: Cursor | None, size: int, there: list[Candidate]
) -> Plan[list[Document]]:
    candidates = Candidates(look.wanted, place or TEXT, after, there)
    yield from candidates.open()
    found: list[Document] = []
    while len(found) < size:
        chunk = yield from candidates.take(_CHUNK)
        if not chunk:
            break
        ids: Document = {"_id": {"$in": [post_id for _, post_id in chunk]}}
        documents = yield Find("posts", {"$and": [ids, look.narrowed]} if look.narrowed else ids, look.fields)
        # A post counts only under the date by which it was found, so one that changed is returned once.
        found_now = {(-millis(one["date"]), one["_id"]): one for one in documents}
        found += [
            found_now[key]
            for key in chunk
            if key in found_now and _stands(found_now[key], look.wanted, place)
        ]
    return found[:size]


def _stands(document: Document, wanted: SearchWords, place: int) -> bool:
    there = wanted.place(document["title"], document.get("digest"), document["body"]["text"])
    return there == place if place else there > 0


def _excerpt(document: Document, wanted: SearchWords) -> str | None:
    """The text around the first match, on one line; the beginning if there is no match."""
    text = " ".join(document["body"]["text"].split())
    spans = wanted.spans(text)
    begin, end = spans[0] if spans else (0, 0)
    first, last = max(0, begin - _AROUND), min(len(text), end + _AROUND)
    return f"{'…' if first else ''}{text[first:last]}{'…' if last < len(text) else ''}" or None
