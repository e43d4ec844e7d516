"""What the unit sent and the approval zone hasn't answered yet, in the same words on every page (A2.1).

A page never shows as done what only lies in the internet zone: until the receipt is here it says so, and where the
message has arrived without having been dealt with, it says that.
"""

from dataclasses import dataclass

from core.exchange.status import Answer, Delivery, answer_to
from core.web.ask import Ask

ON_ITS_WAY = "已提交，等待送达"
ARRIVED = "已送达审批区，等待处理"


@dataclass(frozen=True)
class DeliveryShown:
    """Something under way: how far it is, and that the unit needn't do anything."""

    title: str
    words: str


def under_way(ask: Ask, message_id: str, what: str, *, then: str = "") -> DeliveryShown | None:
    """How far a message of the unit is; None when it was answered, or nothing was sent.

    `what` names it in a sentence (申请), `then` says what follows once it is there.
    """
    return delivery_shown(answer_to(ask.session, message_id), what, then=then) if message_id else None


def delivery_shown(answer: Answer, what: str, *, then: str = "") -> DeliveryShown | None:
    """The same for an answer that is known."""
    follows = f"{then}，" if then else ""
    if answer.delivery is Delivery.ON_ITS_WAY:
        return DeliveryShown(ON_ITS_WAY, f"{what}已保存在本平台，正在送往审批区；{follows}不需要你再操作。")
    if answer.delivery is Delivery.ARRIVED:
        return DeliveryShown(ARRIVED, f"{what}已在审批区排队，轮到后处理；{follows}不需要你再操作。")
    return None
