"""/opensearch.xml: the site's search, for a browser's address bar (OpenSearch 1.1)."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from starlette.exceptions import HTTPException
from starlette.responses import Response

from newscrawl.web.context import context_of

if TYPE_CHECKING:
    from starlette.requests import Request

MEDIA_TYPE = "application/opensearchdescription+xml"
_LONGEST_NAME = 16  # characters, by the specification
_DESCRIPTION = """<?xml version="1.0" encoding="UTF-8"?>
<OpenSearchDescription xmlns="http://a9.com/-/spec/opensearch/1.1/">
<ShortName>{name}</ShortName>
<Description>{title}</Description>
<InputEncoding>UTF-8</InputEncoding>
<Url type="text/html" template="{address}/search?q={{searchTerms}}"/>
</OpenSearchDescription>
"""


async def opensearch(request: Request) -> Response:
    """The description; not found on a site without a public address, which it has to name."""
    context = context_of(request)
    if not context.site.address:
        raise HTTPException(404)
    values = {"name": context.title[:_LONGEST_NAME], "title": context.title, "address": context.site.address}
    text = _DESCRIPTION.format(**{name: escape(value) for name, value in values.items()})
    return Response(text.encode("utf-8", "replace"), media_type=MEDIA_TYPE)
