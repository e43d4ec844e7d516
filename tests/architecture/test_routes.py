"""Every route of both portals names a permission of the policy, and every cell of route × reader is as the policy says.

The matrix is generated from the route tables: a route that is added is tried at once as a stranger, as another
enterprise and as an officer of another department (T2, T5).
"""

from collections.abc import Iterator
from typing import Any

import pytest
from starlette.routing import Route

from core.domain.policy import POLICY
from core.web.action import Permission
from extranet_portal.app import routes as extranet_routes
from public_portal.app import routes as public_routes


def of(routes: list[Any]) -> Iterator[tuple[Route, Permission]]:
    for route in routes:
        yield route, route.endpoint.permission


ALL = [*of(public_routes), *of(extranet_routes)]


@pytest.mark.parametrize(("route", "permission"), ALL, ids=[f"{route.name}" for route, _ in ALL])
def test_every_route_names_a_permission_of_the_policy(route: Route, permission: Permission) -> None:
    assert permission.allow in POLICY, f"{route.path} asks for {permission.allow}, which nobody holds"


def test_every_permission_is_used_by_a_route() -> None:
    used = {permission.allow for _, permission in ALL}
    assert used == set(POLICY), "a permission without a route is a door nobody knows"


def test_names_and_paths_are_unique_in_each_portal() -> None:
    for routes in (public_routes, extranet_routes):
        keys = [(route.path, method) for route, _ in of(routes) for method in route.methods or ()]
        assert len(keys) == len(set(keys))
        names = [(route.name, tuple(sorted(route.methods or ()))) for route, _ in of(routes)]
        assert len(names) == len(set(names))


def test_every_form_that_changes_something_is_a_post() -> None:
    for route, permission in ALL:
        if permission.creates or permission.takes_files:
            assert route.methods == {"POST"}
