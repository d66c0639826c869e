from lxml.html import document_fromstring

from benchmarks.browser_tree import Word, compare, our_words


def words(html: str) -> list[Word]:
    return our_words(document_fromstring(html))


def test_the_same_tree_differs_in_nothing() -> None:
    page = "<div><p>One two <b>three</b></p><table><tbody><tr><td>four</table></div>"
    assert compare(words(page), words(page.replace("<tbody>", ""))) == (0, 0, 0, {})


def test_what_is_in_a_button_alone_is_lost() -> None:
    found = compare(words("<button><div>One two three</div></button>"), words("<div>One two three</div>"))
    assert (found.lost, found.added, found.moved) == (3, 0, 0)
    assert found.constructs == {"button / div (shown there)": 3}


def test_order_and_nesting_are_compared() -> None:
    found = compare(words("<div>One two</div><p>three</p>"), words("<p>three</p><div>One two</div>"))
    assert (found.lost, found.moved) == (0, 1)
    found = compare(words("<header><div>One</div></header>"), words("<header></header><div>One</div>"))
    assert found.constructs == {"header / div": 1}
