"""Notices as their reader sees them: complete, verifiable, and the same bytes for the same facts."""

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from obstore.store import MemoryStore

from core.documents.blobs import S3Store
from core.documents.notice_facts import TITLES, NoticeKind, Particular, check_code
from core.documents.rendering import FontsMissing, render, sample_material, sample_scan
from core.documents.uploads import SCAN_KINDS, SCAN_LIMIT, receive
from tests.core.notice_samples import CODE, DIGEST, HEAD, PROJECT, SAMPLES
from tests.core.pdf_text import pages_of, text_of

ROOT = Path(__file__).parents[2]
URL = "https://tzxm.example.cn/verify/7F3A-91C2-0D5E"
KINDS = list(NoticeKind)


def printed(kind: NoticeKind, **changes: object) -> str:
    return text_of(render(kind, replace(SAMPLES[kind], **changes), verify_url=URL))


def headed(kind: NoticeKind, **changes: object) -> str:
    return printed(kind, head=replace(HEAD, **changes))


@pytest.mark.parametrize("kind", KINDS)
def test_a13_1_every_notice_names_project_and_code_together(kind):
    assert f"项目名称：{PROJECT}，项目代码：{CODE}" in printed(kind)


@pytest.mark.parametrize("kind", KINDS)
def test_every_notice_says_who_whom_what_and_when(kind):
    text = printed(kind)
    for words in (TITLES[kind], HEAD.organ, HEAD.number, f"{HEAD.unit}：", "2026 年 11 月 13 日", "电子印章加盖处"):
        assert words in text


REQUIRED = {
    NoticeKind.ACCEPTANCE: (
        "统一社会信用代码",
        "办理时限",
        "承诺",
        "法定",
        "应办结日期",
        "不计入时限",
        "收费",
        "承办人",
        "联系电话",
        "材料",
        "版",
    ),
    NoticeKind.SUPPLEMENT: (
        "一次性告知",
        "依据：",
        "补正要求",
        "办理时限尚未开始计算",
        "五个工作日内未告知",
        "自收到申请材料之日起即为受理",
    ),
    NoticeKind.DECLINE: ("决定不予受理", "理由如下", "六十日内", "申请行政复议", "六个月内", "提起行政诉讼"),
    NoticeKind.PRELIMINARY_REFUSAL: ("初审", "六十日内", "申请行政复议", "六个月内", "提起行政诉讼"),
    NoticeKind.DEEMED_ACCEPTANCE: ("办理时限", "应办结日期", "第三十二条"),
    NoticeKind.EXTENSION: ("理由", "延长"),
    NoticeKind.SPECIAL_PROCEDURE: ("依法暂停计算", "依据", "不计入办理时限", "所需时间", "起止日期"),
    NoticeKind.DECISION: (
        "本机关作出决定",
        "依据",
        "决定文号",
        "附加条件",
        "有效期",
        "理由",
        "六十日内",
        "申请行政复议",
        "六个月内",
    ),
    NoticeKind.COMPLETION: ("应办事项", "办理部门", "结果", "文号", "办结日期", "不再办理的理由", "项目实施中"),
}
"""What the law and good practice demand of each notice, beyond who, whom, which project and when."""


@pytest.mark.parametrize("kind", REQUIRED)
def test_every_notice_says_what_the_law_demands(kind):
    text = printed(kind)
    assert [words for words in REQUIRED[kind] if words not in text] == []


@pytest.mark.parametrize("kind", KINDS)
def test_a13_2_each_page_carries_the_check_code(kind):
    pages = pages_of(render(kind, SAMPLES[kind], verify_url=URL))
    for number, page in enumerate(pages, start=1):
        assert f"第 {number} 页，共 {len(pages)} 页 · 核验码 {check_code(SAMPLES[kind])}" in page


@pytest.mark.parametrize("kind", KINDS)
def test_a13_1_following_pages_carry_the_project_code_too(kind):
    for page in pages_of(render(kind, SAMPLES[kind], verify_url=URL)):
        assert CODE in page


@pytest.mark.parametrize("kind", KINDS)
def test_the_seal_never_stands_alone_on_a_page(kind):
    last = pages_of(render(kind, SAMPLES[kind], verify_url=URL))[-1]
    before_seal = last.split("电子印章加盖处")[0]
    assert before_seal.endswith(("。", "；"))


@pytest.mark.parametrize("kind", KINDS)
def test_a_notice_is_archival_pdf_dated_with_its_issue(kind):
    pdf = render(kind, SAMPLES[kind], verify_url=URL)
    assert b"<pdfaid:part>2" in pdf
    assert b"<pdfaid:conformance>B" in pdf
    assert b"CreationDate(D:20261113000000Z)" in pdf
    assert f"{TITLES[kind]} {HEAD.number}".encode() in pdf


def test_same_facts_same_bytes_in_another_process_too():
    said = (
        "import sys, hashlib; from core.documents.rendering import render; "
        "from tests.core.notice_samples import SAMPLES; "
        f"made = [render(kind, facts, verify_url={URL!r}) for kind, facts in SAMPLES.items()]; "
        "print(*[hashlib.sha256(pdf).hexdigest() for pdf in made])"
    )
    runs = {
        subprocess.run([sys.executable, "-c", said], check=True, capture_output=True, text=True, cwd=ROOT).stdout
        for _ in range(2)
    }
    assert len(runs) == 1
    assert len(set(runs.pop().split())) == len(SAMPLES)


def test_another_address_to_verify_is_another_qr_code():
    kind = NoticeKind.ACCEPTANCE
    one, other = (render(kind, SAMPLES[kind], verify_url=url) for url in (URL, URL.replace("7F", "8F")))
    assert one != other
    assert text_of(one) == text_of(other)


def test_many_requests_at_once_print_what_each_asked_for():
    heads = [replace(HEAD, number=f"公环审〔2026〕{number:04} 号") for number in range(12)]
    facts = [replace(SAMPLES[NoticeKind.DECLINE], head=head) for head in heads]
    with ThreadPoolExecutor(4) as pool:
        made = list(pool.map(lambda told: text_of(render(NoticeKind.DECLINE, told, verify_url=URL)), facts))
    assert [head.number in text for head, text in zip(heads, made, strict=True)] == [True] * 12


@given(st.sampled_from(KINDS), st.text(st.characters(exclude_categories=["Cs"]), max_size=20))
def test_the_check_code_follows_the_facts(kind, number):
    told = SAMPLES[kind]
    changed = replace(told, head=replace(HEAD, number=number))
    assert check_code(changed) == check_code(replace(changed))
    assert (check_code(changed) == check_code(told)) == (number == HEAD.number)


def test_the_check_code_is_the_published_computation():
    assert check_code(SAMPLES[NoticeKind.DECLINE]) == "FC7D-7263-FBAF"


def test_a14_3_an_acceptance_says_materials_limits_and_due_date():
    text = printed(NoticeKind.ACCEPTANCE)
    assert all(f"第 {number} 号申请材料" in text for number in range(1, 13))
    for words in (
        "20 个工作日",
        "30 日（自收到报告表之日起）",
        "2026 年 12 月 11 日（遇暂停计时",
        "专家评审；听证",
        "不收费",
    ):
        assert words in text
    assert "91220101MA1400A22H" in text
    assert "承办人：王敏" in text


def test_an_item_without_a_limit_has_no_due_date():
    limits = replace(SAMPLES[NoticeKind.ACCEPTANCE].limits, promised="", statutory="", due_on=None, not_counted=())
    text = printed(NoticeKind.ACCEPTANCE, limits=limits)
    assert "时限" not in text
    assert "应办结日期" not in text
    assert "受理日期" in text


def test_a14_3_a_supplement_names_everything_at_once():
    text = printed(NoticeKind.SUPPLEMENT)
    assert text.count("缺少公章") == 12
    assert text.count("样本：附件 2") == 12
    for words in ("一次性告知", "2026 年 12 月 1 日", "尚未开始计算", "自收到申请材料之日起即为受理"):
        assert words in text


def test_a14_3_a_supplement_says_what_may_follow_when_its_day_passes():
    assert "逾期未补正的，可以依法不予受理。" in printed(
        NoticeKind.SUPPLEMENT, consequence="逾期未补正的，可以依法不予受理"
    )
    assert "逾期" not in printed(NoticeKind.SUPPLEMENT)


def test_a_supplement_without_a_date_sets_none():
    assert "前备齐" not in printed(NoticeKind.SUPPLEMENT, answer_by=None)


@pytest.mark.parametrize("kind", [NoticeKind.DECLINE, NoticeKind.PRELIMINARY_REFUSAL])
def test_a_refusal_gives_ground_reasons_and_remedies(kind):
    text = printed(kind)
    for words in ("不属于本机关职权范围", "1. 该项目环境影响评价文件", "2. 项目跨两个行政区域", "吉林省生态环境厅"):
        assert words in text
    assert "六十日内向公主岭市人民政府申请行政复议" in text
    assert "六个月内依法向公主岭市人民法院提起行政诉讼" in text


def test_a14_2_what_is_not_the_departments_names_whose_it_is():
    assert "请向吉林省水利厅申请" in printed(NoticeKind.PRELIMINARY_REFUSAL, right_organ="吉林省水利厅")


def test_silence_is_told_with_both_dates():
    text = printed(NoticeKind.DEEMED_ACCEPTANCE)
    assert "至 2026 年 11 月 17 日，本机关未作出" in text
    assert "（2026 年 11 月 10 日）起即为受理" in text


def test_a_filing_is_no_decision_and_says_what_was_filed():
    text = printed(NoticeKind.FILING)
    assert "建设地点吉林省长白山保护开发区池西区" in text
    assert "决定" not in text
    assert "备案回执" in printed(
        NoticeKind.FILING, title="备案回执", particulars=(Particular("备案事项", "竣工验收备案"),)
    )


def test_a14_5_a_completion_lists_every_due_item_and_every_dropped_one():
    text = printed(NoticeKind.COMPLETION)
    for item in SAMPLES[NoticeKind.COMPLETION].items:
        assert item.item in text
        assert item.document_number in text
    assert text.count(DIGEST[:16]) == 25
    for words in (
        "共 25 项",
        "改用城市公共供水",
        "应办事项清单第 2 版",
        SAMPLES[NoticeKind.COMPLETION].list_digest,
        "1. 开工后通过平台报送",
        "3. 竣工后报送",
    ):
        assert words in text


def test_a_long_table_repeats_its_head_on_each_page():
    pages = pages_of(render(NoticeKind.COMPLETION, SAMPLES[NoticeKind.COMPLETION], verify_url=URL))
    assert len(pages) == 2
    assert all("应办事项办理部门结果" in page for page in pages)


def test_an_ordinary_notice_fits_one_page():
    head = replace(HEAD, project_name="年产 20 万套新能源汽车电池托盘智能制造项目")
    facts = replace(SAMPLES[NoticeKind.ACCEPTANCE], head=head, materials=("申请书", "报告表", "公众参与说明"))
    assert len(pages_of(render(NoticeKind.ACCEPTANCE, facts, verify_url=URL))) == 1


def test_the_trace_anchor_stands_in_the_foot_when_there_is_one():
    assert "留痕位置 4711@0123456789abcdef" in headed(NoticeKind.ACCEPTANCE, anchor="4711@0123456789abcdef")
    assert "留痕位置" not in printed(NoticeKind.ACCEPTANCE)


@pytest.mark.parametrize(
    "name", ['#panic("x")', "*粗* _斜_ $x^2$ @甲 <乙>", '"引号" \\ \\u0001', "= 标题", "https://a.example"]
)
def test_a_name_is_printed_as_written_never_run(name):
    assert f"项目名称：{name}，" in headed(NoticeKind.ACCEPTANCE, project_name=name)


@pytest.mark.parametrize("letter", ["😀", "\ue000", "\0", "\x08", "𪚥", "\ufffe"])
def test_a_character_without_a_shape_becomes_a_blank_block(letter):
    assert "项目名称：甲〓乙，" in headed(NoticeKind.ACCEPTANCE, project_name=f"甲{letter}乙")


def test_korean_names_of_yanbian_are_printed():
    assert "연변 김치 공장" in headed(NoticeKind.ACCEPTANCE, unit="연변 김치 공장")


def test_facts_of_another_notice_are_refused():
    with pytest.raises(TypeError, match="acceptance"):
        render(NoticeKind.ACCEPTANCE, SAMPLES[NoticeKind.DECLINE], verify_url=URL)


def test_without_the_fonts_nothing_is_printed(tmp_path):
    with pytest.raises(FontsMissing, match="Noto Serif CJK SC"):
        render(NoticeKind.ACCEPTANCE, SAMPLES[NoticeKind.ACCEPTANCE], verify_url=URL, fonts=tmp_path)


def test_a_sample_material_is_no_approval_document():
    material = sample_material("项目申请报告", date(2026, 11, 13))
    receive([material], S3Store(MemoryStore()), filename="报告.pdf", allowed=SCAN_KINDS, limit=SCAN_LIMIT)
    said = text_of(material)
    assert "项目申请报告" in said
    assert "演示文件" in said
    assert "批复如下" not in said


def test_a_sample_scan_passes_as_upload_and_says_what_it_is():
    scan = sample_scan(
        "关于可行性研究报告的批复", "吉发改审批〔2026〕64 号", "吉林省发展和改革委员会", date(2026, 11, 13)
    )
    assert scan == sample_scan(
        "关于可行性研究报告的批复", "吉发改审批〔2026〕64 号", "吉林省发展和改革委员会", date(2026, 11, 13)
    )
    received = receive([scan], S3Store(MemoryStore()), filename="批复.pdf", allowed=SCAN_KINDS, limit=SCAN_LIMIT)
    assert received.size == len(scan)
    for words in (
        "关于可行性研究报告的批复",
        "吉发改审批〔2026〕64 号",
        "2026 年 11 月 13 日",
        "演示文件，不具有法律效力",
    ):
        assert words in text_of(scan)
