"""The watcher: polls a source's lists for changes before a crawl is started.

`poll` judges a source, `fetch` sends the requests, `process` is the process that runs both.
"""
