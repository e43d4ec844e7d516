"""What is to happen with each project of the demonstration: who declares what where, and in which rounds it applies.

Days are counted back from the demonstration's day in working days: `ago` 1 is the working day before it.
"""

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from core.demo.archetypes import ARCHETYPES, BY_KEY, Archetype
from core.demo.enterprises import Owner
from core.demo.places import BUSY, ZONES, Place, place_of, quiet_counties

HISTORY = 190
"""Working days of traffic: about nine months."""


@dataclass(frozen=True)
class Round:
    """One application for `most` items at the most; `stories` names the first choice, and their stories where not "".

    Only a round that is `finishing` asks for what can be had after the building stands.
    """

    ago: int
    most: int = 3
    stories: Mapping[str, str] = field(default_factory=dict)
    finishing: bool = False


@dataclass(frozen=True)
class Plan:
    """One project of the demonstration; `declared_ago` 0 means declared, but not carried to the extranet yet."""

    archetype: Archetype
    owner: Owner
    place: Place
    zone: str
    level: str
    name: str
    number: int
    total: int
    declared_ago: int
    rounds: tuple[Round, ...]


def make_plans(owners: Sequence[Owner], *, projects: int, seed: int) -> list[Plan]:
    """So many plans: those of both demonstration enterprises first, which together meet every state, then by chance."""
    drawn = random.Random(f"{seed}:plans")
    made: list[Plan] = []
    names: set[str] = set()
    for key, number, ago, asked in _SHOWCASE[:projects]:
        place = place_of(owners[number].region)
        made.append(_plan(drawn, BY_KEY[key], owners[number], place, ago, asked, names, zone_chance=0.0))
    regions = _regions(drawn, projects - len(made))
    for region in regions:
        place = place_of(region)
        life = drawn.choices(_LIVES, _BUSY_LIVES if place.is_busy else _QUIET_LIVES)[0]
        archetype, owner = _suiting(drawn, owners, place, is_small=life == "finished")
        declared_ago, rounds = _life(drawn, life, place, is_public=archetype.project_type == "01")
        made.append(_plan(drawn, archetype, owner, place, declared_ago, rounds, names, zone_chance=0.3))
    return made


def _regions(drawn: random.Random, count: int) -> Iterator[str]:
    busy, shares = [region for region, _ in BUSY], [share for _, share in BUSY]
    quiet = quiet_counties()
    turn = 0
    for _ in range(count):
        if drawn.randrange(100) < sum(shares):
            yield drawn.choices(busy, shares)[0]
        else:
            yield quiet[turn % len(quiet)]
            turn += 1


def _suiting(drawn: random.Random, owners: Sequence[Owner], place: Place, *, is_small: bool) -> tuple[Archetype, Owner]:
    """A kind of project for this place, and someone who builds it: from here, else from the prefecture, else anyone."""
    lines = {one.line for one in owners if one.line != "public" or one.region[:4] == place.region[:4]}
    fitting = [
        one
        for one in ARCHETYPES
        if one.line in lines and (not one.regions or place.region in one.regions) and one.is_small >= is_small
    ]
    archetype = drawn.choices(fitting, [one.weight for one in fitting])[0]
    able = [one for one in owners if one.line == archetype.line]
    for near in (place.region, place.region[:4], ""):
        if here := [one for one in able if one.region.startswith(near)]:
            return archetype, drawn.choice(here)
    raise ValueError(f"nobody builds {archetype.key}")


def _life(drawn: random.Random, life: str, place: Place, *, is_public: bool) -> tuple[int, tuple[Round, ...]]:
    """When a project was declared and when it applied, by how far it shall have come."""
    if life == "new":
        return drawn.randint(1, 9), ()
    if life == "finished":
        last = drawn.randint(14, 60)
        first = last + drawn.randint(25, 80)
        stories = _SMOOTH | ({"DRC-06": "denied"} if drawn.random() < 0.4 else {})
        return first + drawn.randint(2, 6), (Round(first, 9, stories), Round(last, 9, stories, finishing=True))
    if life == "resting":
        last = drawn.randint(45, 160)
        return last + drawn.randint(2, 6), (Round(last, drawn.choice((1, 1, 1, 2))),)
    count = 1 + (drawn.random() < 0.25) + (is_public and drawn.random() < 0.5)
    agos = [drawn.choice((1, 1, 3, 3, 5, 5, 7, 9, 11, 13, 15, 17, 19, 21, 23))]
    while len(agos) < count:
        agos.append(agos[-1] + drawn.randint(14, 28))
    most = (2, 3) if place.is_busy else (1, 2)
    rounds = [Round(ago, drawn.choice(most), _WATCHED) for ago in reversed(agos)]
    return agos[-1] + drawn.randint(2, 6), tuple(rounds)


def _plan(
    drawn: random.Random, archetype: Archetype, owner: Owner, place: Place, declared_ago: int,
    rounds: tuple[Round, ...], names: set[str], *, zone_chance: float,
) -> Plan:  # fmt: skip
    zone, level = "", "county"
    number = drawn.randint(*archetype.numbers)
    if archetype.project_type == "03" and not archetype.regions and drawn.random() < zone_chance:
        zone = ZONES.get(place.region, "")
        level = "zone" if zone else level
    elif drawn.random() < zone_chance / 4:
        level = drawn.choice(("prefecture", "prefecture", "province"))
    return Plan(
        archetype=archetype,
        owner=owner,
        place=place,
        zone=zone,
        level=level,
        name=_new_name(drawn, archetype, place, number, names),
        number=number,
        total=drawn.randint(archetype.total[0] // 100, archetype.total[1] // 100) * 100,
        declared_ago=declared_ago,
        rounds=rounds,
    )


def _new_name(drawn: random.Random, archetype: Archetype, place: Place, number: int, names: set[str]) -> str:
    for phase in ("", "", "", "二期", "三期", "四期", "五期", "六期"):
        template = drawn.choice(archetype.names)
        ordinal = _ORDINALS[number % len(_ORDINALS)]
        name = template.format(place=place.name, spot=drawn.choice(place.spots), n=number, ordinal=ordinal)
        for ending in ("项目", "工程"):
            if phase and name.endswith(ending):
                name = f"{name.removesuffix(ending)}{phase}{ending}"
        if name not in names:
            break
    names.add(name)
    return name


_ORDINALS = [ten + one for ten in ("", "十") for one in "一二三四五六七八九"]
_SMOOTH = {"ECO-02": "plain", "DRC-05": "filed", "IIT-01": "filed", "ECO-03": "filed_calmly", "ECO-04": "filed"}
_WATCHED = {"ECO-02": "", "ECO-03": "", "DRC-05": "", "DRC-06": ""}
"""Items that open projects apply for before others, with any story: the inboxes of drc and ee shall be full."""

_LIVES = ("new", "open", "resting", "finished")
_BUSY_LIVES = (8, 72, 10, 10)
_QUIET_LIVES = (20, 38, 31, 11)
_SHOWCASE: tuple[tuple[str, int, int, tuple[Round, ...]], ...] = (
    # what is built, by whom (0 or 1), declared how many working days ago, and the rounds of application
    ("parts", 0, 62, (
        Round(60, 3, {"DRC-05": "filed", "ECO-02": "conditions", "WAT-01": "plain"}),
        Round(24, 2, {"NRD-04": "sent_back", "DRC-06": "slow"}),
        Round(9, 2, {"NRD-05": "plain", "HUD-02": "careful"}),
    )),
    ("food", 1, 20, (
        Round(18, 3, {"DRC-05": "filed_calmly", "DRC-06": "paused_on", "ECO-02": "unanswered"}),
    )),
    ("renovation", 1, 122, (
        Round(120, 2, {"IIT-01": "filed", "ECO-02": "plain"}),
        Round(70, 2, {"ECO-04": "filed_calmly"}, finishing=True),
    )),
    ("parts", 0, 4, (Round(2, 4, {"DRC-05": "filed_slowly", "ECO-02": "careful", "WAT-01": "late_review"}),)),
    ("food", 1, 14, (
        Round(12, 3, {"DRC-05": "filed", "DRC-06": "late_sign_off", "ECO-02": "half_silent"}),
    )),
    ("purchase", 0, 3, ()),
    ("ferment", 1, 66, (
        Round(64, 3, {"DRC-05": "filed", "DRC-06": "denied", "ECO-03": "filed"}),
    )),
    ("purchase", 0, 0, ()),
    ("food", 1, 26, (
        Round(24, 3, {"DRC-05": "filed", "DRC-06": "declined", "ECO-02": "slow"}),
    )),
    ("parts", 0, 32, (
        Round(30, 3, {"DRC-05": "filed", "ECO-02": "withdrawn", "WAT-01": "refused"}),
        Round(11, 3, {"ECO-02": "supplemented", "WAT-01": "silent", "DRC-06": "paused"}),
    )),
    ("rooftop", 1, 6, (Round(4, 2, {"DRC-05": "filed_late", "ECO-03": "filed_calmly"}),)),
    ("food", 1, 6, (Round(4, 3, {"DRC-05": "filed_slowly", "DRC-06": "careful", "ECO-02": "late_review"}),)),
)  # fmt: skip
