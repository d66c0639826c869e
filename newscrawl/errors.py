"""The errors that newscrawl raises on purpose. Each message carries the value and the remedy."""


class NewscrawlError(Exception):
    """Whatever newscrawl can say plainly; commands print it as one line."""


class UsageError(NewscrawlError):
    """The caller's words are off: unknown spider, bad date, bad jobs.toml. Commands exit 2."""


class DatabaseUnavailable(NewscrawlError):
    """No MongoDB can be reached or started. Commands exit 2."""


class ArchiveBroken(NewscrawlError):
    """What writes posts has ended for good: nothing that is handed over after it is kept."""


class PageError(NewscrawlError):
    """A page or an answer of a source that cannot be read: not JSON, an error code, no article.

    Its words may quote the answer: what no output and no database can hold of them is replaced.
    """

    def __init__(self, words: str) -> None:
        super().__init__(words.encode("utf-8", "replace").decode().replace("\0", " "))
