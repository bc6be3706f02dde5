"""A user's mistake, told so that it can be mended."""

from __future__ import annotations


class PreuveError(Exception):
    """Something a user can mend: what is wrong, where, and what to do.

    Texts are shown as they are, so they go through gettext where they are raised.

    Args:
        problem: what is wrong, one sentence.
        where: the file, line, field or node concerned; empty when there is none.
        remedy: what to do about it; empty when nothing can be advised.
    """

    def __init__(self, problem: str, *, where: object = "", remedy: str = "") -> None:
        self.problem = problem
        self.where = str(where)
        self.remedy = remedy
        super().__init__(" · ".join(part for part in (problem, self.where, remedy) if part))

    def __reduce__(self) -> tuple[object, ...]:
        return _rebuild, (type(self), self.problem, self.where, self.remedy)


def _rebuild(kind: type[PreuveError], problem: str, where: str, remedy: str) -> PreuveError:
    return kind(problem, where=where, remedy=remedy)
