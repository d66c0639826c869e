"""Plans of the full-text search: candidates from the index, newest first, each then read.

newscrawl.search says what the index is, newscrawl.store.search_index builds it.
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
_CHUNK = 64  # candidates that are read at once
_DIRECT = 1_000  # posts that the other filters leave, and that are then read without the index
_AROUND = 60  # characters of an excerpt before and after the word
_COUNTED = 500  # posts that are counted at once
_RESTARTS = 3


def is_indexed(query: Query) -> bool:
    """Whether the query has a text that the index can look up."""
    return query.text is not None and bool(phrase_of(query.text).rows(TEXT))


def some(query: Query, after: str | None, size: int) -> Plan[list[Post]]:
    """The next posts of a query with a text that is indexed, newest first."""
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
    """How many posts a query finds; those with a text are read for it."""
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
    """One page: posts with all words in the title first, then in the lead, then anywhere; newest first."""
    check_count("page size", size, "use 1 or more")
    if query.text is not None:
        raise UsageError("a search has its words already: put the text among them, in quotes")
    begin = Cursor.parse(after) if after is not None else None
    look = yield from _look(wanted, query)
    found: list[tuple[int, Document]] = []
    there: list[Candidate] | None = None
    for place in _PLACES:
        if len(found) <= size and (begin is None or begin.rank >= place):
            place_after = begin if begin and begin.rank == place else None
            if there is None or place == LEAD:  # what waits with the words anywhere serves both
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
    """One search: the words, what else must hold, and what is wanted of the posts."""

    wanted: SearchWords
    narrowed: Document
    few: bool  #: so few posts are left by `narrowed` that each is read
    fields: Document | None  #: None: whole posts, not headlines with their text


def _look(wanted: SearchWords, query: Query, *, whole: bool = False) -> Plan[_Look]:
    narrowed = yield from plans.filter_of(query)
    few = False
    if narrowed:
        [counted] = yield Number("posts", narrowed, _DIRECT + 1)
        few = counted["n"] <= _DIRECT
    return _Look(wanted, narrowed, few, None if whole else {**FIELDS, **_TEXTS})


def _waiting(look: _Look, place: int) -> Plan[list[Candidate]]:
    """What waits for the index; not needed where each post is read, or nothing can be looked up."""
    needed = not look.few and (place == TITLE or look.wanted.rows(TEXT))
    return (yield from waiting(look.wanted, place)) if needed else []


def matches(
    look: _Look, place: int, after: Cursor | None, size: int, there: list[Candidate]
) -> Plan[list[Document]]:
    """Posts that have the words in just this place (0: anywhere), newest first. `there` wait."""
    if place in (LEAD, TEXT) and not look.wanted.rows(place):
        return []  # single characters are looked for in titles only
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
        # A post counts with the date alone under which it was found: one that changed comes once.
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
    """What stands around the first word in the text, in one line; the beginning where none is there."""
    text = " ".join(document["body"]["text"].split())
    spans = wanted.spans(text)
    begin, end = spans[0] if spans else (0, 0)
    first, last = max(0, begin - _AROUND), min(len(text), end + _AROUND)
    return f"{'…' if first else ''}{text[first:last]}{'…' if last < len(text) else ''}" or None
