"""Going: harvests that run behind the pages, one for a source; stopped ones go on another time."""

from __future__ import annotations

import logging
import threading
from dataclasses import dataclass

from preuve.catalogue.harvest import Limits, harvest
from preuve.core.errors import PreuveError
from preuve.core.language import Language, _, current_language, speaking
from preuve.core.store.database import Database

_log = logging.getLogger("preuve.web")
LIMITS = Limits()
"""What a harvest started from a page may cost; addresses of private networks are refused."""
AT_ONCE = 4
"""Harvests that run at one time."""


@dataclass
class Going:
    """A harvest that runs, or that ended since the site was started.

    Attributes:
        done, total: records; the total is 0 while it is not known.
        over: whether it ended.
        problem: why it stopped, where it did.
    """

    done: int = 0
    total: int = 0
    over: bool = False
    problem: PreuveError | None = None

    def __call__(self, task: str, done: int, total: int, note: str = "") -> None:  # noqa: ARG002
        self.done, self.total = done, total


class Busy(PreuveError):  # noqa: N818 - what it says of the source
    """The source is being harvested."""


_lock = threading.Lock()
_going: dict[tuple[str, str], Going] = {}


def going(database: Database, name: str) -> Going | None:
    """The harvest of a source in this process, running or over."""
    return _going.get((database.shown, name))


def start(
    database: Database, name: str, address: str | None, actor: str, *, fresh: bool
) -> threading.Thread:
    """Start a harvest, or go on with one that was stopped.

    Raises:
        Busy: the source is being harvested, or too many are.
    """
    key = (database.shown, name)
    with _lock:
        running = [one for one, state in _going.items() if not state.over]
        if key in running:
            raise Busy(_("This source is being harvested."), where=name)
        if len(running) >= AT_ONCE:
            raise Busy(
                _("Other harvests are running."), remedy=_("Wait until one of them has ended.")
            )
        state = _going[key] = Going()
    thread = threading.Thread(
        target=_run,
        args=(database, name, address, actor, fresh, state, current_language()),
        name=f"harvest {name}",
        daemon=True,
    )
    thread.start()
    return thread


def _run(
    database: Database,
    name: str,
    address: str | None,
    actor: str,
    fresh: bool,
    state: Going,
    language: Language,
) -> None:
    with speaking(language):
        try:
            harvest(
                database,
                name,
                address,
                limits=LIMITS,
                fresh=fresh,
                actor=actor,
                progress=state,
            )
        except PreuveError as error:
            state.problem = error
        except Exception:
            _log.exception("harvest of %s", name)
            state.problem = PreuveError(
                _("The harvest stopped on a fault of ours; what was read is kept."), where=name
            )
        finally:
            state.over = True
