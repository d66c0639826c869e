"""A process that parses pages, while the crawl's own process fetches and stores.

`client` is the crawl's side and `process` the worker's; `parse` is what the worker does, with the functions
that the crawl's process uses without a worker.
"""
