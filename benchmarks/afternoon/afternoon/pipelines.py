import os
from typing import Any

import dateparser
import pymongo
from itemadapter import ItemAdapter


class DatePipeline:
    def process_item(self, item: Any) -> Any:
        adapter = ItemAdapter(item)
        adapter["date"] = dateparser.parse(adapter["date"])
        return item


class MongoPipeline:
    def open_spider(self) -> None:
        self.client = pymongo.MongoClient(os.environ["MONGODB_URI"])
        self.posts = self.client[os.environ["NEWSCRAWL_DATABASE"]]["posts"]

    def close_spider(self) -> None:
        self.client.close()

    def process_item(self, item: Any) -> Any:
        self.posts.insert_one(ItemAdapter(item).asdict())
        return item
