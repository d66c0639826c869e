"""CrawlSettings: how a source is asked, as its spider or a job declares it. Checked when it is declared.

Secrets (a proxy's password, headers, cookies) may be written as variables, `${NEWS_KEY}`: each process that
crawls fills them in from its environment. `describe` shows the declarations without secrets.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import timedelta
from typing import Any, Self
from urllib.parse import urlsplit

from newscrawl.errors import UsageError
from newscrawl.model.scrapy_settings import setting_fault

#: Environment variable of a job's run: what the job declares, as JSON. Not a command line, which others see.
JOB_SETTINGS = "NEWSCRAWL_JOB_SETTINGS"
OUT_OF_TIME = "closespider_timeout"  #: the reason by which Scrapy ends a run at its time limit
DIRECT = "direct"  #: as `proxy`: none, not that of the environment either
LONGEST_DELAY = 600.0  #: seconds; as of a Crawl-delay
MOST_AT_ONCE = 16  #: requests to one host at the same time
LONGEST_RUN = timedelta(days=3660)
_LONGEST_TEXT = 4096  # characters of a header or cookie

_VARIABLE = re.compile(r"\$\{([A-Za-z_][A-Za-z0-9_]*)\}")
_TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")  # RFC 9110, 5.6.2
_COOKIE_VALUE = re.compile(
    r'[\x21\x23-\x2b\x2d-\x3a\x3c-\x5b\x5d-\x7e]*|"[\x21\x23-\x2b\x2d-\x3a\x3c-\x5b\x5d-\x7e]*"'
)
_TEXT = re.compile(r"[\x20-\x7e]*")
_AGENT = re.compile(r"[A-Za-z_-]+")
_COMPATIBLE = re.compile(r"\(compatible; *([A-Za-z_-]+)")
_SCHEME = re.compile(r"(?i)(?:Basic|Bearer|Token|ApiKey)\s+")
_ELSEWHERE = {  # headers that are declared elsewhere, or belong to the connection
    "user-agent": "declare user_agent",
    "cookie": "declare cookies",
    "proxy-authorization": "write user and password into proxy, as in http://USER:${PASSWORD}@HOST:PORT",
    **dict.fromkeys(
        ("if-match", "if-none-match", "if-modified-since", "if-unmodified-since", "if-range", "range"),
        "newscrawl sets it by what it has stored; leave it out",
    ),
    "accept-encoding": "newscrawl sets it by what it can decompress; leave it out",
    **dict.fromkeys(
        "connection content-length expect host keep-alive proxy-connection te trailer transfer-encoding"
        " upgrade x-forwarded-proto".split(),
        "it belongs to the connection; leave it out",
    ),
}
_OPEN = frozenset(  # headers whose values are no secrets
    "accept accept-language cache-control content-language content-type dnt from origin pragma priority"
    " referer save-data upgrade-insecure-requests x-requested-with".split()
)


@dataclass(frozen=True, slots=True, kw_only=True)
class CrawlSettings:
    """How a source is asked. What is None or empty is not declared.

    A job's come before its source's. Raises UsageError for what cannot work, with its value and the remedy.
    """

    settings: Mapping[str, Any] = field(default_factory=dict)  #: of newscrawl.model.scrapy_settings
    user_agent: str | None = None
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)  #: for the source's own hosts
    #: `http://USER:PASSWORD@HOST:PORT`, or DIRECT; None: as the environment says
    proxy: str | None = field(default=None, repr=False)
    #: True: those that the pages set are kept for the run; a mapping: and these are sent from the beginning
    cookies: bool | Mapping[str, str] | None = field(default=None, repr=False)
    delay: float | None = None  #: seconds between two requests to one host, the least
    concurrency: int | None = None  #: requests to one host at the same time
    time_limit: timedelta | None = None  #: of a run

    def __post_init__(self) -> None:
        if fault := next(faults({each.name: getattr(self, each.name) for each in fields(self)}), None):
            raise UsageError(fault)

    def __bool__(self) -> bool:
        return any(getattr(self, each.name) not in (None, {}) for each in fields(self))

    def to_document(self) -> dict[str, Any]:
        """What is declared, for JSON and MongoDB: durations in seconds, tables as lists of pairs, since a
        header's name may hold what a field's must not."""
        found = {each.name: getattr(self, each.name) for each in fields(self)}
        return {name: _plain(value) for name, value in found.items() if value not in (None, {})}

    @classmethod
    def from_document(cls, document: Mapping[str, Any]) -> Self:
        """From `to_document`; other keys are left out. Raises UsageError."""
        return cls(**_values_of(document))

    @classmethod
    def unchecked(cls, document: Mapping[str, Any]) -> Self:
        """As `from_document`, for what a newer newscrawl may have declared: the run that it is given to
        checks it, and fails with the reason."""
        made = cls()
        for name, value in _values_of(document).items():
            object.__setattr__(made, name, value)
        return made

    def to_json(self) -> str:
        """`to_document` as text; empty if nothing is declared."""
        return json.dumps(self.to_document()) if self else ""

    @classmethod
    def from_json(cls, text: str) -> Self:
        """From `to_json`. Raises UsageError."""
        try:
            return cls.from_document(json.loads(text)) if text else cls()
        except (ValueError, TypeError, AttributeError, KeyError):
            raise UsageError("the job's settings cannot be read; they are written by the scheduler") from None

    def filled_in(self) -> Self:
        """With the variables' values. Raises UsageError if one is not set, or its value does not fit."""
        cookies = self.cookies
        if isinstance(cookies, Mapping):
            cookies = {name: _filled(f"cookies, {name}", value) for name, value in cookies.items()}
        headers = {name: _filled(f"headers, {name}", value) for name, value in self.headers.items()}
        proxy = None if self.proxy is None else _filled("proxy", self.proxy)
        return replace(self, headers=headers, cookies=cookies, proxy=proxy)

    def open_secrets(self) -> list[str]:
        """The declarations that hold a secret which is not a variable: `proxy`, `headers, Authorization`."""
        found = ["proxy"] if self.proxy and _masked_proxy(self.proxy) != self.proxy else []
        found += [f"headers, {name}" for name, value in self.headers.items() if _masked(name, value) != value]
        if isinstance(self.cookies, Mapping):
            found += [
                f"cookies, {name}" for name, value in self.cookies.items() if _masked("", value) != value
            ]
        return found


def shown(declared: CrawlSettings) -> dict[str, Any]:
    """What is declared, for JSON and without secrets: these are `***`, or their variables."""
    found = declared.to_document()
    if declared.headers:
        found["headers"] = {name: _masked(name, value) for name, value in declared.headers.items()}
    if isinstance(declared.cookies, Mapping):
        found["cookies"] = {name: _masked("", value) for name, value in declared.cookies.items()}
    if declared.settings:
        found["settings"] = dict(declared.settings)
    if declared.proxy:
        found["proxy"] = _masked_proxy(declared.proxy)
    return found


def describe(declared: CrawlSettings) -> list[str]:
    """What is declared, one text each and without secrets: `delay 2 s`, `headers X-Key=***`."""
    return [f"{name} {text_of(name, value)}" for name, value in shown(declared).items()]


def text_of(name: str, value: Any) -> str:
    """A value of `shown` for people: `2 s`, `X-Key=***`."""
    if isinstance(value, Mapping):
        return ", ".join(f"{key}={each}" for key, each in value.items())
    if name in ("delay", "time_limit"):
        return f"{value:g} s"
    return ("yes" if value else "no") if isinstance(value, bool) else str(value)


def robots_token(agent: str) -> str:
    """The name by which a robots.txt means this User-Agent: its first word, or the one after `compatible;`,
    as Googlebot writes it. Empty for a browser's, which names no crawler.

    >>> robots_token("Mozilla/5.0 (compatible; deskbot/1.0; +https://example.com/bot)"), robots_token("a/1")
    ('deskbot', 'a')
    """
    match = _AGENT.match(agent)
    token = match[0] if match else ""
    if token.lower() != "mozilla":
        return token
    named = _COMPATIBLE.search(agent)
    return named[1] if named and named[1].upper() != "MSIE" else ""


# --- checks


def faults(values: Mapping[str, Any]) -> Iterator[str]:
    """What is wrong with declarations, by the names of CrawlSettings; None is not declared."""
    given = {name: value for name, value in values.items() if value is not None}
    for name, check in _CHECKS.items():
        if name in given:
            yield from check(given[name])


def _settings_faults(value: Any) -> Iterator[str]:
    if not isinstance(value, Mapping):
        yield f"settings = {value!r}: not a table of settings; name each with its value"
        return
    for name, each in value.items():
        if fault := setting_fault(str(name), each):
            yield f"settings, {name} = {each!r}: {fault}"


def _agent_faults(value: Any) -> Iterator[str]:
    remedy = "write e.g. 'deskbot/1.0 (+https://example.com/bot)'"
    if not isinstance(value, str) or not value.strip() or value != value.strip():
        yield f"user_agent = {value!r}: not a name; {remedy}"
    elif not _TEXT.fullmatch(value) or len(value) > _LONGEST_TEXT:
        yield f"user_agent = {value!r}: only printable ASCII may be sent; {remedy}"
    elif not robots_token(value):
        yield (
            f"user_agent = {value!r}: it names no crawler that a robots.txt could mean; {remedy},"
            " or 'Mozilla/5.0 (compatible; deskbot/1.0; +https://example.com/bot)'"
        )


def _header_faults(value: Any) -> Iterator[str]:
    if not isinstance(value, Mapping):
        yield f"headers = {_kind(value)}: not a table of names and values, as Accept-Language and 'en'"
        return
    seen: dict[str, str] = {}
    for name, text in value.items():
        if not isinstance(name, str) or not _TOKEN.fullmatch(name):
            yield f"headers: {name!r} is not a header's name; write e.g. 'Accept-Language'"
            continue
        if (other := seen.setdefault(name.lower(), name)) != name:
            yield f"headers: {name} and {other} are one header; give it once"
        if remedy := _ELSEWHERE.get(name.lower()):
            yield f"headers: {name} cannot be declared here: {remedy}"
        elif fault := _text_fault(text):
            yield f"headers, {name}: {fault}; write one line of printable ASCII"


def _cookie_faults(value: Any) -> Iterator[str]:
    if isinstance(value, bool):
        return
    if not isinstance(value, Mapping) or not value:
        yield f"cookies = {_kind(value)}: neither true, false nor a table of names and values"
        return
    for name, text in value.items():
        if not isinstance(name, str) or not _TOKEN.fullmatch(name):
            yield f"cookies: {name!r} is not a cookie's name; write e.g. 'consent'"
        elif fault := _text_fault(text):
            yield f"cookies, {name}: {fault}; write its value as a browser sends it"
        elif not _COOKIE_VALUE.fullmatch(_VARIABLE.sub("x", text)):
            what = "a blank, comma, semicolon, quote or backslash"
            yield f"cookies, {name}: its value has {what}; percent-encode it"


def _text_fault(value: Any) -> str | None:
    """What is wrong with a value that is sent, which is not shown: it may be a secret."""
    if not isinstance(value, str):
        return f"its value is {_kind(value)}, not a text"
    if re.search(r"[\r\n]", value):
        return "its value has a line break"
    if not _TEXT.fullmatch(value):
        return "its value has a control character, or one beyond ASCII"
    if value != value.strip():
        return "its value begins or ends with a blank"
    return None if len(value) <= _LONGEST_TEXT else f"its value has more than {_LONGEST_TEXT} characters"


def _proxy_faults(value: Any) -> Iterator[str]:
    remedy = f"write it as http://HOST:PORT or http://USER:PASSWORD@HOST:PORT, or {DIRECT!r} for none"
    if not isinstance(value, str):
        yield f"proxy = {_kind(value)}: not a text; {remedy}"
        return
    if value == DIRECT or _VARIABLE.fullmatch(value):
        return
    what = f"proxy = {_masked_proxy(value)!r}"
    address = _VARIABLE.sub("x", value)
    if not re.fullmatch(r"[\x21-\x7e]+", address):
        yield f"{what}: empty, or with a blank or a character beyond ASCII; {remedy}"
        return
    try:
        parts = urlsplit(address)
        port = parts.port
    except ValueError:
        yield f"{what}: not an address; {remedy}"
        return
    if parts.scheme != "http":
        kind = f"{parts.scheme}: is not spoken to proxies, only http:" if "://" in address else "no scheme"
        yield f"{what}: {kind}; {remedy}"
    elif not parts.hostname or port is None or not 0 < port < 65_536:
        yield f"{what}: without {'a port' if parts.hostname else 'a host'}; {remedy}"
    elif parts.path not in ("", "/") or parts.query or parts.fragment:
        yield f"{what}: more than a host and a port; {remedy}"


def _delay_faults(value: Any) -> Iterator[str]:
    if not _is_number(value) or not 0 <= value <= LONGEST_DELAY:
        yield f"delay = {value!r}: not a number of seconds from 0 to {LONGEST_DELAY:g}; write e.g. 2.5"


def _concurrency_faults(value: Any) -> Iterator[str]:
    if not isinstance(value, int) or isinstance(value, bool) or not 1 <= value <= MOST_AT_ONCE:
        yield f"concurrency = {value!r}: not a whole number from 1 to {MOST_AT_ONCE}; write e.g. 2"


def _limit_faults(value: Any) -> Iterator[str]:
    if not isinstance(value, timedelta):
        yield f"time_limit = {value!r}: not a duration; in a spider, write e.g. timedelta(minutes=10)"
    elif not timedelta() < value <= LONGEST_RUN:
        yield f"time_limit = {value}: not longer than zero and up to ten years; 10 minutes are"


_CHECKS = {
    "settings": _settings_faults,
    "user_agent": _agent_faults,
    "headers": _header_faults,
    "proxy": _proxy_faults,
    "cookies": _cookie_faults,
    "delay": _delay_faults,
    "concurrency": _concurrency_faults,
    "time_limit": _limit_faults,
}
NAMES = tuple(_CHECKS)  #: of the declarations


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _kind(value: Any) -> str:
    """A wrong value without what may be a secret in it."""
    return "a text" if isinstance(value, str) else "empty" if value in ({}, []) else repr(value)[:80]


def _values_of(document: Mapping[str, Any]) -> dict[str, Any]:
    """The fields of a document as CrawlSettings has them."""
    known = {name: document[name] for name in NAMES if document.get(name) is not None}
    for name in ("settings", "headers", "cookies"):
        if isinstance(known.get(name), list):
            known[name] = dict(known[name])
    if (limit := known.get("time_limit")) is not None:
        known["time_limit"] = timedelta(seconds=limit)
    return known


def _plain(value: Any) -> Any:
    if isinstance(value, timedelta):
        return value.total_seconds()
    return [[name, each] for name, each in value.items()] if isinstance(value, Mapping) else value


# --- secrets


def _masked(header: str, value: str) -> str:
    """A header's value, or with "" a cookie's, without its secret; variables are none."""
    if header.lower() in _OPEN or header.lower().startswith("sec-"):
        return value
    rest = _SCHEME.sub("", _VARIABLE.sub("", value))
    return "***" if rest.strip() or not _VARIABLE.search(value) else value


def _masked_proxy(address: str) -> str:
    """An address without its password, well-formed or not."""
    login, at, host = address.rpartition("@")
    if not at:
        return address
    scheme, slashes, login = login.rpartition("://")
    user, _, password = login.partition(":")
    if password and not _VARIABLE.sub("", password):
        return address
    return f"{scheme}{slashes}{user}:***@{host}" if password else f"{scheme}{slashes}***@{host}"


def _filled(what: str, text: str) -> str:
    def value(match: re.Match[str]) -> str:
        if found := os.environ.get(match[1]):
            return found
        raise UsageError(
            f"{what}: the variable {match[1]} is not set; set it in the environment of whoever crawls"
        )

    return _VARIABLE.sub(value, text)
