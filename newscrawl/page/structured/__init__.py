"""JSON-LD, microdata and meta tags."""
