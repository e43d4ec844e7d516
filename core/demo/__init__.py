"""Demonstration data: a year's traffic of invented projects, driven through the real stages and the real exchange.

Nothing here is written past the stages: enterprises register, projects are declared, departments review, accept, pause
and decide, and every word between the zones travels sealed. The same seed and day give the same codes and states.
"""

from core.demo.accounts import PASSWORD, SEED, DemoAccounts, totp_code
from core.demo.databases import refuse_filled
from core.demo.filling import fill

__all__ = ["PASSWORD", "SEED", "DemoAccounts", "fill", "refuse_filled", "totp_code"]
