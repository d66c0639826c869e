"""The spider and what runs it: selection of articles, middlewares, the parsing process, the run."""
