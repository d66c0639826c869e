"""Tools for writing spiders: try a page, check a spider, freeze fixtures, scan a site."""
