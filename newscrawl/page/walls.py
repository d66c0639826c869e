"""Whether a page says that its text is not free: then what it does not show is not taken from its data."""

from __future__ import annotations

from typing import TYPE_CHECKING

from newscrawl.page import words

if TYPE_CHECKING:
    from newscrawl.page.look import Look

_WALL = words.pattern("paywall")
_LONGEST = 400  #: characters of a block that asks for a subscription; longer ones speak of one


def is_walled(look: Look) -> bool:
    """By its structured data, or by a line that asks to pay, subscribe or register to read on."""
    return look.structured.paywalled or any(
        len(block.text) <= _LONGEST and _WALL.search(block.text) for block in look.found.blocks
    )
