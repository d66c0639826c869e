"""Full-text search in any language: the terms of a text, and the bit rows that find its posts. No I/O.

Each post has a Bloom filter of its terms, stored bit-sliced: 2,048 posts share a part, and row r of the
part holds bit r of each of their filters. The posts with a word are the AND of the word's few rows, about
250 bytes each; reading the posts removes false positives (the idea is BitFunnel's: Goodwin and others,
SIGIR 2017). For a post of 1,200 Chinese characters, MongoDB's text index costs the server 50 ms, and an
index on an array of bigrams 20 ms; these rows cost 1 ms and 1.3 KB.
"""

from newscrawl.search.bits import BLOCK, BLOCK_SPACE, PART, ROW_SPACE, ROWS, columns_to_rows, positions
from newscrawl.search.terms import LEAD, TEXT, TITLE, fold, rows_of_post
from newscrawl.search.wanted import SearchWords, phrase_of, words_of

__all__ = [
    "BLOCK",
    "BLOCK_SPACE",
    "LEAD",
    "PART",
    "ROWS",
    "ROW_SPACE",
    "TEXT",
    "TITLE",
    "SearchWords",
    "columns_to_rows",
    "fold",
    "phrase_of",
    "positions",
    "rows_of_post",
    "words_of",
]
