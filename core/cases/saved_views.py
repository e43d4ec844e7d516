"""Filters of the inbox that an officer keeps under a name (我的视图): their own alone. Extranet."""

from collections.abc import Sequence

from sqlmodel import Session, col, select

from core.cases.desk_tables import SavedView
from core.domain.policy import Actor
from core.domain.secrecy import refuse_classified
from core.errors import RuleRefusal

MOST = 20
LONGEST_NAME = 30


def save_view(session: Session, name: str, query: str, *, by: Actor) -> SavedView:
    """Keep these filters under a name; refuses a name in use, and more views than one can overlook."""
    own = views_of(session, by)
    words = _name(name, [view.name for view in own])
    if len(own) >= MOST:
        raise RuleRefusal(f"最多保存 {MOST} 个视图，请先删除不用的", field="name")
    view = SavedView(officer_id=by.id, name=words, query=query[:500])
    session.add(view)
    session.flush()
    return view


def rename_view(session: Session, view_id: int, name: str, *, by: Actor) -> None:
    """Give one of one's own views another name."""
    own = views_of(session, by)
    view = _own(own, view_id)
    view.name = _name(name, [other.name for other in own if other.id != view_id])
    session.add(view)


def delete_view(session: Session, view_id: int, *, by: Actor) -> None:
    """Forget one of one's own views; the cases in it are untouched."""
    session.delete(_own(views_of(session, by), view_id))


def views_of(session: Session, by: Actor) -> Sequence[SavedView]:
    """One's own views, in the order they were made."""
    return session.exec(select(SavedView).where(col(SavedView.officer_id) == by.id).order_by(col(SavedView.id))).all()


def _own(views: Sequence[SavedView], view_id: int) -> SavedView:
    found = next((view for view in views if view.id == view_id), None)
    if found is None:
        raise RuleRefusal("没有找到这个视图，可能已经删除", field="name")
    return found


def _name(name: str, taken: Sequence[str]) -> str:
    words = " ".join(name.split())
    if not words or len(words) > LONGEST_NAME:
        raise RuleRefusal(f"请给视图起一个名称，最多 {LONGEST_NAME} 个字", field="name")
    if words in taken:
        raise RuleRefusal("已有同名的视图，请换一个名称", field="name")
    refuse_classified({"name": words})
    return words
