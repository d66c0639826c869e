"""The options of selection.py for any command: what is added there, every export takes."""

from __future__ import annotations

import functools
import inspect
import typing
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any

import typer

from newscrawl.cli import selection

if TYPE_CHECKING:
    from newscrawl.read import Query

_FILTER = str | None  # the type of an option of selection.py that is a filter


@dataclass(frozen=True, slots=True)
class Chosen:
    """Which posts a command is to take."""

    query: Query
    words: dict[str, str]  #: the options that were given, as they were written


def choosing(limit: int, most: int | None = None) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Gives a command all filters and --limit; it has them as `chosen`, a Chosen, after its other options.

    `limit` is the default of --limit, `most` its greatest value; without one, 0 is all.
    """

    def give(command: Callable[..., None]) -> Callable[..., None]:
        @functools.wraps(command)
        def run(**values: Any) -> None:
            command(chosen=_chosen(values), **values)

        own = dict(inspect.signature(command, eval_str=True).parameters)
        del own["chosen"]
        all_of_them = [*own.values(), *_parameters(limit, most)]
        signature = inspect.Signature(
            [one.replace(kind=inspect.Parameter.KEYWORD_ONLY) for one in all_of_them]
        )
        run.__signature__ = signature  # type: ignore[attr-defined]
        run.__annotations__ = {one.name: one.annotation for one in all_of_them}
        return run

    return give


def _filters() -> dict[str, Any]:
    """`category` and the like, with what typer needs to know of each."""
    return {
        name.lower(): option
        for name, option in vars(selection).items()
        if typing.get_origin(option) is Annotated and typing.get_args(option)[0] == _FILTER
    }


def _parameters(limit: int, most: int | None) -> list[inspect.Parameter]:
    about = "At most so many, the newest" + ("; 0 is all." if most is None else ".")
    option = typer.Option(min=0 if most is None else 1, max=most, help=about)
    kinds = {**_filters(), "limit": Annotated[int, option]}
    return [
        inspect.Parameter(
            name,
            inspect.Parameter.KEYWORD_ONLY,
            default=limit if name == "limit" else None,
            annotation=kind,
        )
        for name, kind in kinds.items()
    ]


def _chosen(values: dict[str, Any]) -> Chosen:
    """Takes the filters out of a command's values. Raises UsageError."""
    given = {name: values.pop(name) for name in (*_filters(), "limit")}
    words = {name: str(value) for name, value in given.items() if value}
    return Chosen(selection.query_of(**given), words)
