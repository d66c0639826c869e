"""The program in docs/backup.md that reads a dump without newscrawl."""

from __future__ import annotations

import re
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from pymongo.database import Database

from newscrawl.export.backup.dump import DumpJob, dump_file

DOCS = Path(__file__).parents[3] / "docs" / "backup.md"


@pytest.mark.no_schema
def test_it_reads_a_dump(source: Database[dict[str, Any]], tmp_path: Path) -> None:
    source["posts"].insert_many([{"_id": f"a:{number}"} for number in range(3)])
    source["runs"].insert_one({"_id": "r"})
    dump_file(DumpJob(source, "server", datetime.now(UTC)), tmp_path / "x")
    [program] = re.findall(r"```python\n(import gzip.*?)```", DOCS.read_text("utf-8"), re.S)
    ran = subprocess.run(
        [sys.executable, "-c", program, str(tmp_path / "x")], capture_output=True, text=True, check=True
    )
    assert ran.stdout.splitlines() == ["runs r", "posts a:0", "posts a:1", "posts a:2"]
