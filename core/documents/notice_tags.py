"""Every tag a notice's template uses exists among the facts of that notice, or the template can't be released (A7.1).

A tag is `d.something` or `head.something`, or a field of what a loop goes over: `defect.cure`. They are compared with
the dataclasses of `core.documents.notice_facts`, so a slip is found before a department issues the notice, also in a
line that only some cases print.
"""

import re
import types
import typing
from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass
from pathlib import Path

from core.documents.notice_facts import KINDS, Head, Limits, Remedies

LAYOUTS = Path(__file__).parents[2] / "templates" / "notices"
"""Where the templates lie: one file for each kind of notice, what all share in `_layout.typ`."""

_ALWAYS = frozenset({"title", "check", "day"})
"""What `core.documents.rendering` adds to the facts of every notice."""

_SHARED = {"head": Head, "l": Limits, "r": Remedies}
"""Names that the shared layout gives to parts of the facts."""

_METHODS = frozenset(
    {"at", "enumerate", "filter", "first", "flatten", "join", "last", "len", "map", "pos", "rev", "slice", "split"}
)
"""What Typst can do with a text or a list."""

_CHAIN = re.compile(r"(?<![\w.\"-])([a-z]\w*)((?:\.[a-z_]+)+)")
_BINDINGS = (
    re.compile(r"\bd\.(?P<of>\w+)(?:\.enumerate\([^)]*\))?\.map\(\(*(?:\w+,\s*)?(?P<name>\w+)\)*\s*=>"),
    re.compile(r"\bfor \(?(?:\w+,\s*)?(?P<name>\w+)\)? in d\.(?P<of>\w+)"),
)
_COMMENT = re.compile(r"(?m)^//.*$|\s//\s.*$")


def findings(root: Path = LAYOUTS) -> list[str]:
    """Every unknown tag of the notices' templates, as `path:line: words`; empty when all exist."""
    return [
        f"templates/notices/{path.name}:{line}: {words}"
        for path in sorted(root.glob("*.typ"))
        for line, words in check(path.stem, path.read_text(encoding="utf-8"))
    ]


def check(name: str, text: str) -> list[tuple[int, str]]:
    """The unknown tags of one template, named after its kind of notice; what is no notice holds what it likes."""
    shapes = [shape for shape, kind in KINDS.items() if name in (kind.value, "_layout")]
    if not shapes:
        return []
    plain = _COMMENT.sub(lambda found: " " * len(found[0]), text)
    bound = _bindings(plain, shapes)
    return [
        (plain.count("\n", 0, at) + 1, f"{tag}: no such tag among the facts of this notice")
        for at, tag in _tags(plain)
        if not any(_exists(tag, _scope(shape, bound, at)) for shape in shapes)
    ]


def tags_of(name: str, text: str) -> list[tuple[str, bool]]:
    """The tags of one template in the order of their first use, each with whether it exists (A7.1)."""
    shapes = [shape for shape, kind in KINDS.items() if name in (kind.value, "_layout")]
    plain = _COMMENT.sub(lambda found: " " * len(found[0]), text)
    bound = _bindings(plain, shapes)
    used: dict[str, bool] = {}
    for at, tag in _tags(plain):
        if shapes and tag.partition(".")[0] in _scope(shapes[0], bound, at):
            used[tag] = used.get(tag, True) and any(_exists(tag, _scope(shape, bound, at)) for shape in shapes)
    return list(used.items())


def _tags(text: str) -> Iterator[tuple[int, str]]:
    for found in _CHAIN.finditer(text):
        yield found.start(), found[0]


def _bindings(text: str, shapes: list[type]) -> list[tuple[int, str, object]]:
    """Where a loop gives a name to the elements of a list of the facts: position, name, what an element is."""
    found = [one for pattern in _BINDINGS for one in pattern.finditer(text)]
    return sorted(
        ((one.start(), one["name"], _element(_hint(shape, one["of"]))) for one in found for shape in shapes),
        key=lambda one: one[0],
    )


def _scope(shape: type, bound: list[tuple[int, str, object]], at: int) -> Mapping[str, object]:
    """What each name means at a place of the template."""
    return {"d": shape, **_SHARED, **{name: of for start, name, of in bound if start <= at}}


def _exists(tag: str, scope: Mapping[str, object]) -> bool:
    """Whether a tag leads to something; a name that isn't one of ours is Typst's own."""
    name, *parts = tag.split(".")
    if name not in scope:
        return True
    now = scope[name]
    for part in parts:
        if not is_dataclass(now):
            return part in _METHODS
        if name == "d" and now is scope["d"] and part in _ALWAYS:
            return True
        now = _hint(now, part)
        if now is None:
            return False
    return True


def _hint(shape: object, field: str) -> object:
    """What a field of a dataclass is, None left aside; None when it has no such field."""
    if not is_dataclass(shape) or field not in {one.name for one in fields(shape)}:
        return None
    hint = typing.get_type_hints(shape)[field]
    if isinstance(hint, types.UnionType):
        hint = next(one for one in typing.get_args(hint) if one is not type(None))
    return hint


def _element(hint: object) -> object:
    """What a tuple of the facts holds."""
    inside = typing.get_args(hint)
    return inside[0] if inside else str
