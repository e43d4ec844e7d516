"""What Jinja made of each template, kept for every portal of this process: a test opens its own."""

from types import CodeType

from jinja2.bccache import Bucket, BytecodeCache
from starlette.applications import Starlette


class Kept(BytecodeCache):
    """Compiled templates by their place and source."""

    def __init__(self) -> None:
        self._code: dict[tuple[str, str], CodeType] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        bucket.code = self._code.get((bucket.key, bucket.checksum))

    def dump_bytecode(self, bucket: Bucket) -> None:
        assert bucket.code is not None
        self._code[bucket.key, bucket.checksum] = bucket.code


KEPT = Kept()


def keep_templates(app: Starlette) -> None:
    """Let a portal take its templates from those compiled before."""
    app.state.portal.templates.bytecode_cache = KEPT
