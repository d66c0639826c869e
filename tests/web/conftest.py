"""One database of posts and one server of its pages, for the tests of a file."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest

from newscrawl.store import client
from newscrawl.web.site_options import SiteOptions
from tests.web.newsstand import NOW, posts, store
from tests.web.serving import serving


@pytest.fixture(scope="module")
def stocked(mongo_home: Path) -> Iterator[str]:
    """The name of a database with the posts of the newsstand."""
    name = f"newscrawl_{uuid.uuid4().hex[:12]}"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("NEWSCRAWL_HOME", str(mongo_home))
        patch.setenv("NEWSCRAWL_DATABASE", name)
        patch.delenv("MONGODB_URI", raising=False)
        store(posts())
        yield name
        with client.connect("writer") as writer:
            writer.drop_database(name)


@pytest.fixture(scope="module")
def pages(stocked: str) -> Iterator[str]:
    """The address of its pages; they believe that it is the afternoon of 8 March 2026 in Beijing."""
    with serving(stocked, SiteOptions(fresh=0, now=lambda: NOW)) as address:
        yield address
