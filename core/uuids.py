"""Identifiers that sort by the time they were made, for rows that leave the zone they were born in."""

import uuid_utils


def uuid7() -> str:
    """A new time-ordered identifier: 36 lower-case characters, hyphens included (RFC 9562, version 7)."""
    return str(uuid_utils.uuid7())
