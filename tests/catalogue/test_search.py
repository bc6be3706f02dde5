"""Search equals a scan of every record, forgives what it should, and takes text as text."""

from __future__ import annotations

import contextlib
import math
import string
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, insert

from preuve.catalogue.search import index
from preuve.catalogue.search.entry import FACETS, Entry, Value
from preuve.catalogue.search.facet import Facet, Held
from preuve.catalogue.search.find import search
from preuve.catalogue.search.spelling import nearest
from preuve.catalogue.search.words import folded, words
from preuve.catalogue.tables import record as record_table
from preuve.core.errors import PreuveError
from preuve.core.store.database import Database


def keys(text: str) -> set[str]:
    return {indexed for indexed, _written in words(text)}


def put(connection: Connection, entries: Mapping[int, Entry | None], status: str = "") -> None:
    """Rows and index of some entries; None withdraws."""
    for number, entry in entries.items():
        row = {
            "id": number,
            "iri": f"https://a.example/{number}",
            "kind": "dataset",
            "status": "published" if entry else "withdrawn",
            "revision": 1,
            "digest": "",
            "access": "",
            "summary": "{}",
            "verdicts": "{}",
            "created_at": "",
            "modified_at": "",
        }
        connection.execute(record_table.delete().where(record_table.c.id == number))
        connection.execute(insert(record_table).values(row))
    index.change(connection, entries)


def entry(title: str, keyword: str = "", text: str = "", **facets: str) -> Entry:
    values = [Value(name, value, {"fr": value, "en": value}) for name, value in facets.items()]
    return Entry((title,), (keyword,), (text,), (*values, Value("status", "published", {})))


def titles(database: Database, *texts: str) -> None:
    with database.writing() as connection:
        put(connection, {n: entry(text) for n, text in enumerate(texts, start=1)})


def numbers(database: Database, text: str, **facets: list[str]) -> list[int]:
    with database.reading() as connection:
        return [hit.record for hit in search(connection, text, facets).hits]


@pytest.mark.parametrize(
    "asked",
    ["hôpital", "HOPITAL", "hopitaux", "l’hôpital", "d'hôpital", "Hôpitaux", "hopit*", "hôpitel"],
)
def test_accents_case_elisions_plurals_and_typos_are_forgiven(store: Database, asked: str) -> None:
    titles(store, "Entrepôt de l’hôpital de Valmère", "Registre des cancers")
    assert numbers(store, asked) == [1]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("données", "donnée"),
        ("réseaux", "réseau"),
        ("cœur", "coeur"),
        ("ÉLECTROCARDIOGRAMMES", "électrocardiogramme"),
        ("journaux", "journal"),
        ("CIM‑10", "cim 10"),
        ("ﬁbrillation", "fibrillation"),
    ],
)
def test_words_that_are_one(one: str, other: str) -> None:
    assert keys(one) == keys(other)


def test_words_that_every_text_has_say_nothing(store: Database) -> None:
    titles(store, "Les données de la cohorte")
    assert numbers(store, "des données pour une cohorte") == [1]
    assert numbers(store, "de la") == [1]


def test_a_correction_is_told_with_its_accents(store: Database) -> None:
    titles(store, "Réanimation pédiatrique", "Registre")
    with store.reading() as connection:
        results = search(connection, "reanimatoin pediatrique")
    ((written, used),) = [(one.written, one.used) for one in results.corrections]
    assert (written, used) == ("reanimatoin", "réanimation")
    assert results.total == 1


def test_a_correction_never_tells_a_word_of_a_draft(store: Database) -> None:
    with store.writing() as connection:
        draft = Entry(("Molécule secrète",), (), (), (Value("status", "draft", {}),))
        put(connection, {1: draft, 2: entry("Registre")})
    with store.reading() as connection:
        results = search(connection, "secrette")
        assert (results.total, results.corrections, results.unknown) == (0, (), ("secrette",))
        assert search(connection, "secrette", statuses=("draft",)).total == 1


def near(word: str, counts: Mapping[str, int]) -> list[str]:
    by_length: dict[int, list[str]] = {}
    for one in counts:
        by_length.setdefault(len(one), []).append(one)
    return nearest(word, by_length, counts)


def test_short_words_and_numbers_are_not_corrected() -> None:
    assert near("ecg", {"eeg": 3}) == []
    assert near("2024", {"2025": 3}) == []
    assert near("cancre", {"cancer": 1, "ancre": 9, "cadre": 9}) == ["cancer", "ancre"]


def test_titles_come_first_then_keywords_then_the_newest(store: Database) -> None:
    with store.writing() as connection:
        put(
            connection,
            {
                1: entry("Cohorte diabète"),
                2: entry("A", text="diabète"),
                3: entry("B", keyword="diabète"),
                4: entry("C", text="diabète"),
            },
        )
    assert numbers(store, "diabete") == [1, 3, 4, 2]
    assert numbers(store, "") == [4, 3, 2, 1]


def test_a_beginning_counts_once_in_its_best_place(store: Database) -> None:
    with store.writing() as connection:
        put(connection, {1: entry("cardiologie", text="cardiaque"), 2: entry("cardiologie")})
    assert numbers(store, "cardi*") == [2, 1]


def test_where_no_record_has_every_word_those_with_most_are_shown(store: Database) -> None:
    titles(store, "urgences pédiatriques", "urgences adultes", "cancers")
    with store.reading() as connection:
        results = search(connection, "urgences pédiatriques lyonnaisesx")
    assert results.relaxed
    assert [hit.record for hit in results.hits] == [1]
    assert results.unknown == ("lyonnaisesx",)


@pytest.mark.parametrize(
    "text",
    [
        "'; DROP TABLE catalogue_record; --",
        '" OR 1=1',
        "title:cohorte",
        "cohorte NOT diabète",
        "NEAR(a b)",
        "(((",
        "cohorte^10",
        "%_%",
        "\x00\ud800",
        "*",
        "a" * 5_000,
        "🩺 " * 500,
    ],
)
def test_what_is_asked_is_only_text(store: Database, text: str) -> None:
    titles(store, "Cohorte")
    with store.reading() as connection:
        search(connection, text)
        assert search(connection, "cohorte").total == 1
        assert search(connection, "", {"publisher": [text]}).total == 0


def test_facets_add_up_and_their_values_are_alternatives(store: Database) -> None:
    with store.writing() as connection:
        put(
            connection,
            {
                1: entry("a", category="EHRS", access="PUBLIC"),
                2: entry("b", category="EHRS", access="NON_PUBLIC"),
                3: entry("c", category="PHDR", access="PUBLIC"),
            },
        )
    assert numbers(store, "", category=["EHRS"], access=["PUBLIC"]) == [1]
    assert numbers(store, "", access=["PUBLIC", "NON_PUBLIC"]) == [3, 2, 1]
    with store.reading() as connection:
        results = search(connection, "", {"category": ["EHRS"]})
    counts = {one.facet: {v.value: v.count for v in one.values} for one in results.facets}
    assert counts["category"] == {"EHRS": 2, "PHDR": 1}
    assert counts["access"] == {"PUBLIC": 1, "NON_PUBLIC": 1}
    assert [one.facet for one in results.facets] == list(FACETS)
    chosen = {v.value for one in results.facets for v in one.values if v.chosen}
    assert chosen == {"EHRS"}


def test_a_value_may_be_named_by_the_end_of_its_address(store: Database) -> None:
    with store.writing() as connection:
        put(connection, {1: entry("a", access="https://a.example/access/PUBLIC")})
    assert numbers(store, "", access=["PUBLIC"]) == [1]
    with store.reading() as connection:
        results = search(connection, "", {"access": ["PUBLIC"]})
    assert [v.chosen for one in results.facets for v in one.values] == [True]


def test_unknown_facets_and_pages_that_cannot_be(store: Database) -> None:
    titles(store, "a", "b", "c")
    with store.reading() as connection:
        for asked in (
            {"facets": {"status": ["draft"]}},
            {"facets": {"x": ["y"]}},
            {"page": 0},
            {"size": 0},
            {"size": 100_000},
        ):
            with pytest.raises(PreuveError):
                search(connection, "", **asked)
        assert search(connection, "", page=9).hits == ()
        assert [h.record for h in search(connection, "", page=2, size=2).hits] == [1]
        assert search(connection, "", size=2).pages == 2


def undone(database: Database) -> None:
    """A change that is searched inside its transaction, and then given up."""
    with contextlib.suppress(RuntimeError), database.writing() as connection:
        put(connection, {3: entry("cohorte perdue", category="EHRS")})
        assert search(connection, "perdue").total == 1
        raise RuntimeError


def test_a_search_sees_each_change_and_not_what_was_undone(store: Database) -> None:
    titles(store, "cohorte")
    assert numbers(store, "cohorte") == [1]
    with store.writing() as connection:
        put(connection, {2: entry("cohorte neuve", category="EHRS")})
    assert numbers(store, "cohorte") == [2, 1]
    assert numbers(store, "neuv*") == [2]
    undone(store)
    assert numbers(store, "cohorte") == [2, 1]
    assert numbers(store, "perdu*") == []
    with store.writing() as connection:
        put(connection, {2: None, 1: entry("registre", category="EHRS")})
    assert numbers(store, "cohorte") == []
    assert numbers(store, "", category=["EHRS"]) == [1]


def test_an_index_that_was_never_built_is_told(tmp_path: Path) -> None:
    database = Database.open(tmp_path / "a.db")
    titles(database, "cohorte")
    with database.writing() as connection:
        index.clear(connection)
    with database.reading() as connection, pytest.raises(PreuveError, match="behind"):
        search(connection, "")
    database.close()


_WORDS = ["cœur", "hôpital", "hôpitaux", "données", "urgence", "urgences", "cancer", "l’été", "ecg"]
_TEXTS = st.lists(st.sampled_from(_WORDS), max_size=4).map(" ".join)
_VALUES = {"category": "ABCD", "access": "PQR", "variable": string.ascii_lowercase}
_ENTRIES = st.builds(
    lambda title, keyword, text, values: Entry(
        (title,),
        (keyword,),
        (text,),
        (
            *(Value(name, one, {"fr": one}) for name, chosen in values.items() for one in chosen),
            Value("status", "published", {}),
        ),
    ),
    _TEXTS,
    _TEXTS,
    _TEXTS,
    st.fixed_dictionaries(
        {name: st.sets(st.sampled_from(list(v)), max_size=3) for name, v in _VALUES.items()}
    ),
)
_CHOSEN = st.fixed_dictionaries(
    {}, optional={n: st.sets(st.sampled_from([*v, "none"]), max_size=2) for n, v in _VALUES.items()}
)


@pytest.fixture(scope="module")
def scratch(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    database = Database.open(tmp_path_factory.mktemp("search") / "store.db")
    yield database
    database.close()


@settings(max_examples=120, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    entries=st.dictionaries(st.integers(1, 40), _ENTRIES, max_size=25),
    later=st.dictionaries(st.integers(1, 40), st.one_of(st.none(), _ENTRIES), max_size=10),
    asked=_TEXTS,
    chosen=_CHOSEN,
    size=st.integers(1, 7),
)
def test_results_and_counts_are_those_of_a_scan(
    scratch: Database,
    entries: dict[int, Entry],
    later: dict[int, Entry | None],
    asked: str,
    chosen: dict[str, set[str]],
    size: int,
) -> None:
    with scratch.writing() as connection:
        connection.execute(record_table.delete())
        index.clear(connection)
        put(connection, entries)
    with scratch.reading() as connection:
        search(connection, asked, chosen)
    with scratch.writing() as connection:
        put(connection, later)
    now = {n: e for n, e in (entries | later).items() if e is not None}
    expected = scan(now, asked, chosen)
    with scratch.reading() as connection:
        pages = [
            search(connection, asked, chosen, page=p, size=size, shown=5) for p in range(1, 26)
        ]
    assert [hit.record for page in pages for hit in page.hits] == expected
    assert pages[0].total == len(expected)
    for facet in pages[0].facets:
        others = {name: values for name, values in chosen.items() if name != facet.facet}
        within = scan(now, asked, others)
        counts = Counter(
            v.value for n in within for v in set(now[n].values) if v.facet == facet.facet
        )
        best = sorted(counts.items(), key=lambda one: (-one[1], one[0]))
        unchosen = [(v.value, v.count) for v in facet.values][: min(5, len(best))]
        assert unchosen == best[:5]
        assert all(v.count == counts[v.value] for v in facet.values)
        assert facet.more == (len(best) > 5)


def scan(entries: dict[int, Entry], asked: str, chosen: Mapping[str, set[str]]) -> list[int]:
    """What a search must give, by looking at every record; words are asked without a fault."""
    wanted = sorted(keys(asked))
    places = {
        n: {
            word: weight
            for weight, texts in ((1, e.text), (2, e.keyword), (4, e.title))
            for text in texts
            for word in keys(text)
        }
        for n, e in entries.items()
    }
    known = {word for of in places.values() for word in of}
    wanted = [mended(word, known, places) for word in wanted]
    spread = {word: sum(word in of for of in places.values()) for word in wanted}
    matched = {n: sum(word in of for word in wanted) for n, of in places.items()}
    most = max(matched.values(), default=0)
    found = [n for n, count in matched.items() if count == most and (most or not wanted)]
    for name, values in chosen.items():
        if values:
            found = [
                n
                for n in found
                if any(v.facet == name and v.value in values for v in entries[n].values)
            ]

    def points(n: int) -> int:
        return sum(
            places[n][word] * round(1_000 * math.log1p(len(entries) / max(1, spread[word])))
            for word in wanted
            if word in places[n]
        )

    return sorted(found, key=lambda n: (-points(n), -n))


def mended(word: str, known: set[str], places: dict[int, dict[str, int]]) -> str:
    if word in known:
        return word
    counts: Counter[str] = Counter()
    for candidate in known:
        by_weight = Counter(of[candidate] for of in places.values() if candidate in of)
        counts[candidate] = max(by_weight.values())
    return next(iter(near(word, counts)), word)


@settings(max_examples=200, deadline=None)
@given(
    sets=st.dictionaries(st.integers(0, 300), st.sets(st.integers(0, 60)), max_size=300),
    within=st.sets(st.integers(0, 90)),
    limit=st.integers(1, 15),
)
def test_the_most_frequent_values_are_exact(
    sets: dict[int, set[int]], within: set[int], limit: int
) -> None:
    from pyroaring import BitMap

    facet = Facet({str(v): Held(str(v), "{}", BitMap(s), len(s)) for v, s in sets.items()})
    counts = [(str(v), len(s & within)) for v, s in sets.items() if s & within]
    best = sorted(counts, key=lambda one: (-one[1], one[0]))[:limit]
    assert facet.most(BitMap(within), limit) == best
    assert [(v, -c) for c, v in facet._by_counting(BitMap(within), limit)] == best


@given(st.text(max_size=60))
def test_folding_twice_is_folding_once(text: str) -> None:
    assert folded(folded(text)) == folded(text)
