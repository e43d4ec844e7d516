"""The three refusals of the platform: words for the reader, the field they stand beside, the article they serve.

Everything else that goes wrong is a bug and stays an exception. Handlers never build an error page themselves:
`core.web.action` turns each refusal into its answer (422, 403 or 404, 409).
"""


class Refusal(Exception):
    """What the platform will not do, in Chinese words that its reader can act on."""

    def __init__(self, words: str, *, article: str = "") -> None:
        super().__init__(words)
        self.words = words
        self.article = article


class RuleRefusal(Refusal):
    """A rule forbids it (422). `field` names the input it is shown beside; empty means the whole form."""

    def __init__(self, words: str, *, field: str = "", article: str = "") -> None:
        super().__init__(words, article=article)
        self.field = field


class FormRefusal(Refusal):
    """Several fields are wrong at once (422): field → words, in the order of the form."""

    def __init__(self, errors: dict[str, str], *, article: str = "") -> None:
        super().__init__("；".join(errors.values()), article=article)
        self.errors = errors


class NotAllowed(Refusal):
    """The actor may not do this (403)."""


class Absent(Refusal):
    """There is no such thing, or its existence is not this reader's business (404): both look the same."""


class Conflict(Refusal):
    """Someone else was faster (409): `words` say who did what and when."""
