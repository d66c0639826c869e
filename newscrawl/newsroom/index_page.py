"""The page shown at the newsroom's own address, for people."""

from __future__ import annotations

from html import escape

from newscrawl.newsroom.articles import ReplicaStory
from newscrawl.newsroom.faults import FAULTS
from newscrawl.newsroom.list_responses import blog_url
from newscrawl.newsroom.response import ReplicaResponse, html
from newscrawl.newsroom.sites import SITES
from newscrawl.newsroom.state import ReplicaState

_SHOWN = 60


def front_page(world: ReplicaState) -> ReplicaResponse:
    """What this is, the latest articles with links to their pages, the faults."""
    articles = "".join(
        f'<tr><td>{story.shown_at}</td><td><a href="/__host__/{_place(story)}">'
        f"{escape(story.title)}</a></td><td>{escape(story.outlet)}</td><td>{story.fault_name}</td></tr>"
        for story in world.stories[:_SHOWN]
    )
    faults = "".join(
        f"<tr><td>{fault.name}</td><td>{escape(fault.does)}</td><td>{escape(fault.wants)}</td></tr>"
        for fault in FAULTS
    )
    return html(
        f"""<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>newscrawl's newsroom</title>
<style>body{{font:15px/1.5 system-ui,sans-serif;margin:2em auto;max-width:60em;padding:0 1em}}
td{{padding:.15em .8em .15em 0;vertical-align:top}}code{{background:#eee;padding:0 .3em}}</style></head><body>
<h1>newscrawl's newsroom</h1>
<p>A replica of East Money's hosts: {len(world.stories)} invented articles. The companies and people in them do
not exist. Crawl it with <code>newscrawl crawl eastmoney --newsroom</code> and this page's address;
<a href="/__log__">/__log__</a> is what was asked, <a href="/__stats__">/__stats__</a> how often.</p>
{_further_sites(world)}<h2>Latest articles</h2><table>{articles}</table>
<h2>Faults on purpose</h2><table>{faults}</table></body></html>"""
    )


def _further_sites(world: ReplicaState) -> str:
    """The other sites, each with its home page and lists; nothing if a folder of posts is served."""
    if world.site_data is None:
        return ""
    rows = "".join(
        f"<tr><td>{escape(site.title)}</td><td>{_shown(site.home)}</td><td>{len(site.articles(world.site_data))} articles</td>"
        f"<td>{'<br>'.join(map(_shown, site.lists(world.site_data)))}</td></tr>"
        for site in SITES
    )
    return f"<h2>Further sites</h2><table>{rows}</table>"


def _shown(url: str) -> str:
    """A link that shows the host's response here."""
    return f'<a href="/__host__/{escape(url.partition("://")[2])}">{escape(url)}</a>'


def _place(story: ReplicaStory) -> str:
    """Host and path of the article's page."""
    return blog_url(story).removeprefix("http://") if story.is_blog else f"finance.eastmoney.com{story.path}"
