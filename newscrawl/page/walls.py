"""Whether a page says that its text is not free: then what it does not show is not taken from its data."""

from __future__ import annotations

from typing import TYPE_CHECKING

from newscrawl.page import words

if TYPE_CHECKING:
    from newscrawl.page.look import Look

_WALLS = words.gated("paywall")
_LONGEST = 400  #: characters of a block that asks for a subscription; longer ones speak of one
_BETWEEN = "\n\0\n"  # blocks: no pattern reaches over it


def is_walled(look: Look) -> bool:
    """By its structured data, or by a line that asks to pay, subscribe or register to read on."""
    if look.structured.paywalled:
        return True
    text = _BETWEEN.join(block.text for block in look.found.blocks if len(block.text) <= _LONGEST).lower()
    return any(pattern.search(text) for letters, pattern in _WALLS if any(some in text for some in letters))
