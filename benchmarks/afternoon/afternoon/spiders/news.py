from collections.abc import Iterator
from pathlib import Path
from typing import Any

import scrapy


class NewsSpider(scrapy.Spider):
    name = "news"

    def __init__(self, site: Path, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.site = site

    async def start(self) -> Any:
        yield self.list_page(1)

    def list_page(self, page: Any) -> Any:
        path = f"/comm/web/getNewsByColumns?column=350&page_index={page}&page_size=20&req_trace=1"
        return scrapy.Request(self.site + path, self.parse_list, cb_kwargs={"page": page})

    def parse_list(self, response: Any, page: Any) -> Iterator[Any]:
        data = response.json()["data"]
        for entry in data["list"]:
            yield scrapy.Request(f"{self.site}/a/{entry['code']}.html", self.parse_article)
        if page * 20 < data["totle_hits"]:
            yield self.list_page(page + 1)

    def parse_article(self, response: Any) -> Iterator[Any]:
        infos = [text.strip() for text in response.css("#topbox .infos .item::text").getall()]
        source = response.css("p.em_media::text").get("").strip("（）").replace("文章来源：", "")
        yield {
            "title": response.css("#topbox .title::text").get(),
            "date": infos[0],
            "author": next((text for text in infos if text.startswith("作者")), "")
            .replace("作者：", "")
            .strip(),
            "source": source,
            "categories": response.css("#topbox .path a::text").getall(),
            "editor": response.css(".sourcebox .flr::text").get(),
            "images": response.css("#ContentBody img::attr(src)").getall(),
            "stocks": response.css("#ContentBody a.keytip::attr(data-code)").getall(),
            "html": response.css("#ContentBody").get(),
            "content": "\n".join(
                paragraph.xpath("string()").get().strip() for paragraph in response.css("#ContentBody > p")
            ),
            "url": response.url,
        }
