"""The command line: parse, call a room, show."""

from __future__ import annotations


def main() -> None:
    """Entry point of the `preuve` command."""
    from preuve.cli.app import run

    run()
