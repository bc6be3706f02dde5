"""A part of the site: its pages, its interface for machines, its place in the navigation."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from fastapi import APIRouter
from sqlalchemy import Connection


@dataclass(frozen=True)
class Entry:
    """A line of the navigation.

    Attributes:
        path: of the page, without language.
        label: its words, in the current language.
        action: shown to those who may do this; to all when empty.
    """

    path: str
    label: Callable[[], str]
    action: str = ""


@dataclass(frozen=True)
class Part:
    """Attributes:
    pages: routes without language prefix.
    api: routes put under `/api`.
    navigation: what is shown on every page.
    home: template included in the home page; none when empty.
    at_home: what that template is given as `at_home`.
    """

    pages: APIRouter
    api: APIRouter | None = None
    navigation: tuple[Entry, ...] = ()
    home: str = ""
    at_home: Callable[[Connection], Mapping[str, Any]] | None = None
