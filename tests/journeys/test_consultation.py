"""会商 by browser (A14.4b): two units are asked, one objects; nothing is proposed before the objection is answered."""

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.journeys.conftest import Seat, Story, shoot
from tests.journeys.people import a_file, fill, press, sees

pytestmark = pytest.mark.browser

REPORT = "环境影响报告表审批"
LAND, WATER = "长春市南关区自然资源局", "长春市南关区水利局"
SUBJECT = "是否占用伊通河管理范围"
OBJECTION = "用地东侧边界与河道管理范围重叠约 0.3 公顷，请调整后再报。"
DISPOSITION = "已会同设计单位调整总平面，东侧边界退让 30 米。"


@pytest.mark.parametrize("engine_kind", ["sqlite"])
def test_a14_4b_an_objection_needs_its_answer_before_the_consultation_is_closed(
    story: Callable[..., Story], seat: Seat, tmp_path: Path
) -> None:
    told = story("consultation")
    handler = seat("handler", "220102-ee")
    handler.open_case(REPORT, told.code)
    case = handler.page.url
    handler.consult(SUBJECT, "请确认项目用地是否占用河道管理范围，如占用请写明面积。", LAND, WATER)
    sees(handler.page, "已发出", LAND, WATER, "征求意见中")
    letter = handler.page.url.partition("?")[0]
    handler.page.goto(case)
    sees(handler.page, "会商函询尚未结束，请先结束或撤回，再提交签批")
    expect(handler.page.locator("#proposal")).to_have_count(0)

    land = seat("handler", "220102-nr")
    land.open_letter(SUBJECT)
    expect(land.page.locator("main")).not_to_contain_text(WATER)
    land.answer("同意")
    sees(land.page, "已答复")
    water = seat("handler", "220102-water")
    water.open_letter(SUBJECT)
    water.answer("不同意")
    sees(water.page, "须写明理由和具体意见")
    water.answer("不同意", OBJECTION)
    sees(water.page, "已答复", OBJECTION)
    shoot(water.page, "consultation-asked")
    assert water.page.goto(case).status == 404

    handler.page.goto(letter)
    sees(handler.page, OBJECTION)
    fill(handler.page, {"conclusion": "各单位意见已采纳，可以继续办理。"})
    press(handler.page, "结束会商")
    sees(handler.page, f"请写明对{WATER}意见的处理情况")
    expect(handler.page.locator("[name=conclusion]")).to_have_value("各单位意见已采纳，可以继续办理。")
    shoot(handler.page, "consultation-objection", in_readme=True)
    handler.page.locator("[name^=disposition-]").fill(DISPOSITION)
    press(handler.page, "结束会商")
    sees(handler.page, "已结束，可以继续办理", DISPOSITION)
    shoot(handler.page, "consultation-closed")

    handler.page.goto(case)
    sees(handler.page, f"处理情况：{DISPOSITION}")
    handler.propose("南环审（表）〔2026〕81 号", a_file(tmp_path, "关于环境影响报告表的批复.pdf"))
    sees(handler.page, "已提交签批")
    shoot(handler.page, "consultation-case")
    water.open_letter(SUBJECT)
    sees(water.page, DISPOSITION)
