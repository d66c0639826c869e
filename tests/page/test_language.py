import pytest

from newscrawl.page.document.blocks import block_tree
from newscrawl.page.document.parse import parse
from newscrawl.page.language import language_of

CHINESE = "市交通委员会今天发布消息，三条线路将于年底开通，覆盖六个区。" * 2
GERMAN = (
    "Der Regen ist nicht so stark wie in den Tagen zuvor, und das Wasser wird auch im Fluss nicht steigen."
)


@pytest.mark.parametrize(
    ("page", "language"),
    [
        (f"<html lang='zh-CN'><p>{CHINESE}</p></html>", "zh-CN"),
        (f"<html lang='zh-Hans-CN'><p>{CHINESE}</p></html>", "zh-CN"),
        (f"<html lang='en'><p>{CHINESE}</p></html>", "zh"),
        (f"<html><p>{CHINESE}</p></html>", "zh"),
        ("<html lang='en'><p>東京で新しい発表がありました。これは大きなニュースです。</p></html>", "ja"),
        ("<html><p>정부는 오늘 새로운 정책을 발표했다고 밝혔다 그리고 이것은 중요하다</p></html>", "ko"),
        ("<html lang='uk'><p>Сьогодні в місті йшов дощ і було холодно всім людям</p></html>", "uk"),
        (f"<html><p>{GERMAN}</p></html>", "de"),
        (f"<html lang='de_AT'><p>{GERMAN}</p></html>", "de-AT"),
        (f"<html lang='zh'><p>{GERMAN}</p></html>", "de"),
        ("<html lang='not a language tag'><p>x</p></html>", None),
        ("<html><p>x</p></html>", None),
        ("<html><meta property='og:locale' content='fr_FR'><p>x</p></html>", "fr-FR"),
    ],
)
def test_language(page: str, language: str | None) -> None:
    assert language_of(block_tree(parse(page, url="https://x.org/"))) == language
