"""The warm parent of a test that looks at what its runs still import, and at what they are."""

import json
import os
import sys
from pathlib import Path

from newscrawl.cli import program, warm_parent


def observed() -> None:
    before = set(sys.modules)
    try:
        program()
    finally:
        Path(os.environ["IMPORTED"]).write_text(json.dumps(sorted(set(sys.modules) - before)))


if __name__ == "__main__":
    warm_parent.main(observed)
