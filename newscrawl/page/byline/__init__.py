"""Authors, editors, outlet and breadcrumb, as the page prints them."""
