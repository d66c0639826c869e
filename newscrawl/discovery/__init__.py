"""A source's lists: feeds, sitemaps, sections, APIs, home pages."""
