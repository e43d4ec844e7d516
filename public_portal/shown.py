"""Names of the reference files as citizens read them: code lists and departments."""

from collections.abc import Iterable

from core.reference import loader


def names_in(code_list: str) -> dict[str, str]:
    """A code list as code → name."""
    return {choice.code: choice.name for choice in loader.load().code_lists[code_list]}


def department_name(code: str) -> str:
    """A department's name of today, with the former one where two have merged; its code when it is unknown."""
    known = loader.load().department_by_code
    if code not in known:
        return code
    found = known[code]
    name = found.successor_name.removeprefix("吉林省")
    merged = any(one.code != code and one.name == found.successor_name for one in known.values())
    return f"{name}（原{found.name.removeprefix('吉林省')}）" if merged else name


def in_department_order(codes: Iterable[str]) -> list[str]:
    """Departments in the order of the regulation, each once."""
    used = set(codes)
    return [code for code in loader.load().department_by_code if code in used]
