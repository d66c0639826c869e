"""Makes newscrawl/text/pinyin.json: the phrases that pypinyin's single characters read wrongly.

pypinyin's phrase dictionary is 47,000 entries and 50 MB in memory; nearly all of them read as their
characters do one by one. What is left, some 3,500, gives the same readings for all phrases.

    python -m benchmarks.pinyin_phrases
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

TARGET = Path(__file__).parents[1] / "newscrawl" / "text" / "pinyin.json"


def main() -> None:
    """Compares the lean reader with the whole one until no phrase differs, then writes the file."""
    whole = _readings({}, lean=False, wanted=None)
    needed: dict[str, str] = {}
    while True:
        lean = _readings(needed, lean=True, wanted=list(whole))
        wrong = {phrase: extraction for phrase, extraction in whole.items() if lean[phrase] != extraction}
        if not wrong:
            break
        needed |= wrong
    lines = (
        f"{json.dumps(phrase, ensure_ascii=False)}: {json.dumps(needed[phrase])}" for phrase in sorted(needed)
    )
    TARGET.write_text("{\n" + ",\n".join(lines) + "\n}\n", encoding="utf-8")
    print(f"{len(needed)} of {len(whole)} phrases written to {TARGET}")


_READ = """
import json, sys
from pypinyin import lazy_pinyin, load_phrases_dict
given, wanted = json.load(sys.stdin)
load_phrases_dict({phrase: [[s] for s in reading.split()] for phrase, reading in given.items()})
if wanted is None:
    from pypinyin.constants import PHRASES_DICT
    wanted = list(PHRASES_DICT)
json.dump({phrase: " ".join(lazy_pinyin(phrase)) for phrase in wanted}, sys.stdout)
"""


def _readings(given: dict[str, str], *, lean: bool, wanted: list[str] | None) -> dict[str, str]:
    environment = dict(os.environ)
    environment.pop("PYPINYIN_NO_PHRASES", None)
    if lean:
        environment["PYPINYIN_NO_PHRASES"] = "1"
    done = subprocess.run(
        [sys.executable, "-c", _READ],
        input=json.dumps([given, wanted]),
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    found: dict[str, str] = json.loads(done.stdout)
    return found


if __name__ == "__main__":
    main()
