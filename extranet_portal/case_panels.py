"""What capabilities add to the page of a case: each gives one panel, or none when it has nothing to say of this case.

A panel's function lives in a module of its capability that does not import the case page. Order here is order on the
page.
"""

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

PANELS: tuple[Panel, ...] = ()


def panels(ask: Ask, case: Case, project: Project) -> tuple[PanelShown, ...]:
    """The panels of this case for this reader."""
    return tuple(found for panel in PANELS if (found := panel(ask, case, project)) is not None)
