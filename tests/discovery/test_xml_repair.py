"""What is mended in XML before it is parsed, and what stays as it is."""

from xml.etree.ElementTree import fromstring

import pytest

from newscrawl.discovery.xml_repair import repaired


def text_in(content: str, attributes: str = "") -> str:
    root = fromstring(repaired(f"<r {attributes}><a>{content}</a></r>"))
    return "".join(root.itertext())


@pytest.mark.parametrize(
    ("content", "text"),
    [
        ("R&D at AT&T", "R&D at AT&T"),
        ("?id=1&lang=zh&copy=2&image=3&", "?id=1&lang=zh&copy=2&image=3&"),
        ("a &amp; b &lt;p&gt; &quot;x&quot; &apos;", 'a & b <p> "x" \''),
        ("&amp;amp; &amp;nbsp; &amp;lt;", "&amp; &nbsp; &lt;"),
        ("A&nbsp;B &eacute;t&eacute;&hellip; &LT;b&GT; &AMP;", "A\xa0B été… <b> &"),
        ("&unknown; &x;", "&unknown; &x;"),
        ("&#8217; &#x2019; &#38; &#60;", "’ ’ & <"),
        (
            "A&#0;B&#11;C&#x1F;D&#99999999999999;E&#xD800;F&#xFFFF;G&#x110000;H&#" + "9" * 5000 + ";I",
            "ABCDEFGHI",
        ),
        ("A\x00B\x0bC\x1fD\ufffeE\tF", "ABCDE\tF"),
        ("<![CDATA[a & b &amp; &nbsp; &lang=]]> & c", "a & b &amp; &nbsp; &lang= & c"),
        ("<![CDATA[a]]>&<![CDATA[&b]]>&", "a&&b&"),
        ("&#;&#x;&;&&", "&#;&#x;&;&&"),
        ("x &#55357;&#56832; &#xD83D;&#xDE00; &#xd83d;&#xde00;", "x 😀 😀 😀"),
        ("&#55357; &#56832;&#55357; &#xDE00;&#xD83D;", "  "),
    ],
)
def test_references_and_characters(content: str, text: str) -> None:
    assert text_in(content) == text


@pytest.mark.parametrize(
    "before",
    [
        "",
        "\ufeff",
        "\n\n ",
        "<br />\n<b>Warning</b>: x in <b>y</b>\n",
        "<?xml version='1.0' encoding='gb2312'?>",
    ],
)
def test_what_stands_before_the_document(before: str) -> None:
    declaration = (
        ""
        if "<?xml" in before or not before
        else "<?xml version='1.0' encoding='gb2312' standalone='yes'?>\n"
    )
    assert repaired(f"{before}{declaration}<r>中</r>") == "<r>中</r>".encode()


def test_prefixes_are_declared_where_they_are_not() -> None:
    content = "<dc:creator>x</dc:creator><foo:bar/><news:news xmlns:news='own'/>"
    root = fromstring(repaired(f"<r xmlns:dc='declared'>{content}</r>"))
    assert [node.tag for node in root] == ["{declared}creator", "{urn:foo}bar", "{own}news"]
    assert repaired("<r a='1'/>") == b"<r a='1'/>"


def test_entities_of_the_document_s_own_are_left_to_the_parser() -> None:
    document = '<!DOCTYPE r [<!ENTITY foo "bar">]><r>&foo; &copy; R&D</r>'
    assert "".join(fromstring(repaired(document)).itertext()) == "bar © R&D"


@pytest.mark.parametrize(
    ("document", "left"),
    [
        ("<r><a>https://example.org/12", "<r>"),
        ("<r><a>1</a><a>https://example.org/1</a", "<r><a>1</a><a>https://example.org/1"),
        ('<r><a>1</a><b href="https://example.org/1', "<r><a>1</a>"),
        ("<r><a>1</a>\n", "<r><a>1</a>"),
        ("no document", "no document"),
        ("", ""),
    ],
)
def test_a_value_that_breaks_off_is_left_out(document: str, left: str) -> None:
    assert repaired(document).decode() == left


@pytest.mark.slow
def test_hostile_texts_take_linear_time() -> None:
    for piece in (
        "&",
        "&#",
        "&#x",
        "&a",
        "<![CDATA[",
        "]]>",
        "<?xml ",
        "<a:",
        "<",
        "</a:b",
        " xmlns:a",
        "&amp;;",
    ):
        assert len(repaired("<r>" + piece * (300_000 // len(piece)) + "</r>")) > 1000
