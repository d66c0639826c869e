"""Kept pages: the answers that posts were read from, in WARC files."""
