"""The headline, without the site's name."""
