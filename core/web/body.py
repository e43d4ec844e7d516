"""The body of a request as a form: read once, and never further than its route allows (F9, T18, T24).

The count is kept here and not in Starlette's own limit, which would answer in its own words, past our headers and page.
"""

from starlette.datastructures import FormData
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.types import Message

BODY_LIMIT = 1024 * 1024
"""Bytes of a request, unless its route takes files."""

UPLOAD_LIMIT = 60 * 1024 * 1024
"""Bytes of a request whose route takes files: one file of 50 MB and its form."""

FIELDS, FIELD_LIMIT, FILES = 600, 256 * 1024, 20


def plain(text: str) -> str:
    """Text without what no column can hold: NUL (PostgreSQL) and halves of surrogate pairs (UTF-8)."""
    return text.replace("\x00", "").encode("utf-8", "ignore").decode()


async def form_of(request: Request, *, takes_files: bool) -> FormData:
    """The posted form. Raises 413 for a body that is too large, 400 for one that can't be read as a form."""
    limit = UPLOAD_LIMIT if takes_files else BODY_LIMIT
    announced = request.headers.get("content-length", "")
    if announced.isascii() and announced.isdigit() and (len(announced) > 18 or int(announced) > limit):
        raise HTTPException(413)
    received = 0

    async def counted() -> Message:
        nonlocal received
        message = await request.receive()
        received += len(message.get("body", b""))
        if received > limit:
            raise HTTPException(413)
        return message

    try:
        return await Request(request.scope, counted).form(
            max_files=FILES if takes_files else 0, max_fields=FIELDS, max_part_size=FIELD_LIMIT
        )
    except UnicodeError as error:  # a made-up charset of a multipart body
        raise HTTPException(400) from error
