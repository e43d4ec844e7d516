"""Canonical JSON (RFC 8785): the one way in which whatever is digested or signed is put into bytes.

Anybody can compute these bytes again with a library of any language. The library used here walks a value in Python and
replaces each sign that needs an escape by a call, half a millisecond for a declaration. The standard library's encoder,
which is compiled, writes the same bytes for texts, whole numbers, lists and objects with plain names; whatever else
there is, floating-point numbers above all, goes to the library.
"""

import json
from typing import Any

import rfc8785

_LARGEST = 2**53 - 1
"""The largest whole number that RFC 8785 knows; the library refuses what lies beyond."""

_compiled = json.JSONEncoder(ensure_ascii=False, allow_nan=False, sort_keys=True, separators=(",", ":")).encode


def canonical_bytes(value: Any) -> bytes:
    """The canonical bytes of a JSON value; raises ValueError when it has none, such as half a surrogate pair.

    A name that is no text is a bug and raises TypeError.
    """
    return _compiled(value).encode() if _is_plain(value) else rfc8785.dumps(value)


def _is_plain(value: Any) -> bool:
    """Whether both encoders agree: ASCII names sort alike by letter and by UTF-16, floats are written in two ways."""
    if value is None or isinstance(value, str | bool):
        return True
    if isinstance(value, dict):
        return "".join(value).isascii() and all(map(_is_plain, value.values()))
    if isinstance(value, list | tuple):
        return all(map(_is_plain, value))
    return type(value) is int and -_LARGEST <= value <= _LARGEST
