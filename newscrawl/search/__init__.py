"""Full-text search in any language: the terms of a text, and the bit rows that find its posts. No I/O.

A post is found through a Bloom filter of its terms, kept bit-sliced: 2,048 posts share a part, and row r
of the part holds bit r of each of their filters. A word's posts are the AND of its few rows, some 250
bytes each; what the rows claim wrongly is sorted out by reading the posts (BitFunnel, Goodwin and
others, SIGIR 2017, is the idea). MongoDB's own text index took 50 ms of the server for each post of
1,200 Chinese characters, one on an array of bigrams 20 ms; these rows take a millisecond, and 1.3 KB.
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
