"""What officers' pages print: the light of a case, the trace, declared facts, what is wrong in a form."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from core.clocks import SHANGHAI, business_date
from core.domain.case_states import CASE, CaseState
from core.domain.clock import Reading, as_listed
from core.domain.declaration import shown as is_asked
from core.domain.fields import FieldSpec, JsonValue, Kind, in_words
from core.domain.publicity import mask_email, mask_id, mask_mobile
from core.errors import Refusal
from core.reference import loader
from core.trace import AuditRow
from core.web import reply
from core.web.shown import EntryShown, LightShown, date_words, light_shown

_ENDED = (CaseState.REFUSED, CaseState.NOT_ACCEPTED, CaseState.WITHDRAWN, CaseState.VOIDED)
_MASKS = {Kind.IDENTITY_NUMBER: mask_id}
_CONTACT_MASKS = {Kind.MOBILE: mask_mobile, Kind.EMAIL: mask_email, Kind.PHONE: mask_mobile, **_MASKS}


@dataclass(frozen=True)
class FactGroup:
    """The declared facts of one step of the form, as label and words."""

    title: str
    rows: tuple[tuple[str, str], ...]


def light_of(state: str, reading: Reading | None, *, is_paused: bool, on: date) -> LightShown:
    """The light of a case: that of its clock, unless it rests with the unit, or no decision came of it or stands."""
    if state == CaseState.AWAITING_SUPPLEMENT:
        return LightShown("paused", "暂停计时 待补正")
    if state in _ENDED:
        return LightShown("none", CASE.word(state))
    if state == CaseState.REVOKED:  # what came late stays so for good
        return LightShown("none", reading.words_ended(CASE.word(state)) if reading else CASE.word(state))
    if reading is None:
        return LightShown("none", "未开始")
    return light_shown(as_listed(reading, is_paused=is_paused, on=on))


def on_day(at: datetime | None, today: date, words: str = "") -> str:
    """The day of an instant and what happened on it: 11 月 13 日 受理, with the year when it is not this one."""
    return date_words(business_date(at), today, words) if at is not None else ""


def trace_lines(entries: Sequence[AuditRow], *, with_reasons: bool) -> tuple[EntryShown, ...]:
    """The trace, newest first; reasons are for those who may open the case itself."""
    return tuple(
        EntryShown(
            entry.at,
            f"{entry.words}：{entry.reason}" if with_reasons and entry.reason else entry.words,
            "" if entry.actor_kind == "platform" else "　".join(filter(None, (entry.actor_name, entry.org_name))),
            "now" if place == 0 else "done",
        )
        for place, entry in enumerate(entries)
    )


def who_did(entry: AuditRow, reader: str, now: datetime) -> str:
    """Who did what when, for someone who came later: 王敏已于 9:02 受理."""
    at = entry.at.astimezone(SHANGHAI)
    day = "" if business_date(now) == at.date() else f"{at.month} 月 {at.day} 日 "
    who = "你" if entry.actor_id == reader else entry.actor_name
    return f"{who}已于 {day}{at.hour}:{at.minute:02} {entry.words}"


def fact_groups(facts: Mapping[str, JsonValue], *, with_contacts: bool) -> tuple[FactGroup, ...]:
    """Declared facts in words, step by step; identity numbers are masked always, contacts unless `with_contacts`."""
    reference = loader.load()
    masks = _MASKS if with_contacts else _CONTACT_MASKS
    groups = []
    for step in reference.steps:
        specs = [reference.field_by_identifier[name] for name in step.fields]
        rows = tuple(
            (spec.label, words)
            for spec in specs
            if is_asked(spec, facts) and (words := _fact_in_words(spec, facts, masks, reference.place_names))
        )
        if rows:
            groups.append(FactGroup(step.title, rows))
    return tuple(groups)


def errors_given(refusal: Refusal | None) -> dict[str, Any]:
    """What a page is told of a refusal: its status and its words by field."""
    if refusal is None:
        return {}
    return {"errors": reply.errors_of(refusal), "status": reply.status_of(refusal)}


def _fact_in_words(
    spec: FieldSpec, facts: Mapping[str, JsonValue], masks: Mapping[Kind, object], names: Mapping[str, str]
) -> str:
    words = in_words(spec, facts.get(spec.identifier), names)
    mask = masks.get(spec.kind)
    return str(mask(words)) if callable(mask) and words else words
