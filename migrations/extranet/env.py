"""Alembic's entry to the extranet zone."""

from migrations.env_shared import run

run()
