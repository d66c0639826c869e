"""The errors that newscrawl raises on purpose. A message says what is wrong, with the value, and
what to do.

    NewscrawlError               commands print it as one line and exit 1
      UsageError                 wrong arguments or configuration; commands exit 2
        SchedulerRunning         a scheduler already runs on this home folder
      DatabaseUnavailable        MongoDB cannot be reached or started; commands exit 2
      BrokerUnavailable          the broker of hints cannot be reached, or refuses
      ArchiveBroken              the task that writes posts has failed
      NewerPosts                 the database was written by a newer newscrawl
      HalfRestored               a restore of the database was interrupted
      DamagedDump                a dump is truncated, damaged or foreign
      PageNotKept                a post's page was not kept, or is gone
      DamagedPages               a record of kept pages is not whole
      NoSpider                   the spider of a kept page is gone
      PagesBusy                  another process rereads or prunes a file of kept pages
      Unstorable                 MongoDB can never take this document
      PageError                  a page or a response cannot be read
      RenderError                a page could not be rendered in the browser
        BrowserBroken            … and the browser is to be started again
      BrokenStream               a compressed body ends too early
      TooLarge                   a body is larger than allowed
      NotAPage                   a capture in a WARC file is not the whole of a page
      Unusable                   a draft cannot become a post
      SpiderBusy                 another process is crawling with this spider; commands exit 3
      HostBusy                   another crawl holds the host
      FileBusy                   another process is reading this WARC file; commands exit 3
      WebhookBusy                another process delivers this webhook
      FetchFailed                a file on a server cannot be read (on)
      PrivateHost                a host that may not be asked is in a private network
      LeaseLost                  a crawl no longer holds its spider or a host
      Unclear                    the watcher cannot judge a source
      QueryTooSlow               a query ran longer than it may
      IndexChanged               the search index was rebuilt during a search
      ResumeLost                 a watch cannot continue where it stopped
      Missing                    nothing has the name that a web request asks for

Three more derive from Scrapy's IgnoreRequest, which is slow to import. They stay with the middlewares that
raise them, in newscrawl.crawl.middlewares: `guard.PrivateAddress`, `robots.Unreachable`, and
`stopping.CrawlStopped`.
"""


class NewscrawlError(Exception):
    """An error with a plain explanation; commands print it as one line."""


class UsageError(NewscrawlError):
    """The caller's arguments are wrong: an unknown spider, an invalid date or jobs.toml. Commands exit 2."""


class SchedulerRunning(UsageError):
    """Another scheduler already works on this home folder."""


class DatabaseUnavailable(NewscrawlError):
    """MongoDB cannot be reached or started. Commands exit 2."""


class BrokerUnavailable(NewscrawlError):
    """The broker between schedulers and workers cannot be reached, or refuses the login."""


class ArchiveBroken(NewscrawlError):
    """The task that writes posts has failed for good: whatever is handed over after that is lost."""


class NewerPosts(NewscrawlError):
    """The database holds posts that a newer newscrawl wrote."""


class HalfRestored(NewscrawlError):
    """A restore of this database was interrupted, so it is not whole."""


class DamagedDump(NewscrawlError):
    """A dump is truncated or damaged, or the file is something else."""


class PageNotKept(NewscrawlError):
    """The page of a post or a reject was not kept, or is not where it was."""


class DamagedPages(NewscrawlError):
    """A record of a file of kept pages is not whole; `offset` is its own, or that of the last whole one."""

    def __init__(self, offset: int, words: str) -> None:
        super().__init__(f"damaged at {offset}: {words}")
        self.offset = offset
        self.words = words


class NoSpider(NewscrawlError):
    """The spider of a kept page is not in the fleet any more, or cannot be loaded."""


class PagesBusy(NewscrawlError):
    """Another process rereads or prunes a file of kept pages; the message names it."""


class Unstorable(NewscrawlError):
    """A document that MongoDB can never take: it is too large, or BSON cannot encode it."""


class PageError(NewscrawlError):
    """A page or a response of a source that cannot be read: not JSON, an error code, no article.

    The message may quote the response. Characters that UTF-8 or MongoDB cannot hold are replaced.
    """

    def __init__(self, words: str) -> None:
        super().__init__(words.encode("utf-8", "replace").decode().replace("\0", " "))


class RenderError(NewscrawlError):
    """A page could not be rendered in the browser; the next run tries it again."""


class BrowserBroken(RenderError):
    """The browser, or the page's process in it, ended or does not answer: it is to be started again.

    `again`: the page may be tried once more; else it is the page's fault.
    """

    def __init__(self, words: str, *, again: bool = False) -> None:
        super().__init__(words)
        self.again = again


class BrokenStream(NewscrawlError):
    """A compressed body that ends too early, or is not what its header says."""


class TooLarge(NewscrawlError):
    """A body that is larger than allowed once it is decompressed."""


class NotAPage(NewscrawlError):
    """A capture in a WARC file that is not the whole of a page; the message is the reason that is counted."""


class Unusable(NewscrawlError):
    """A draft that cannot become a post; `reasons` says why, `no title` and the like."""

    def __init__(self, draft_id: str, reasons: tuple[str, ...]) -> None:
        super().__init__(
            f"{draft_id} cannot become a post: {', '.join(reasons)}; `newscrawl try URL` shows what was read"
        )
        self.reasons = reasons


class SpiderBusy(NewscrawlError):
    """Another process is crawling with this spider; the message names it. Commands exit 3."""


class HostBusy(NewscrawlError):
    """Another crawl holds the host; the message names it."""


class FileBusy(NewscrawlError):
    """Another process is reading this WARC file; the message names it. Commands exit 3."""


class WebhookBusy(NewscrawlError):
    """Another process, here or on another machine, delivers this webhook."""


class FetchFailed(NewscrawlError):
    """A file on a server cannot be read, or not to its end; the next run goes on where this one stopped."""


class PrivateHost(NewscrawlError):
    """A host is in a private network, and NEWSCRAWL_PRIVATE_HOSTS does not name it."""

    def __init__(self, host: str, address: str | None = None) -> None:
        where = f"resolves to the private address {address}" if address else "is in a private network"
        super().__init__(f"{host} {where}; to allow it, add {host} to NEWSCRAWL_PRIVATE_HOSTS")


class LeaseLost(NewscrawlError):
    """A crawl no longer holds its spider or a host: it must not ask for anything more."""


class Unclear(NewscrawlError):
    """The watcher cannot judge whether a source has news: it is crawled."""


class QueryTooSlow(NewscrawlError):
    """The query ran longer than the caller's `patience`: ask for less."""


class IndexChanged(NewscrawlError):
    """Segments of the search index were merged, and their rows deleted, while a search read them."""

    def __init__(self) -> None:
        super().__init__("the search index was rebuilt during the search; search again")


class ResumeLost(NewscrawlError):
    """The saved position is from another database, unreadable, or older than the server's oplog."""


class Missing(NewscrawlError):
    """Nothing has this name; the message says what was looked for."""
