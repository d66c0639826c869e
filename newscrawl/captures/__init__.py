"""Captures: pages in WARC files of others (Common Crawl, Heritrix, Browsertrix, wget), made into posts."""
