"""Limits: what a command may use on the machine of a node."""

from __future__ import annotations

from pydantic import Field

from preuve.core.written import Written


class Limits(Written):
    """What a command may use; going over one of them ends it."""

    seconds: float = Field(default=600, gt=0, le=86_400, description="Wall-clock time.")
    memory_mib: int = Field(
        default=2_048, ge=16, le=262_144, description="Resident memory of all its processes, MiB."
    )
    disk_mib: int = Field(
        default=256, ge=1, le=16_384, description="What it may write in its work folder, MiB."
    )
    processes: int = Field(default=32, ge=1, le=1_024, description="Processes at one moment.")
