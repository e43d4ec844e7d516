"""What a capability adds to the page of a case: the shape of a panel, apart from the list of them all."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from core.cases.tables import Case
from core.projects.tables import Project
from core.web.ask import Ask


@dataclass(frozen=True)
class PanelShown:
    """One panel: its template, what that template prints, there called `panel`, and its place.

    `place`: "main", below the file in the wide column; "side", below what can be done, in the narrow one.
    """

    template: str
    shown: Mapping[str, Any]
    place: str = "main"


Panel = Callable[[Ask, Case, Project], PanelShown | None]
