"""Bodies: from an element of a page to sanitized HTML, plain text, pictures and securities."""

from newscrawl.normalize.body.clean import clean_body, normalize_body, paragraphs_body

__all__ = ["clean_body", "normalize_body", "paragraphs_body"]
