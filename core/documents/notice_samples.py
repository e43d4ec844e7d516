"""A notice filled with the names of its facts, so that its template can be read as it prints (A7.1).

Every text shows in 〔〕 what stands there; lists have two entries, dates are made up.
"""

import dataclasses
import types
import typing
from datetime import date

from core.documents.notice_facts import KINDS, Facts, NoticeKind

SAMPLE_DAY = date(2026, 1, 15)

TAG_WORDS = {
    "organ": "发出机关", "number": "文号", "unit": "申请单位", "credit_code": "统一社会信用代码",
    "project_name": "项目名称", "project_code": "项目代码", "issued_on": "发出日期", "item": "事项",
    "anchor": "留痕位置", "office": "承办机构", "handler": "承办人", "phone": "联系电话", "promised": "承诺时限",
    "statutory": "法定时限", "due_on": "应办结日期", "not_counted": "不计入时限的情形",
    "reconsideration_organ": "行政复议机关", "court": "法院", "received_on": "收到日期", "accepted_on": "受理日期",
    "basis": "法律依据", "guide_version": "办事指南版本", "fee": "收费", "materials": "材料", "material": "材料名称",
    "wrong": "存在的问题", "rule": "问题的依据", "cure": "补正要求", "sample": "样本", "answer_by": "补正期限",
    "consequence": "逾期未补正的后果",
    "ground": "理由类别", "reasons": "理由", "reason": "理由", "right_organ": "应当向其申请的机关",
    "silent_until": "受理期限届满日", "filed_on": "备案日期", "approver": "签批人", "label": "项目", "text": "内容",
    "title": "标题", "department": "办理部门", "result": "结果", "document_number": "批复文号",
    "document_title": "批复名称",
    "document_on": "批复日期", "concluded_on": "办结日期", "digest": "文件校验值", "follows": "后续事项",
    "list_number": "清单序号", "list_digest": "清单校验值", "extended": "延长的时限", "begins_on": "起始日期",
    "expected_on": "预计结束日期", "length": "所需时间", "afterwards": "结束以后", "amends": "更正或撤销的决定",
    "conditions": "附加条件", "validity": "有效期", "head": "文头", "limits": "时限", "desk": "承办机构",
    "remedies": "救济途径", "defects": "补正事项", "particulars": "备案内容", "items": "应办事项",
    "dropped": "不再办理的事项", "check": "核验码", "day": "发出日期",
}  # fmt: skip
"""What each fact is, for whoever reads a template."""


def sample_of(kind: NoticeKind) -> Facts:
    """The facts of a notice of this kind, each text the Chinese name of the fact itself."""
    shape = next(one for one, its_kind in KINDS.items() if its_kind is kind)
    return typing.cast(Facts, _filled(shape))


def _filled(shape: type) -> object:
    hints = typing.get_type_hints(shape)
    return shape(**{one.name: _value(one.name, hints[one.name]) for one in dataclasses.fields(shape)})


def _value(name: str, hint: object) -> object:
    if isinstance(hint, types.UnionType):
        hint = next(one for one in typing.get_args(hint) if one is not type(None))
    if isinstance(hint, type) and dataclasses.is_dataclass(hint):
        return _filled(hint)
    if hint is date:
        return SAMPLE_DAY
    if hint is int:
        return 1
    if name.endswith("digest"):  # printed in parts, which must not cut a letter in two
        return "0123456789abcdef" * 4
    if typing.get_origin(hint) is tuple:
        return (_value(name, typing.get_args(hint)[0]),) * 2
    return f"〔{TAG_WORDS[name]}〕"
