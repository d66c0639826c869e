"""Scrapy commands of this project (`scrapy …`), by Scrapy's COMMANDS_MODULE."""
