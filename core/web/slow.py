"""Slow clients: a request whose body makes no progress is ended, so that a few can't hold everyone (F7, T24)."""

import anyio
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

SECONDS_WITHOUT_PROGRESS = 30


class SlowClients:
    """Answers 408 when a request body makes no progress for half a minute."""

    def __init__(self, app: ASGIApp, *, seconds: float = SECONDS_WITHOUT_PROGRESS) -> None:
        self.app = app
        self.seconds = seconds

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, with a watch on each wait for its body."""
        if scope["type"] != "http" or scope["method"] in ("GET", "HEAD"):
            await self.app(scope, receive, send)
            return
        done = False

        async def watched() -> Message:
            nonlocal done
            if done:
                return await receive()
            with anyio.fail_after(self.seconds):
                message = await receive()
            done = message["type"] != "http.request" or not message.get("more_body", False)
            return message

        try:
            await self.app(scope, watched, send)
        except TimeoutError:
            answer = PlainTextResponse("请求超时，请重试", status_code=408)
            await answer(scope, receive, send)
