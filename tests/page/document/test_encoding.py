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


UNDECLARED = {
    "cp1251": "Городской совет одобрил строительство нового моста через реку, сообщили вчера чиновники.",
    "koi8-r": "Городской совет одобрил строительство нового моста через реку, сообщили вчера чиновники.",
    "cp1250": "Rada města včera schválila stavbu nového mostu přes řeku, který má být otevřen příští rok.",
    "iso8859-2": "Rada miasta przyjęła wczoraj plan budowy mostu przez rzekę i będzie gotowy za trzy lata.",
    "cp1253": "Το δημοτικό συμβούλιο ενέκρινε χθες την κατασκευή της νέας γέφυρας πάνω από τον ποταμό.",
    "iso8859-7": "Το δημοτικό συμβούλιο ενέκρινε χθες την κατασκευή νέας γέφυρας πάνω από τον ποταμό.",
    "cp1254": "Belediye meclisi dün nehrin üzerine yeni köprünün inşaatını onayladı, çalışmalar başlıyor.",
    "cp1255": "מועצת העיר אישרה אתמול את בניית הגשר החדש מעל הנהר והעבודות יתחילו באביב הבא.",
    "cp1256": "وافق مجلس المدينة أمس على بناء الجسر الجديد فوق النهر وستبدأ الأعمال في الربيع المقبل.",
    "cp874": "สภาเทศบาลเมืองอนุมัติแผนการก่อสร้างสะพานแห่งใหม่ข้ามแม่น้ำเมื่อวานนี้ และจะเริ่มงานในปีหน้า",
    "cp1257": "Miesto taryba vakar pritarė naujo tilto per upę statybai, darbai prasidės kitų metų pavasarį.",
    "cp1252": FRENCH,
    "cp949": "시의회는 어제 강을 가로지르는 새 다리의 건설을 승인했으며 공사는 내년 봄에 시작될 예정이다.",
}


@pytest.mark.parametrize("said", [None, "utf-8"])
@pytest.mark.parametrize("written", UNDECLARED)
def test_what_is_not_declared_or_declared_as_utf8_is_recognized(written: str, said: str | None) -> None:
    text = UNDECLARED[written]
    assert text in decode(page(text, said).encode(written))


@pytest.mark.parametrize("written", ["cp1251", "cp1253", "cp1255", "cp1256", "cp874"])
def test_latin_1_is_not_believed_where_most_letters_are_foreign(written: str) -> None:
    body = page(UNDECLARED[written], None).encode(written)
    assert UNDECLARED[written] in decode(body, "text/html; charset=ISO-8859-1")


def test_latin_1_of_a_header_gives_way_to_what_the_page_declares() -> None:
    body = page(UNDECLARED["iso8859-2"], "iso-8859-2").encode("iso8859-2")
    assert UNDECLARED["iso8859-2"] in decode(body, "text/html; charset=iso-8859-1")


@pytest.mark.parametrize("said", [None, "utf-8", "iso-8859-1", "gbk", "windows-1251"])
@pytest.mark.parametrize("text", [CHINESE, UNDECLARED["cp1251"], "Die „Wahrheit“ über Krieg, für Mädchen"])
def test_of_broken_utf8_only_the_broken_bytes_are_lost(text: str, said: str | None) -> None:
    body = page(text + " XX", said).encode().replace(b"XX", b"\xab\xd0")
    assert text + " \ufffd\ufffd" in decode(body)


def test_two_quotes_of_windows_in_a_short_utf8_text() -> None:
    body = "Die „Wahrheit“ über QQKriegRR".encode().replace(b"QQ", b"\xab").replace(b"RR", b"\xbb")
    assert decode(body) == "Die „Wahrheit“ über \ufffdKrieg\ufffd"


def test_a_few_accents_are_western() -> None:
    assert "naïve café" in decode(page("A naïve café on the corner", None).encode("cp1252"))


def test_polish_is_not_taken_for_korean() -> None:
    text = "Przełącz motyw (bieżący motyw: auto). Upewnij się, że liczba"
    assert text in decode(page(text, None).encode("cp1250"))
