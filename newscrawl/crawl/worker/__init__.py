"""The process that parses pages, so that the crawl's own only fetches and stores.

`client` is the crawl's side, `process` the other; `parse` is what is done there, by the same functions as
in the crawl's own process.
"""
