"""What a page written straight onto the driver would make of its rows: the values its template prints, no more."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from itertools import groupby
from types import SimpleNamespace
from typing import Any

from core import clocks
from core.cases.inbox import PAGE, CaseRow
from core.cases.told import PublicApplication
from core.clocks import business_date
from core.database import utc_now
from core.disclosure.published import ResultRow
from core.domain import clock as rules
from core.domain.calendar import Calendar
from core.domain.case_states import CASE
from core.web.shown import EntryShown, ProjectShown
from extranet_portal.desk import ListShown, RowShown
from extranet_portal.shown import light_of
from public_portal import case_views
from public_portal.disclosure import shown_result
from public_portal.query import ItemShown

Rows = Sequence[tuple[Any, ...]]
Values = Mapping[str, Any]
Make = Callable[[Values, Mapping[str, Rows], Calendar], Values]


def disclosures(context: Values, fetched: Mapping[str, Rows], days: Calendar) -> Values:
    """The rows of the list of disclosed results."""
    found = [_result(row) for row in fetched["published_result"]]
    return {"rows": [shown_result(row) for row in found[: len(context["rows"])]]}


def cases(context: Values, fetched: Mapping[str, Rows], days: Calendar) -> Values:
    """The rows of the inbox with their lights, in the groups they belong to."""
    today = business_date(utc_now())
    lights = {
        case: _reading(list(rows), today, days)
        for case, rows in groupby(fetched.get("clock", ()), key=lambda row: row[0])
    }
    shown = iter([_case(CaseRow(*row), lights, today) for row in fetched["case"][:PAGE]])
    listed: ListShown = context["list"]
    groups = tuple(replace(group, rows=tuple(next(shown) for _ in group.rows)) for group in listed.groups)
    return {"list": replace(listed, groups=groups)}


def progress(context: Values, fetched: Mapping[str, Rows], days: Calendar) -> Values:
    """The items, results and timeline of a project's public progress."""
    today = business_date(utc_now())
    latest = {row[0]: _application(row) for row in fetched["application"]}
    items = [_item(row, latest.get(row[0]), today, days) for row in fetched["due_item"]]
    results = [_result(row) for row in fetched["published_result"]]
    told = [
        EntryShown(_instant(at), words, who, state="done", href=f"/notices/{token}" if token else "")
        for at, words, who, token in fetched["project_event"]
    ]
    timeline = [*told, *context["timeline"][-2:]]
    return {"items": items, "results": [shown_result(row) for row in results], "timeline": timeline}


MAKERS: Mapping[str, Make] = {
    "public/disclosure/list.html": disclosures,
    "public/query/progress.html": progress,
    "extranet/desk/inbox.html": cases,
}
"""The page's values by its template; of any other page they are ready beforehand."""


def _case(row: CaseRow, lights: Mapping[int, rules.Reading], today: date) -> RowShown:
    return RowShown(
        id=row.id,
        project=ProjectShown(row.project_name, row.project_code, f"/cases/{row.id}"),
        unit_name=row.unit_name,
        number=row.number,
        item=row.item_name,
        stage=CASE.word(row.state),
        handler=row.assigned_name or row.handler_name,
        light=light_of(row.state, lights.get(row.id), is_paused=bool(row.is_paused), on=today),
        due_on=_day(row.due_on),
        unread=row.unread,
    )


def _application(row: tuple[Any, ...]) -> PublicApplication:
    found = PublicApplication(*row)
    days = {"accepted_on": _day(found.accepted_on), "concluded_on": _day(found.concluded_on)}
    return found._replace(asked_for=_json(found.asked_for), clock=_json(found.clock), **days)


def _item(row: tuple[Any, ...], one: PublicApplication | None, today: date, days: Calendar) -> ItemShown:
    due_on, due_words = case_views.due_of(one, today, days)
    return ItemShown(
        light=case_views.light_of(one, today, days),
        name=row[1],
        org_unit_name=row[2],
        accepted_on=one.accepted_on if one else None,
        due_on=due_on,
        due_words=due_words,
        result=case_views.state_words(one),
    )


def _result(row: tuple[Any, ...]) -> ResultRow:
    found = ResultRow(*row)
    return found._replace(published_on=_day(found.published_on))


def _json(value: Any) -> Any:
    return json.loads(value) if isinstance(value, str) else value


def _instant(value: Any) -> datetime:
    found: datetime = datetime.fromisoformat(value).replace(tzinfo=UTC) if isinstance(value, str) else value
    return found


def _reading(rows: Rows, today: date, days: Calendar) -> rules.Reading:
    _, _, _, _, started, limit, unit, warn, stopped, extended, *_ = rows[-1]
    clock = SimpleNamespace(
        started_on=_day(started),
        limit_days=limit,
        unit=unit,
        warn_days=warn,
        stopped_on=stopped and _day(stopped),
        extension_days=extended,
    )
    pauses = [
        SimpleNamespace(
            begins_on=_day(row[10]),
            ends_on=row[11] and _day(row[11]),
            ground=row[12],
            restarts=bool(row[13]),
            expected_on=row[14] and _day(row[14]),
        )
        for row in rows
        if row[10]
    ]
    return rules.reading(clocks.as_rule(clock, pauses), today, days)  # type: ignore[arg-type]


def _day(value: Any) -> Any:
    found: date | None = date.fromisoformat(value) if isinstance(value, str) else value
    return found
