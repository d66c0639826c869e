"""newscrawl export …, newscrawl import …"""

from __future__ import annotations

import typer

from newscrawl.cli import opml
from newscrawl.cli.export import feeds, files, jekyll


def register(app: typer.Typer) -> None:
    exports = typer.Typer(no_args_is_help=True, help="Write posts, or the list of feeds, for other programs.")
    exports.command("jekyll")(jekyll.export_jekyll)
    exports.command("jsonl")(files.export_jsonl)
    exports.command("csv")(files.export_csv)
    exports.command("parquet")(files.export_parquet)
    exports.command("atom")(feeds.export_atom)
    exports.command("rss")(feeds.export_rss)
    exports.command("jsonfeed")(feeds.export_jsonfeed)
    exports.command("opml")(opml.export_opml)
    app.add_typer(exports, name="export")
    imports = typer.Typer(no_args_is_help=True, help="Store posts that were published before.")
    imports.command("jekyll")(jekyll.import_jekyll)
    app.add_typer(imports, name="import")
