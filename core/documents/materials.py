"""Materials: handed in once for a project, used wherever the same is asked for (A14.1d). Internet zone."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, select

from core.documents.tables import Material
from core.domain.policy import Actor
from core.errors import Absent
from core.guides.guide import Guide, MaterialNeed
from core.trace import record


@dataclass(frozen=True)
class Filed:
    """A file as it came in: its name and kind checked, its bytes in the store under their digest."""

    file_name: str
    media_type: str
    digest: str
    size: int


@dataclass(frozen=True)
class Wanted:
    """One material a guide asks for, and what of it is there already."""

    need: MaterialNeed
    have: Material | None

    @property
    def is_missing(self) -> bool:
        """Whether acceptance would fail for want of it."""
        return self.need.must_be_handed_in and self.have is None


def wanted_for(session: Session, project_code: str, guide: Guide) -> tuple[Wanted, ...]:
    """Every material the guide asks for, with the one already handed in for this project, whoever asked for it."""
    return wanted_of(session, project_code, guide.item_code, guide.materials)


def wanted_of(session: Session, project_code: str, item_code: str, needs: Sequence[MaterialNeed]) -> tuple[Wanted, ...]:
    """Some needs of an item, listed in its guide or not, each with what was handed in for it."""
    held = current_materials(session, project_code)
    return tuple(_match(need, item_code, held) for need in needs)


def earlier_versions(session: Session, project_code: str, item_code: str) -> Mapping[str, Sequence[Material]]:
    """What was handed in for an item and replaced since, by material code, newest first (A14.3)."""
    found: dict[str, list[Material]] = {}
    for one in session.exec(
        select(Material)
        .where(
            col(Material.project_code) == project_code,
            col(Material.item_code).in_(("", item_code)),
            col(Material.replaced_at).is_not(None),
        )
        .order_by(col(Material.handed_in_at).desc())
    ):
        found.setdefault(one.material_code, []).append(one)
    return found


def wanted_for_all(session: Session, project_code: str, guides: Sequence[Guide]) -> Mapping[str, tuple[Wanted, ...]]:
    """`wanted_for` several guides at once, by item code, with one look at what was handed in."""
    held = current_materials(session, project_code)
    return {guide.item_code: tuple(_match(need, guide.item_code, held) for need in guide.materials) for guide in guides}


def current_materials(session: Session, project_code: str) -> Sequence[Material]:
    """What the unit has handed in for a project and not replaced since."""
    return session.exec(
        select(Material)
        .where(col(Material.project_code) == project_code, col(Material.replaced_at).is_(None))
        .order_by(col(Material.handed_in_at))
    ).all()


def hand_in(
    session: Session, project_code: str, guide: Guide, need: MaterialNeed, filed: Filed, *, by: Actor, at: datetime
) -> Material:
    """Keep a file as the answer to one need; a reusable one answers the same need of every item (A14.1d).

    An earlier file for the same need is kept as replaced: nothing that was handed in is lost.
    """
    item_code = "" if need.reusable else guide.item_code
    for earlier in current_materials(session, project_code):
        if earlier.material_code == need.code and earlier.item_code == item_code:
            earlier.replaced_at = at
            session.add(earlier)
    material = Material(
        project_code=project_code,
        item_code=item_code,
        material_code=need.code,
        name=need.name,
        file_name=filed.file_name,
        media_type=filed.media_type,
        digest=filed.digest,
        size=filed.size,
        handed_in_by=by.id,
        handed_in_at=at,
    )
    session.add(material)
    session.flush()
    record(
        session, "material.hand_in", "material", material.id, f"提交材料：{need.name}",
        by=by, at=at, project_code=project_code,
    )  # fmt: skip
    return material


def material_of(session: Session, project_code: str, material_id: str) -> Material:
    """One material of a project: a file is reached only through a row of one's own, never by its digest (T3)."""
    found = session.get(Material, material_id)
    if found is None or found.project_code != project_code:
        raise Absent("没有找到这份材料")
    return found


def _match(need: MaterialNeed, item_code: str, held: Sequence[Material]) -> Wanted:
    for material in held:
        if material.material_code == need.code and material.item_code in ("", item_code):
            return Wanted(need, material)
    return Wanted(need, None)
