"""A page never passes an old picture for a new one, nor what is under way for what is done (A2.1, A17.2)."""

import pytest

from core.exchange import heartbeats, message
from core.exchange.heartbeats import tell_life
from core.exchange.message import Direction
from tests import world as cast
from tests.public_portal.browser import Browser
from tests.world import World


@pytest.fixture(autouse=True)
def _look_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(heartbeats, "LOOK_SECONDS", 0)


def test_every_page_says_up_to_when_it_holds_once_the_other_zone_is_silent(
    applied_citizen: Browser, applied_world: World
) -> None:
    progress = f"/query/{applied_world.code}"
    assert "办理信息更新至 11 月 23 日 09:00" in applied_citizen.open(progress).text
    assert "之后的受理、办理和结果稍后显示" not in applied_citizen.open("/").text
    applied_world.later(minutes=3)
    for path in ("/", "/guides", "/disclosures", progress):
        assert "办理信息更新至 11 月 23 日 09:00。 之后的受理" in applied_citizen.open(path).text
    tell_life(applied_world.extranet, applied_world.now)
    applied_world.pump()
    assert "之后的受理" not in applied_citizen.open("/").text
    assert "办理信息更新至 11 月 23 日 09:03" in applied_citizen.open(progress).text


def test_what_has_arrived_but_was_not_dealt_with_is_not_called_delivered(
    applied_unit: Browser, applied_world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = applied_world
    one = cast.application(world, world.code, "ECO-02")
    case, project = f"/projects/{world.code}/applications/{one.id}", f"/projects/{world.code}"
    applied_unit.press(applied_unit.open(f"{case}/withdrawal"), "撤回申请", reason="调整方案")
    assert "已提交，等待送达" in applied_unit.open(case).text
    assert f"已提交，等待送达：{one.item_name}（撤回）" in applied_unit.open(project).text

    def busy(session: object, told: object, envelope: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setitem(message._appliers, ("application.withdrawn.v1", Direction.TO_EXTRANET), busy)
    world.pump()
    tell_life(world.extranet, world.later(minutes=1).now)
    world.pump()
    assert "已送达审批区，等待处理" in applied_unit.open(case).text
    assert f"已送达审批区，等待处理：{one.item_name}（撤回）" in applied_unit.open(project).text
