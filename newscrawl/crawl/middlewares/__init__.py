"""Downloader middlewares and handlers: robots.txt, politeness, retries, private addresses."""
