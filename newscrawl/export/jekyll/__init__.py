"""Posts as a Jekyll site, and back."""
