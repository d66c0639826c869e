"""Where a picture lies, in the forms that sites and their scripts for lazy loading use."""

from __future__ import annotations

import lxml.html
import pytest

from newscrawl.normalize.body import clean_body
from newscrawl.normalize.body.rules import largest

A = "https://cdn.example.com/a.jpg"
BLANK = "data:image/gif;base64,R0lGODlhAQABAAAAACw="


def pictures(markup: str) -> list[str]:
    element = lxml.html.fragment_fromstring(
        f"<p>Text of the article.</p>{markup}<p>More.</p>", create_parent="div"
    )
    body, _ = clean_body(element, base_url="https://www.example.com/news/1.html")
    assert body.html.count("<img") == len(body.images)
    return [image.url for image in body.images]


@pytest.mark.parametrize(
    "attribute",
    [
        "src", "data-src", "data-original", "data-lazy-src", "data-actualsrc", "data-lazyload",
        "original", "data-url", "data-original-src", "data-cfsrc", "data-pagespeed-lazy-src",
        "data-lazy", "data-echo", "data-ll-src", "data-flickity-lazyload", "data-ks-lazyload",
        "data-img-src", "data-img-url", "data-image", "data-hi-res-src", "data-full-src",
        "data-large-file", "data-orig-file", "data-src-large", "data-delayed-url", "lazysrc",
        "real_src", "src2", "file", "zoomfile", "_src",
    ],
)  # fmt: skip
@pytest.mark.parametrize("placeholder", ["", f'src="{BLANK}"', 'src="/img/blank.gif"', 'src="about:blank"'])
def test_the_address_behind_a_placeholder(attribute: str, placeholder: str) -> None:
    other = "" if attribute == "src" else placeholder
    assert pictures(f'<img {other} {attribute}="{A}">') == [A]


@pytest.mark.parametrize(
    "markup",
    [
        f'<img src="{BLANK}" data-srcset="/s.jpg 320w, {A} 1280w">',
        f'<img srcset="{A} 2x, /s.jpg 1x">',
        f'<picture><source srcset="{A} 1280w, /s.jpg 640w"><img src="{BLANK}"></picture>',
        f'<picture><source data-srcset="{A}"><img alt=""></picture>',
        f'<amp-img src="{A}" width="600" height="400"></amp-img>',
        f'<figure><img alt=""><noscript><img src="{A}"></noscript></figure>',
        f'<img src="{BLANK}" data-src="{A}"><noscript><img src="{A}"></noscript>',
        '<a href="/big.html"><img src="//cdn.example.com/a.jpg"></a>',
        f'<img data-src="javascript:void(0)" src="{A}">',
        f'<img data-lazyload="true" src="{A}">',
        f'<img data-image="4711" src="{A}">',
    ],
)
def test_forms_of_pictures(markup: str) -> None:
    assert pictures(markup) == [A]


@pytest.mark.parametrize(
    "markup",
    [
        f'<img src="{BLANK}">',
        "<img>",
        '<img src="/img/spacer.gif">',
        f'<img src="{A}" width="1" height="1">',
        f'<img src="{A}" height="0">',
        '<img src="/static/1x1.png?id=9">',
    ],
)
def test_placeholders_and_pixels_are_not_pictures(markup: str) -> None:
    assert pictures(markup) == []


@pytest.mark.parametrize(
    ("srcset", "expected"),
    [
        ("/a.jpg", "/a.jpg"),
        ("/a.jpg 1x, /b.jpg 2x", "/b.jpg"),
        ("/b.jpg 1200w, /a.jpg 300w", "/b.jpg"),
        ("/a,b.jpg 300w, /c.jpg 100w", "/a,b.jpg"),
        ("/a.jpg 1.5x,\n  /b.jpg 2.5x", "/b.jpg"),
        ("/a.jpg 100h, /b.jpg", "/b.jpg"),
        (f"{BLANK} 1w", None),
        (" , ,", None),
        ("", None),
    ],
)
def test_the_largest_of_a_srcset(srcset: str, expected: str | None) -> None:
    assert largest(srcset) == expected
