"""Every module that applies messages, imported in one place: a worker that lacked one would quarantine its messages."""

from core.accounts import registering
from core.cases import (
    amending,
    arriving,
    clock_progress,
    letters,
    moving_on,
    notice_voiding,
    progress,
    proof,
    refusals,
    replanning,
    transferring,
)
from core.cases import restoring as cases_restoring
from core.changes import arriving as changes_arriving
from core.changes import showing as changes_showing
from core.disclosure import published
from core.exchange import far_quarantine, heartbeats, pulses, reconciling
from core.guides import publishing
from core.intermediaries import published as services
from core.projects import legacy, legacy_entering, legacy_issuing, restoring, verifying

MODULES = (
    registering,
    publishing,
    verifying,
    legacy,
    legacy_entering,
    legacy_issuing,
    arriving,
    letters,
    progress,
    clock_progress,
    replanning,
    proof,
    refusals,
    transferring,
    notice_voiding,
    amending,
    published,
    services,
    changes_arriving,
    changes_showing,
    moving_on,
    far_quarantine,
    heartbeats,
    pulses,
    reconciling,
    restoring,
    cases_restoring,
)
