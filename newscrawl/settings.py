"""Every Scrapy setting that newscrawl changes, with unit and reason.

`scrapy crawl` and `newscrawl crawl` both read this file. Names are strings: the library imports
neither spiders nor pipelines. Override with `-s NAME=VALUE`.
"""

import os
import sys

from scrapy.settings import default_settings

BOT_NAME = "newscrawl"
SPIDER_MODULES = ["newscrawl.spiders"]
NEWSCRAWL_WITHOUT = ""  # shipped spiders that are switched off: "bbc caixin"
SPIDER_LOADER_CLASS = "newscrawl.crawl.spider_loader.FileLoader"  # imports the one that is asked for
NEWSPIDER_MODULE = "spiders"
COMMANDS_MODULE = "newscrawl.crawl.commands"  # `scrapy crawl` exits non-zero after a failed run

# --- the way of an item, first to last
ITEM_PIPELINES = {
    "newscrawl.pipelines.items.ItemsPipeline": 50,
    "newscrawl.pipelines.title.TitlePipeline": 100,
    "newscrawl.pipelines.dates.DatesPipeline": 150,
    "newscrawl.pipelines.attribution.AttributionPipeline": 200,
    "newscrawl.pipelines.categories.CategoriesPipeline": 300,
    "newscrawl.pipelines.body.BodyPipeline": 400,
    "newscrawl.pipelines.validate.ValidatePipeline": 500,
    "newscrawl.pipelines.deduplicate.DeduplicatePipeline": 600,
    "newscrawl.pipelines.store.StorePipeline": 700,
}

# --- who we are
# A page or a mailto: address of yours: a site's keeper writes there before blocking you.
CONTACT = os.environ.get("NEWSCRAWL_CONTACT", "")
USER_AGENT = f"newscrawl/0.1 (+{CONTACT})" if CONTACT else "newscrawl/0.1 (no contact given)"
ROBOTSTXT_USER_AGENT = "newscrawl"  # the token that robots.txt may name

# --- politeness
NEWSCRAWL_NEWSROOM = os.environ.get("NEWSCRAWL_NEWSROOM", "")  # base URL of a replica; "" is the real web
# Hosts of a private network that may be crawled, blanks between: "intranet.local 127.0.0.1:8000"; else none.
NEWSCRAWL_PRIVATE_HOSTS = os.environ.get("NEWSCRAWL_PRIVATE_HOSTS", "")
ROBOTSTXT_OBEY = True  # Crawl-delay too: newscrawl.crawl.middlewares.throttle
CONCURRENT_REQUESTS_PER_DOMAIN = 1  # one at a time per host
DOWNLOAD_DELAY = 0.0 if NEWSCRAWL_NEWSROOM else 0.5  # seconds, the least between two requests to one host
DOWNLOAD_DELAY_JITTER = 0.0 if NEWSCRAWL_NEWSROOM else 0.5  # ± this part of the delay
AUTOTHROTTLE_ENABLED = True  # slow hosts are asked more slowly
AUTOTHROTTLE_START_DELAY = DOWNLOAD_DELAY  # seconds
AUTOTHROTTLE_MAX_DELAY = 30.0  # seconds
AUTOTHROTTLE_TARGET_CONCURRENCY = 1.0
CONCURRENT_REQUESTS = 32  # over all hosts
# Seconds that a crawl waits for a host which another crawl holds; then its pages there count as failed.
NEWSCRAWL_HOST_WAIT = 60.0
# Of a scheduler's watcher: after so many polls, or seconds, without a crawl a source is crawled though its
# lists have nothing new.
NEWSCRAWL_WATCHED_POLLS = 12
NEWSCRAWL_WATCHED_SECONDS = 3600.0
DOWNLOADER = "newscrawl.crawl.middlewares.holding.PatientDownloader"
SCHEDULER_MEMORY_QUEUE = "scrapy.squeues.FifoMemoryQueue"  # newest first, as the lists are

# --- how a source is asked: declared by its spider (Source) or a job, docs/crawling.md
# Headers and cookies for the source's own hosts, a JSON object with -s: '{"Accept-Language": "en"}'.
NEWSCRAWL_HEADERS: dict[str, str] = {}
NEWSCRAWL_COOKIES: dict[str, str] = {}  # sent with COOKIES_ENABLED, from the beginning of a run
NEWSCRAWL_PROXY = ""  # "http://USER:PASSWORD@HOST:PORT"; "direct": none; "": as http_proxy etc. say

# --- patience
DOWNLOAD_TIMEOUT = 30  # seconds; Scrapy's 180 holds a host's only place for three minutes
RETRY_TIMES = 3  # after the first try
RETRY_GIVE_UP_LOG_LEVEL = "INFO"  # the run counts and names what failed
RETRY_BACKOFF = 0.5  # seconds before the first retry, doubled for each further one
RETRY_BACKOFF_MAX = 120.0  # seconds; a longer Retry-After ends the retries

# --- what a page may do to us
DOWNLOAD_MAXSIZE = 10 * 1024 * 1024  # bytes, after decompression; Scrapy's 1 GiB kills the process first
DOWNLOAD_WARNSIZE = 0  # the size is in the failure already
DOWNLOAD_VERIFY_CERTIFICATES = True  # False in Scrapy
REMOTE_CONTROL_ENABLED = False  # serves code execution on a loopback port
TELNETCONSOLE_ENABLED = False
COOKIES_ENABLED = False  # articles rarely need any; True, or Source(cookies=True), keeps them for one run
REDIRECT_MAX_TIMES = 5
METAREFRESH_ENABLED = False  # an article does not move by a tag, and looking for it decodes every page
# False: each list is read whole, and each article that may still change, whatever earlier runs saw of them.
NEWSCRAWL_CONDITIONAL = True
NEWSCRAWL_MAX_LIST_REQUESTS = 0  # pages of lists that a run may request; 0: 5,000, with `since` 100,000
MEMUSAGE_LIMIT_MB = 1024  # a leak ends the run instead of the machine

SPIDER_MIDDLEWARES = {  # each wraps every answer's output; these have nothing to do here
    "scrapy.spidermiddlewares.referer.RefererMiddleware": None,  # no page is told where its link stood
    "scrapy.spidermiddlewares.depth.DepthMiddleware": None,  # lists page on until what is known
    "scrapy.spidermiddlewares.metacopy.MetaCopyDetectionMiddleware": None,  # an aid while writing spiders
}
DOWNLOADER_MIDDLEWARES = {
    "scrapy.downloadermiddlewares.robotstxt.RobotsTxtMiddleware": None,
    "newscrawl.crawl.middlewares.robots.CautiousRobots": 100,
    "scrapy.downloadermiddlewares.httpauth.HttpAuthMiddleware": None,  # no source wants a password
    "scrapy.downloadermiddlewares.cookies.CookiesMiddleware": None,  # off below; loading it is slow
    "newscrawl.crawl.middlewares.own_headers.SourceHeaders": 390,  # before Scrapy's default ones
    "scrapy.downloadermiddlewares.httpproxy.HttpProxyMiddleware": None,
    "newscrawl.crawl.middlewares.proxy.SourceProxy": 750,
    "newscrawl.crawl.middlewares.guard.PrivateAddressGuard": 10,
    "scrapy.downloadermiddlewares.redirect.RedirectMiddleware": None,
    "newscrawl.crawl.middlewares.redirect.SilentRedirect": 600,
    "scrapy.downloadermiddlewares.retry.RetryMiddleware": None,
    "newscrawl.crawl.middlewares.backoff.BackoffRetry": 550,
    # Scrapy's takes the beginning of a stream that broke off for the page.
    "scrapy.downloadermiddlewares.httpcompression.HttpCompressionMiddleware": None,
    "newscrawl.crawl.middlewares.decompression.WholeDecompression": 590,
}
DOWNLOAD_HANDLERS = {
    "http": "newscrawl.crawl.middlewares.replica.ReplicaHandler",
    "https": "newscrawl.crawl.middlewares.replica.ReplicaHandler",
}
TWISTED_DNS_RESOLVER = "newscrawl.crawl.middlewares.guard.PublicResolver"
# Off above; but to set them None below would load their modules, and aiohttp with them: 0.1 s.
EXTENSIONS_BASE = {
    name: order
    for name, order in default_settings.EXTENSIONS_BASE.items()
    if not name.startswith(("scrapy.extensions.remote_control.", "scrapy.extensions.telnet."))
}
EXTENSIONS = {
    "scrapy.extensions.throttle.AutoThrottle": None,
    "newscrawl.crawl.middlewares.throttle.CrawlDelayThrottle": 0,
    "newscrawl.crawl.middlewares.stopping.PromptStop": 0,
    "newscrawl.crawl.progress.Progress": 10,
}

# --- speed
CONCURRENT_ITEMS = 1  # Scrapy makes this many tasks for every response: 1 takes 45 % off an empty crawl
ASYNCIO_EVENT_LOOP = None if sys.platform == "win32" else "uvloop.Loop"
# Where pages are read: `process`, one beside the crawl's, on another core; `here`, in the crawl's own;
# `auto`: in a process where no delay between requests leaves the crawl idle anyway, and the crawl was not
# forked by the scheduler.
NEWSCRAWL_READER = "auto"
# --- pages that only scripts fill: docs/rendering.md; needs the extra `browser`
NEWSCRAWL_RENDER = ""  # `never`, `empty` or `always`, for one run; "": as each source declares by `render`
NEWSCRAWL_CHROMIUM = os.environ.get("NEWSCRAWL_CHROMIUM", "")  # path or name; "": looked for in PATH
NEWSCRAWL_RENDER_PAGES = 200  # that a run renders, at most; further ones are left to the next run
NEWSCRAWL_RENDER_SECONDS = 15.0  # after which a page that is not done is taken as it is
NEWSCRAWL_RENDER_REQUESTS = 60  # for scripts and data that one page may make
NEWSCRAWL_RENDER_MEMORY_MB = 1024  # of all processes of the browser, mapped files apart; more ends the page
NEWSCRAWL_RENDER_RESTART = 200  # pages after which the browser is started anew

# --- feeds: `scrapy crawl -o posts.jsonl`
FEED_EXPORT_ENCODING = "utf-8"
FEED_EXPORTERS = {  # posts as docs/data.md describes them
    "json": "newscrawl.crawl.feed_exporters.PostArray",
    "jsonlines": "newscrawl.crawl.feed_exporters.PostLines",
    "jsonl": "newscrawl.crawl.feed_exporters.PostLines",
    "jl": "newscrawl.crawl.feed_exporters.PostLines",
}

LOGSTATS_INTERVAL = 60.0  # seconds
LOG_LEVEL = "INFO"
LOG_VERSIONS: list[str] = []  # looking them up takes as long as reading a page
LOG_FORMATTER = "newscrawl.crawl.log.OneLine"

# --- the store
NEWSCRAWL_DRY_RUN = False  # True: nothing is written
# True: a page that shares next to nothing with the stored post replaces it. False: the post is kept, and the
# page is rejected as `no longer the article`. For one run, where the stored posts are the wrong ones.
NEWSCRAWL_REPLACE = False
# Stored articles that no list shows any more and that a run looks at again, at most, to find what was
# withdrawn: docs/crawling.md. 0: none.
NEWSCRAWL_LOOKS = 20
# True: before the first article of a host is read, its /.well-known/tdmrep.json, which may reserve text and
# data mining, is requested, once a day. False: no post counts as one that may be mined. docs/rights.md
NEWSCRAWL_TDMREP = True
# Fields that a source may lose without its run being a bad one, blanks between: "authors images"
NEWSCRAWL_UNWATCHED_FIELDS = os.environ.get("NEWSCRAWL_UNWATCHED_FIELDS", "")
# True: the responses that articles are read from are kept in WARC files: docs/archive.md. A source
# overrides it by `keep_pages`.
NEWSCRAWL_KEEP_PAGES = os.environ.get("NEWSCRAWL_KEEP_PAGES", "") not in ("", "0", "false", "False")
NEWSCRAWL_KEEP_LISTS = False  # True: where pages are kept, the answers of lists, feeds, sitemaps and APIs too
# Where Common Crawl's files are, for `newscrawl archive --cc-news`; a mirror of yours has the same paths.
NEWSCRAWL_COMMON_CRAWL = os.environ.get("NEWSCRAWL_COMMON_CRAWL") or "https://data.commoncrawl.org/"
NEWSCRAWL_PROGRESS = False  # True: a progress line on standard error
