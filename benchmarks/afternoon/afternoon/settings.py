BOT_NAME = "afternoon"
SPIDER_MODULES = ["afternoon.spiders"]
ROBOTSTXT_OBEY = True
CONCURRENT_REQUESTS = 32
CONCURRENT_REQUESTS_PER_DOMAIN = 32
ITEM_PIPELINES = {
    "afternoon.pipelines.DatePipeline": 100,
    "afternoon.pipelines.MongoPipeline": 300,
}
