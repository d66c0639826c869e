"""Bodies: from an element of a page to sanitized HTML, plain text, pictures and securities."""

from newscrawl.normalize.body.clean import clean_body, paragraphs_body
from newscrawl.normalize.body.normalize import normalize_body

__all__ = ["clean_body", "normalize_body", "paragraphs_body"]
