"""Alembic's entry to the internet zone."""

from migrations.env_shared import run

run()
