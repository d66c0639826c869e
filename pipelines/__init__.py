"""One file a step, thin over the function of the same name; newscrawl/normalize/steps.py has their order.

The functions are imported with the first draft: where a process of its own parses the pages, few drafts come.
"""

from __future__ import annotations

from typing import TypeVar

from newscrawl.model.draft import Draft

Stage = TypeVar("Stage", bound=Draft)


def at_stage(draft: Draft, stage: type[Stage], pipeline: object) -> Stage:
    """The draft, which is at that stage. Raises TypeError if a step that has to run before did not."""
    if isinstance(draft, stage):
        return draft
    raise TypeError(
        f"{type(pipeline).__name__} got a {type(draft).__name__}, not a {stage.__name__}: ITEM_PIPELINES"
        " lacks a step, or its order is not that of newscrawl/settings.py"
    )
