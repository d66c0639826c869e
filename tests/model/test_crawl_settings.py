"""Declarations of how a source is asked: what is refused, what is shown, what is kept."""

from datetime import timedelta
from typing import Any

import pytest

from newscrawl.errors import UsageError
from newscrawl.model.crawl_settings import CrawlSettings, describe, faults, robots_token, shown
from newscrawl.model.source import Source

ALL: dict[str, Any] = {
    "settings": {"RETRY_TIMES": 1, "RETRY_HTTP_CODES": [429, 503]},
    "user_agent": "deskbot/1.0 (+https://example.com/bot)",
    "headers": {"Accept-Language": "en", "X-Key": "s3cret", "Authorization": "Bearer ${NEWS_KEY}"},
    "proxy": "http://news:s3cret@proxy.example.com:3128",
    "cookies": {"consent": "s3cret"},
    "delay": 2.5,
    "concurrency": 2,
    "time_limit": timedelta(minutes=10),
}


@pytest.mark.parametrize(
    ("values", "told"),
    [
        ({"delay": -1}, "delay = -1: not a number of seconds from 0 to 600"),
        ({"delay": "soon"}, "delay = 'soon'"),
        ({"delay": float("nan")}, "delay = nan"),
        ({"delay": True}, "delay = True"),
        ({"concurrency": 0}, "concurrency = 0: not a whole number from 1 to 16"),
        ({"concurrency": 1.5}, "concurrency = 1.5"),
        ({"time_limit": 5}, "time_limit = 5: not a duration"),
        ({"time_limit": timedelta()}, "time_limit = 0:00:00: not longer than zero"),
        ({"user_agent": ""}, "user_agent = ''"),
        ({"user_agent": "deskbot/1\r\nX: y"}, "only printable ASCII"),
        ({"user_agent": "爬虫/1"}, "only printable ASCII"),
        ({"user_agent": "Mozilla/5.0 (X11; Linux x86_64) Chrome/140"}, "names no crawler"),
        ({"user_agent": "Mozilla/4.0 (compatible; MSIE 6.0)"}, "names no crawler"),
        ({"headers": ["X-A"]}, "not a table"),
        ({"headers": {"X A": "1"}}, "'X A' is not a header's name"),
        ({"headers": {"X-A\r\nX-B": "1"}}, "is not a header's name"),
        ({"headers": {"X-A": "1\r\nX-B: 2"}}, "headers, X-A: its value has a line break"),
        ({"headers": {"X-A": "a\x00b"}}, "headers, X-A: its value has a control character"),
        ({"headers": {"X-A": "é"}}, "one beyond ASCII"),
        ({"headers": {"X-A": " a"}}, "begins or ends with a blank"),
        ({"headers": {"X-A": 5}}, "its value is 5, not a text"),
        ({"headers": {"x-a": "1", "X-A": "2"}}, "are one header"),
        ({"headers": {"user-agent": "a"}}, "declare user_agent"),
        ({"headers": {"Cookie": "a=b"}}, "declare cookies"),
        ({"headers": {"Host": "a"}}, "belongs to the connection"),
        ({"headers": {"If-None-Match": "a"}}, "newscrawl sets it"),
        ({"headers": {"Proxy-Authorization": "Basic x"}}, "write user and password into proxy"),
        ({"cookies": {}}, "neither true, false nor a table"),
        ({"cookies": "a=b"}, "neither true, false nor a table"),
        ({"cookies": {"a b": "1"}}, "'a b' is not a cookie's name"),
        ({"cookies": {"a": "1; Domain=x"}}, "percent-encode"),
        ({"cookies": {"a": "1\n"}}, "has a line break"),
        ({"proxy": ""}, "proxy = '': empty"),
        ({"proxy": "proxy.example.com:3128"}, "http://HOST:PORT"),
        ({"proxy": "socks5://127.0.0.1:1080"}, "socks5: is not spoken to proxies"),
        ({"proxy": "https://127.0.0.1:1080"}, "https: is not spoken to proxies"),
        ({"proxy": "http://proxy.example.com"}, "without a port"),
        ({"proxy": "http://proxy.example.com:99999"}, "not an address"),
        ({"proxy": "http://proxy.example.com:80/path"}, "more than a host and a port"),
        ({"proxy": "http://proxy.example.com:80\r\nX: y"}, "with a blank or a character"),
        ({"settings": ["A"]}, "not a table of settings"),
        ({"settings": {"RETRY_TIME": 1}}, "did you mean RETRY_TIMES?"),
        ({"settings": {"NO_SUCH_THING_AT_ALL": 1}}, "unknown setting; docs/settings.md"),
        ({"settings": {"RETRY_TIMES": "1"}}, "settings, RETRY_TIMES = '1': not a whole number from 0 to 20"),
        ({"settings": {"RETRY_TIMES": True}}, "not a whole number"),
        ({"settings": {"RETRY_HTTP_CODES": [200]}}, "HTTP statuses from 400 to 599"),
        ({"settings": {"DOWNLOAD_MAXSIZE": 0}}, "not a whole number from 1024 to 268435456"),
        ({"settings": {"NEWSCRAWL_CONDITIONAL": "no"}}, "neither true nor false"),
        ({"settings": {"NEWSCRAWL_READER": "there"}}, "use one of 'auto', 'process', 'here'"),
        ({"settings": {"ROBOTSTXT_OBEY": False}}, "robots.txt is always obeyed"),
        ({"settings": {"AUTOTHROTTLE_ENABLED": False}}, "Crawl-delay would not be obeyed"),
        ({"settings": {"DOWNLOADER_MIDDLEWARES": {}}}, "the guard against private addresses"),
        ({"settings": {"ITEM_PIPELINES": {}}}, "and the store are parts that it could remove"),
        ({"settings": {"DOWNLOAD_SLOTS": {}}}, "one slot a host"),
        ({"settings": {"NEWSCRAWL_PRIVATE_HOSTS": "x"}}, "opens your own network"),
        ({"settings": {"NEWSCRAWL_DRY_RUN": True}}, "would store nothing"),
        ({"settings": {"NEWSCRAWL_REPLACE": True}}, "would replace posts"),
        ({"settings": {"LOG_LEVEL": "DEBUG"}}, "of the whole process"),
        ({"settings": {"USER_AGENT": "x"}}, "declare user_agent"),
        ({"settings": {"DOWNLOAD_DELAY": 1}}, "declare delay"),
        ({"settings": {"HTTPCACHE_ENABLED": True}}, "answers of a cache"),
    ],
)
def test_what_cannot_work_is_refused_in_one_line_with_the_remedy(values: dict[str, Any], told: str) -> None:
    with pytest.raises(UsageError) as error:
        CrawlSettings(**values)
    assert told in str(error.value)
    assert "\n" not in str(error.value)
    with pytest.raises(UsageError) as error:
        Source(title="Town", domain="example.com", **values)
    assert told in str(error.value)


@pytest.mark.parametrize(
    "values",
    [
        {"headers": {"X-Key": "s3cret\n"}},
        {"headers": "s3cret"},
        {"cookies": {"session": "s3cret; x"}},
        {"cookies": "session=s3cret"},
        {"proxy": "http://news:s3cret@proxy.example.com"},
        {"proxy": "news:s3cret@proxy.example.com:3128"},
        {"proxy": "socks5://s3cret@proxy.example.com:1"},
    ],
)
def test_no_error_shows_a_secret(values: dict[str, Any]) -> None:
    [fault] = faults(values)
    assert "s3cret" not in fault


def test_all_faults_are_found_at_once() -> None:
    assert len(list(faults({"delay": -1, "concurrency": 0, "headers": {"X-A": "\n", "Host": "x"}}))) == 4


def test_what_is_declared_is_shown_without_secrets() -> None:
    declared = CrawlSettings(**ALL)
    assert shown(declared)["headers"] == {
        "Accept-Language": "en",
        "X-Key": "***",
        "Authorization": "Bearer ${NEWS_KEY}",
    }
    assert describe(declared) == [
        "settings RETRY_TIMES=1, RETRY_HTTP_CODES=[429, 503]",
        "user_agent deskbot/1.0 (+https://example.com/bot)",
        "headers Accept-Language=en, X-Key=***, Authorization=Bearer ${NEWS_KEY}",
        "proxy http://news:***@proxy.example.com:3128",
        "cookies consent=***",
        "delay 2.5 s",
        "concurrency 2",
        "time_limit 600 s",
    ]
    source = Source(title="Town", domain="example.com", **ALL)
    assert "s3cret" not in repr(declared) + repr(source) + str(shown(declared))
    assert source.crawl_settings == declared


def test_secrets_that_are_not_variables_are_found() -> None:
    assert CrawlSettings(**ALL).open_secrets() == ["proxy", "headers, X-Key", "cookies, consent"]
    variables: dict[str, Any] = {
        "proxy": "http://news:${PROXY_PASSWORD}@proxy.example.com:3128",
        "headers": {"X-Key": "${KEY}", "Accept": "*/*"},
        "cookies": {"session": "${SESSION}"},
    }
    assert CrawlSettings(**variables).open_secrets() == []
    assert CrawlSettings(proxy="${PROXY}").open_secrets() == []
    assert CrawlSettings(headers={"X-Key": "s3c${KEY}"}).open_secrets() == ["headers, X-Key"]


def test_a_document_is_read_as_it_was_written() -> None:
    declared = CrawlSettings(**ALL)
    assert CrawlSettings.from_json(declared.to_json()) == declared
    assert CrawlSettings().to_json() == ""
    assert CrawlSettings.from_json("") == CrawlSettings()
    off = CrawlSettings(cookies=False)
    assert CrawlSettings.from_json(off.to_json()) == off
    newer = {"delay": 2, "settings": [["OF_A_NEWER_ONE", 1]]}
    with pytest.raises(UsageError, match="OF_A_NEWER_ONE"):
        CrawlSettings.from_document(newer)
    kept = CrawlSettings.unchecked(newer)
    assert kept.to_document() == newer
    with pytest.raises(UsageError, match="cannot be read"):
        CrawlSettings.from_json("[1")


def test_a_declaration_of_nothing_is_false() -> None:
    assert not CrawlSettings()
    assert not Source(title="Town", domain="example.com").crawl_settings
    assert CrawlSettings(delay=0)
    assert CrawlSettings(cookies=False)
    assert Source(title="Town", domain="example.com", cookies=True).crawl_settings == CrawlSettings(
        cookies=True
    )


@pytest.mark.parametrize(
    ("agent", "token"),
    [
        ("newscrawl/0.1 (+mailto:a@example.org)", "newscrawl"),
        ("Mozilla/5.0 (compatible; deskbot/1.0; +https://example.com)", "deskbot"),
        ("Mozilla/5.0 (Windows NT 10.0)", ""),
        ("7bot", ""),
    ],
)
def test_the_name_for_robots_txt(agent: str, token: str) -> None:
    assert robots_token(agent) == token
