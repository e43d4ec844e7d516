"""Every module that applies messages, imported in one place: a worker that lacked one would quarantine its messages."""

from core.accounts import registering
from core.cases import arriving, progress, proof, replanning
from core.disclosure import published
from core.guides import publishing
from core.projects import legacy, verifying

MODULES = (registering, publishing, verifying, legacy, arriving, progress, replanning, proof, published)
