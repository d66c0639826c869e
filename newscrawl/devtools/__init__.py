"""Tools for whoever writes a spider: try a page, check a spider, freeze fixtures, scan a site."""
