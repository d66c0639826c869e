from __future__ import annotations

import pytest

from newscrawl.text.full_names import is_degree, is_full_name, names_people


@pytest.mark.parametrize(
    "name",
    [
        "Ada Lindqvist",
        "Ana María de la Cruz",
        "Jean-Luc Aufranc",
        "J. R. Smith",
        "Aoife O’Riordan",
        "Moritz von Stein",
        "Ada (Berg) Lindqvist",
        "ADA LINDQVIST",
        "Juan Carlos Muñoz C.",
    ],
)
def test_names_in_full(name: str) -> None:
    assert is_full_name(name)


@pytest.mark.parametrize(
    "text",
    [
        "Ada",
        "ada lindqvist",
        "Digital Marketing",
        "Key Takeaways",
        "Harbour News",
        "The Harbour Team",
        "Zur Galerie",
        "Read more",
        "May 5, 2026",
        "5 Min",
        "Example Ports LLC",
        "de la Cruz",
        "배윤경 기자",
        "Ada Lindqvist said that the bridge would open",
        "",
    ],
)
def test_what_is_no_name(text: str) -> None:
    assert not is_full_name(text)


def test_names_among_others() -> None:
    assert names_people("Ada Lindqvist, MD")
    assert names_people("Bo and Ada Lindqvist")
    assert not names_people("Harbour Press")
    assert not names_people("Ada and Bo")


def test_degrees() -> None:
    assert all(map(is_degree, ("MD", "Ph.D.", "M.B.A.", "RDN", "E-RYT 200", "CEPF®", "Esq.")))
    assert not any(map(is_degree, ("Bo Cole", "Berlin", "Senior Writer", "dpa")))
