import pytest

from newscrawl.page.document.encoding import decode

CHINESE = (
    "中新网北京2月26日电 记者从有关部门了解到，镕基大道将于今年开工，这是该市的重要工程，总投资约二十亿元。"
)
TRADITIONAL = (
    "中央社台北二十六日電，記者從有關部門了解到，這項重要工程將於今年開工，總投資約二十億元，他們說這是好的。"
)
JAPANESE = "これは日本語のニュース記事です。東京で新しい発表がありました。カタカナもあります。"
FRENCH = "L’été dernier, le Gouvernement a décidé de créer une société à Besançon, où déjà d’autres œuvrent."


def page(text: str, charset: str | None) -> str:
    meta = f'<meta charset="{charset}">' if charset else ""
    return f"<html><head>{meta}<title>x</title></head><body><p>{text}</p></body></html>"


@pytest.mark.parametrize(
    ("text", "said", "written"),
    [
        (CHINESE, "utf-8", "utf-8"),
        (CHINESE, "gb2312", "gb18030"),
        (CHINESE, "gbk", "gb18030"),
        (CHINESE, None, "gb18030"),
        (CHINESE, None, "utf-8"),
        (CHINESE, "utf-8", "gb18030"),
        (CHINESE, "gbk", "utf-8"),
        (CHINESE, "iso-8859-1", "gb18030"),
        (CHINESE, "big5", "gb18030"),
        (CHINESE, "no-such-charset", "gb18030"),
        (CHINESE, "utf-16", "utf-8"),
        (TRADITIONAL, "big5", "big5"),
        (TRADITIONAL, None, "big5"),
        (TRADITIONAL, "gb2312", "big5"),
        (JAPANESE, "shift_jis", "cp932"),
        (JAPANESE, None, "cp932"),
        (JAPANESE, "euc-jp", "euc_jp"),
        (FRENCH, "iso-8859-1", "cp1252"),
        (FRENCH, None, "cp1252"),
        (FRENCH, "utf-8", "cp1252"),
        (FRENCH, "iso-8859-1", "utf-8"),
        ("联通", "gbk", "gbk"),
        (CHINESE, None, "utf-8-sig"),
        (CHINESE, "gbk", "utf-8-sig"),
        (CHINESE, None, "utf-16"),
        (CHINESE, None, "utf-16-le"),
        (CHINESE, None, "utf-16-be"),
    ],
)
def test_text_comes_out_whatever_the_page_says(text: str, said: str | None, written: str) -> None:
    assert text in decode(page(text, said).encode(written))


def test_the_header_goes_before_meta_and_the_bytes_before_both() -> None:
    body = page(CHINESE, "utf-8").encode("gb18030")
    assert CHINESE in decode(body, "text/html; charset=GBK")
    assert CHINESE in decode(page(CHINESE, "gbk").encode(), "text/html; charset=gb2312")


def test_utf8_with_stray_bytes_stays_utf8() -> None:
    body = page(CHINESE, "utf-8").encode() + b"\xe4\xb8 \xff end"
    assert CHINESE in decode(body)


def test_utf8_cut_in_the_middle_of_a_character() -> None:
    assert CHINESE[:-1] in decode(page(CHINESE, None).encode()[: -len("</p></body></html>") - 1])


def test_gbk_with_stray_bytes_stays_gbk() -> None:
    body = page(CHINESE * 3, "gbk").encode("gb18030") + b"\xff\x80"
    assert CHINESE in decode(body)


@pytest.mark.parametrize("body", [b"", b"\x00", b"\xff", b"\xff\xfe", b"\x80" * 50, bytes(range(256)) * 20])
def test_any_bytes_decode(body: bytes) -> None:
    assert isinstance(decode(body, "text/html; charset=;;;\x00"), str)


@pytest.mark.parametrize("name", ["base64", "hex", "idna", "rot13", "undefined", "unicode_escape", "zlib"])
def test_a_codec_that_is_no_page_s_encoding_is_none(name: str) -> None:
    body = page(CHINESE, None).encode("gb18030")
    assert CHINESE in decode(body, f"text/html; charset={name}")
    assert "x" in decode(b"<title>x</title>", f"text/html; charset={name}")
