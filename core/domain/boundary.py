"""The boundary of a site (用地红线): corner points in CGCS2000, read from GeoJSON or from a list of points (A14.1b).

A list has one corner a line: longitude and latitude in degrees, parted by a comma or spaces. What is kept is a GeoJSON
polygon of one closed ring.
"""

import json
import re
from itertools import pairwise

from core.domain.fields import JsonValue
from core.errors import RuleRefusal

Point = tuple[float, float]

WEST, SOUTH, EAST, NORTH = 121.6, 40.8, 131.4, 46.4
"""A frame around Jilin in degrees: a swapped or projected pair of coordinates falls outside."""

MOST_CORNERS = 500


def read_boundary(text: str, field: str) -> JsonValue:
    """A GeoJSON polygon from what was pasted into the form.

    Refuses unreadable coordinates, fewer than three corners, more than 500, corners outside Jilin, and a line that
    crosses itself. A14.1b.
    """
    try:
        corners = _corners(text)
    except (ValueError, TypeError, KeyError, IndexError, AttributeError, RecursionError):
        words = "界址点每行填一个：经度、纬度（度，CGCS2000），如 125.3245, 43.8171；也可以粘贴 GeoJSON 多边形"
        raise RuleRefusal(words, field=field, article="A14.1b") from None
    if problem := _problem(corners):
        raise RuleRefusal(problem, field=field, article="A14.1b")
    return {"type": "Polygon", "coordinates": [[[x, y] for x, y in [*corners, corners[0]]]]}


def _corners(text: str) -> list[Point]:
    """The ring without its closing point."""
    points = _from_geojson(json.loads(text)) if text.lstrip().startswith("{") else _from_lines(text)
    if len(points) > 1 and points[0] == points[-1]:
        points.pop()
    return points


def _from_geojson(shape: dict[str, JsonValue]) -> list[Point]:
    geometry = shape.get("geometry", shape)
    if not isinstance(geometry, dict) or geometry["type"] != "Polygon":
        raise ValueError("no polygon")
    rings = geometry["coordinates"]
    if not isinstance(rings, list) or len(rings) != 1 or not isinstance(rings[0], list):
        raise ValueError("one ring is wanted")
    return [(float(str(point[0])), float(str(point[1]))) for point in rings[0] if isinstance(point, list)]


def _from_lines(text: str) -> list[Point]:
    points = []
    for line in text.splitlines():
        numbers = [part for part in re.split(r"[\s,，、;；]+", line) if part]
        if numbers:
            longitude, latitude = numbers
            points.append((float(longitude), float(latitude)))
    return points


def _problem(corners: list[Point]) -> str:
    if not 3 <= len(set(corners)) <= MOST_CORNERS or len(set(corners)) != len(corners):
        return f"界址点要 3 至 {MOST_CORNERS} 个，且不能重复，现在 {len(corners)} 个"
    for number, (x, y) in enumerate(corners, 1):
        if not (WEST <= x <= EAST and SOUTH <= y <= NORTH):
            return f"第 {number} 个界址点不在吉林省范围内，请核对经度、纬度的顺序和单位（度）"
    return "界址点连线自相交叉，请按顺序填写" if _crosses_itself(corners) else ""


def _crosses_itself(corners: list[Point]) -> bool:
    sides = list(pairwise([*corners, corners[0]]))
    return any(
        _cross(*sides[first], *sides[second])
        for first in range(len(sides))
        for second in range(first + 2, len(sides))
        if (first, second) != (0, len(sides) - 1)
    )


def _cross(a: Point, b: Point, c: Point, d: Point) -> bool:
    return _side(a, b, c) * _side(a, b, d) < 0 and _side(c, d, a) * _side(c, d, b) < 0


def _side(a: Point, b: Point, c: Point) -> float:
    return (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0])
