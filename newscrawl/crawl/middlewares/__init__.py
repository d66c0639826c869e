"""What newscrawl adds between Scrapy's engine and the network."""
