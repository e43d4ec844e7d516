"""存量项目批量补录: a table is looked at row by row, entered batch by batch, its results taken home (A12.1)."""

import csv
import io
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from starlette.responses import Response
from starlette.routing import Route

from core.domain import legacy_projects as rules
from core.domain.answers import YES
from core.domain.legacy_codes import MOST_BYTES, MOST_ROWS
from core.domain.legacy_projects import VERDICT_WORDS, VOUCHED, Verdict
from core.domain.secrecy import refuse_classified
from core.errors import Refusal, RuleRefusal
from core.projects import legacy_files
from core.projects.legacy_files import Judged
from core.web import reply
from core.web.action import action
from core.web.ask import Ask
from extranet_portal.shown import errors_given

_SHOWN_ROWS = 300
"""Rows of a preview; what needs a look comes first, so that it is always seen."""

_ORDER = (Verdict.MALFORMED, Verdict.DUPLICATE, Verdict.OK, Verdict.WAITING, Verdict.KNOWN, Verdict.ISSUED)
_TONES = {Verdict.MALFORMED: "red", Verdict.DUPLICATE: "yellow", Verdict.WAITING: "blue", Verdict.ISSUED: "green"}
_CSV = "text/csv; charset=utf-8"
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True)
class RowShown:
    """One row of a table with what becomes of it."""

    line: int
    legacy: str
    name: str
    word: str
    tone: str
    words: str
    code: str
    href: str


def upload_page(ask: Ask, refusal: Refusal | None = None) -> Response:
    """The form for a table."""
    return reply.page(
        ask,
        "extranet/legacy_projects/upload.html",
        title="批量补录存量项目",
        columns=rules.blank_table(),
        most_rows=MOST_ROWS,
        vouched=VOUCHED,
        **errors_given(refusal),
    )


@action(allow="legacy_project.import")
def see_upload(ask: Ask) -> Response:
    """Show the form for a table."""
    return upload_page(ask)


@action(allow="legacy_project.import", again=upload_page, creates=True, takes_files=True)
def read_table(ask: Ask) -> Response:
    """Read a table and show what would become of each row; nothing is entered yet."""
    if ask.text(VOUCHED) not in YES:
        raise RuleRefusal("请先确认表内项目不涉密", field=VOUCHED, article="A3.2")
    upload = ask.upload("file")
    if upload is None:
        raise RuleRefusal("请选择文件", field="file", article="A12.1")
    name = (upload.filename or "").strip()
    refuse_classified({"file": name})
    data = upload.file.read(MOST_BYTES + 1)
    kept = legacy_files.read_import(ask.session, data, name, by=ask.actor, at=ask.now)
    return reply.to(ask.url("legacy_project.see_table", table_id=kept.id))


def table_page(ask: Ask, refusal: Refusal | None = None) -> Response:
    """A table with what has become of each row, or would now."""
    kept = legacy_files.import_of(ask.session, ask.actor, ask.path("table_id"))
    judged = legacy_files.judge(ask.session, kept, by=ask.actor)
    counts = Counter(one.verdict for one in judged)
    first = sorted(judged, key=lambda one: (_ORDER.index(one.verdict), one.row.line))[:_SHOWN_ROWS]
    return reply.page(
        ask,
        "extranet/legacy_projects/table.html",
        title="批量补录存量项目",
        kept=kept,
        total=len(judged),
        counts=[(VERDICT_WORDS[verdict], counts[verdict]) for verdict in _ORDER if counts[verdict]],
        fit=counts[Verdict.OK],
        next_batch=min(counts[Verdict.OK], legacy_files.BATCH),
        waits=counts[Verdict.WAITING],
        rows=[_shown(ask, one) for one in first],
        hidden=len(judged) - len(first),
        **errors_given(refusal),
    )


@action(allow="legacy_project.import")
def see_table(ask: Ask) -> Response:
    """Look at a table, before and after it is entered."""
    return table_page(ask)


@action(allow="legacy_project.import", again=table_page, creates=True)
def enter_batch(ask: Ask) -> Response:
    """Enter the next rows that can get a code."""
    kept = legacy_files.import_of(ask.session, ask.actor, ask.path("table_id"))
    legacy_files.enter_next(ask.session, kept, by=ask.actor, at=ask.now, seen=ask.seen())
    return reply.to(ask.url("legacy_project.see_table", table_id=kept.id))


@action(allow="legacy_project.import")
def see_results(ask: Ask) -> Response:
    """What has become of every row, as a table."""
    kept = legacy_files.import_of(ask.session, ask.actor, ask.path("table_id"))
    lines = [
        (str(one.row.line), one.row.legacy, one.row.name, VERDICT_WORDS[one.verdict], one.project_code, one.words)
        for one in legacy_files.judge(ask.session, kept, by=ask.actor)
    ]
    return _table(("行", "原编码", "项目名称", "结果", "项目代码", "说明"), lines, name="存量项目补录结果.csv")


@action(allow="legacy_project.import")
def see_blank(ask: Ask) -> Response:
    """An empty table with the names of its columns."""
    return _table(rules.blank_table(), (), name="存量项目补录表.csv")


def _table(heading: Sequence[str], lines: Iterable[Sequence[str]], *, name: str) -> Response:
    """A table for spreadsheet software: marked as UTF-8; a cell that it would take for a formula is made text."""
    written = io.StringIO()
    writer = csv.writer(written, lineterminator="\r\n")
    writer.writerow(heading)
    writer.writerows([f"'{cell}" if cell.startswith(_FORMULA) else cell for cell in line] for line in lines)
    data = written.getvalue().encode("utf-8-sig")
    return reply.file(iter([data]), name=name, media_type=_CSV, size=len(data))


def _shown(ask: Ask, one: Judged) -> RowShown:
    return RowShown(
        one.row.line,
        one.row.legacy,
        one.row.name,
        VERDICT_WORDS[one.verdict],
        _TONES.get(one.verdict, "still"),
        one.words,
        one.project_code,
        ask.url("project.see", code=one.project_code) if one.project_code else "",
    )


routes = [
    Route("/legacy-projects/tables/blank", see_blank, methods=["GET"], name="legacy_project.blank_table"),
    Route("/legacy-projects/tables", see_upload, methods=["GET"], name="legacy_project.import_form"),
    Route("/legacy-projects/tables", read_table, methods=["POST"], name="legacy_project.import"),
    Route("/legacy-projects/tables/{table_id}", see_table, methods=["GET"], name="legacy_project.see_table"),
    Route("/legacy-projects/tables/{table_id}/batches", see_table, methods=["GET"], name="legacy_project.see_batches"),
    Route("/legacy-projects/tables/{table_id}/batches", enter_batch, methods=["POST"], name="legacy_project.batch"),
    Route("/legacy-projects/tables/{table_id}/results", see_results, methods=["GET"], name="legacy_project.results"),
]
