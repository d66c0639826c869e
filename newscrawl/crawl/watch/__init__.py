"""The watcher: asks the lists of a source whether they changed, before a crawl of it is started.

`poll` judges one source, `fetch` asks, `process` is the process in which both run.
"""
