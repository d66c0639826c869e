"""The steps that make a post of a draft: dates, attribution, categories, body, validation."""
