"""Harvest of a remote catalogue: paged, incremental, careful, and stopped by no bad record."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from catalogue.catalogue_server import Catalogue, catalogue

from preuve.catalogue import holdings
from preuve.catalogue.example.region import document, drawn
from preuve.catalogue.harvest import Limits, Run, find_source, harvest, problems, runs
from preuve.catalogue.harvest.addresses import is_public, shown, source_address
from preuve.catalogue.rdf import Syntax, read
from preuve.catalogue.record import record_of
from preuve.catalogue.search.find import search
from preuve.core.errors import PreuveError
from preuve.core.store import audit
from preuve.core.store.database import Database

NEAR = Limits(private=True, tries=2, wait=0.01, seconds=20)
HEAD = (
    "@prefix dcat: <http://www.w3.org/ns/dcat#> . @prefix dct: <http://purl.org/dc/terms/> .\n"
    "@prefix hydra: <http://www.w3.org/ns/hydra/core#> .\n"
)


@pytest.fixture
def remote() -> Iterator[Catalogue]:
    with catalogue() as served:
        yield served


@pytest.fixture
def local(tmp_path: Path) -> Iterator[Database]:
    database = Database.open(tmp_path / "store.db")
    yield database
    database.close()


def dataset(number: int, title: str = "", more: str = "") -> str:
    name = f"<https://r.example/{number}>"
    return f'{name} a dcat:Dataset ; dct:title "{title or f"jeu {number}"}"@fr {more} .\n'


def page(*datasets: str, following: str = "", relation: str = "next") -> str:
    after = f"<> hydra:{relation} <{following}> .\n" if following else ""
    return HEAD + "".join(datasets) + after


def pull(database: Database, remote: Catalogue, **more: Any) -> Run:
    return harvest(database, "voisin", f"{remote.address}/1", limits=NEAR, **more)


def kept(database: Database) -> dict[str, tuple[str, int]]:
    """Status and revision of every record, by the end of its address."""
    with database.reading() as connection:
        found = holdings.listed(connection, statuses=holdings.STATUSES, limit=1000)
    return {one.iri.rpartition("/")[2]: (one.status, one.revision) for one in found}


def told(database: Database, run: Run) -> list[tuple[str, str]]:
    with database.reading() as connection:
        found = problems(connection, run, limit=1000)
    return [(one.kind, one.subject.rpartition("/")[2]) for _number, one in found]


def test_pages_are_followed_and_records_kept_as_they_came(
    store: Database, remote: Catalogue
) -> None:
    remote.put("/1", page(dataset(1), dataset(2), following="/2"))
    remote.put("/2", page(dataset(3), following="/3", relation="nextPage"))
    remote.put("/3", page(dataset(4)), headers={"Link": '</4>; title="a, b"; rel="prev next"'})
    literal = '; dct:identifier "007"^^<http://www.w3.org/2001/XMLSchema#nonNegativeInteger>'
    remote.put("/4", page(dataset(5, more=literal)), gzipped=True)
    run = pull(store, remote)
    assert run.state == "complete"
    assert run.counts == {"added": 5, "pages": 4}
    assert remote.paths() == ["/1", "/2", "/3", "/4"]
    with store.reading() as connection:
        assert search(connection, "jeux").total == 5
        triples = holdings.read(connection, "https://r.example/5").triples
        source = find_source(connection, "voisin")
        assert source is not None
        assert [one.state for one in runs(connection, source)] == ["complete"]
        assert audit.broken(connection) is None
    assert '"007"^^' in " ".join(str(triple.object) for triple in triples)


def test_only_what_changed_is_touched(store: Database, remote: Catalogue) -> None:
    remote.put("/1", page(dataset(1), dataset(2), following="/2"))
    remote.put("/2", page(dataset(3), dataset(4)))
    pull(store, remote)
    remote.put("/1", page(dataset(2, "autre titre"), dataset(1), dataset(5), following="/2"))
    run = pull(store, remote)
    assert run.counts == {"added": 1, "changed": 1, "unchanged": 3, "pages": 2}
    expected = {"1": ("published", 1), "2": ("published", 2), "3": ("published", 1)}
    assert kept(store) == expected | {"4": ("published", 1), "5": ("published", 1)}
    assert "if-none-match" in remote.asked[-1][1]


def test_a_server_without_validators_is_known_by_digest(local: Database, remote: Catalogue) -> None:
    remote.put("/1", page(dataset(1)), etag=False)
    pull(local, remote)
    assert pull(local, remote).counts == {"unchanged": 1, "pages": 1}


def test_what_vanished_is_withdrawn_and_may_come_back(store: Database, remote: Catalogue) -> None:
    remote.put("/1", page(dataset(1), dataset(2)))
    pull(store, remote)
    remote.put("/1", page(dataset(1)))
    run = pull(store, remote)
    assert run.counts == {"unchanged": 1, "withdrawn": 1, "pages": 1}
    assert kept(store)["2"] == ("withdrawn", 2)
    with store.reading() as connection:
        assert search(connection, "").total == 1
    assert pull(store, remote).counts == {"unchanged": 1, "pages": 1}
    remote.put("/1", page(dataset(1), dataset(2)))
    assert pull(store, remote).counts == {"changed": 1, "unchanged": 1, "pages": 1}
    assert kept(store)["2"] == ("published", 3)


def test_nothing_is_withdrawn_after_a_pass_that_missed_something(
    local: Database, remote: Catalogue
) -> None:
    remote.put("/1", page(dataset(1), following="/2"))
    remote.put("/2", page(dataset(2), following="/3"))
    remote.put("/3", page(dataset(3)))
    pull(local, remote)
    remote.put("/1", page(following="/2"))
    remote.put("/2", "", status=404)
    run = pull(local, remote)
    assert run.state == "partial"
    assert told(local, run) == [("unreachable", "")]
    assert kept(local)["1"] == kept(local)["2"] == ("published", 1)
    remote.put("/2", page(dataset(2), following="/3"))
    assert pull(local, remote).counts == {"withdrawn": 1, "unchanged": 2, "pages": 3}


def test_a_page_that_cannot_be_had_stops_the_pass_which_goes_on_there(
    local: Database, remote: Catalogue
) -> None:
    remote.put("/1", page(dataset(1), following="/2"))
    remote.put("/2", "", status=500)
    with pytest.raises(PreuveError, match="HTTP 500"):
        pull(local, remote)
    remote.put("/2", page(dataset(2)))
    del remote.asked[:]
    assert pull(local, remote).counts == {"added": 2, "pages": 2}
    assert remote.paths() == ["/2"]


def test_a_fresh_start_forgets_the_unfinished_pass(local: Database, remote: Catalogue) -> None:
    remote.put("/1", page(dataset(1), following="/2"))
    with pytest.raises(PreuveError, match="404"):
        pull(local, remote)
    remote.put("/1", page(dataset(1)))
    assert pull(local, remote, fresh=True).counts == {"unchanged": 1, "pages": 1}
    with local.reading() as connection:
        source = find_source(connection, "voisin")
        assert source is not None
        assert [one.state for one in runs(connection, source)] == ["complete", "abandoned"]


def test_a_busy_server_is_asked_again(local: Database, remote: Catalogue) -> None:
    remote.put("/1", page(dataset(1)), busy=1)
    assert pull(local, remote).counts == {"added": 1, "pages": 1}


def test_one_bad_statement_never_stops_the_rest(local: Database, remote: Catalogue) -> None:
    bad = '<https://r.example/2> a dcat:Dataset ; dct:title "sans fin .\n'
    remote.put("/1", page(dataset(1), bad, dataset(3), following="/2"))
    remote.put("/2", page(dataset(4)))
    run = pull(local, remote)
    assert sorted(kept(local)) == ["1", "3", "4"]
    assert run.counts["problem:unreadable"] >= 1
    with local.reading() as connection:
        (_number, found), *_more = problems(connection, run)
    assert "line 4" in found.detail["where"]
    assert found.detail["explanation"]["fr"]


def test_a_record_whose_part_cannot_be_read_is_left_as_it_was(
    local: Database, remote: Catalogue
) -> None:
    link = "; dcat:distribution <https://r.example/1/d>"
    part = '<https://r.example/1/d> a dcat:Distribution ; dct:title "ici" .\n'
    remote.put("/1", page(dataset(1, more=link), part, dataset(2)))
    pull(local, remote)
    broken = "<https://r.example/1/d> a dcat:Distribution ; dct:title <<< .\n"
    remote.put("/1", page(dataset(1, "nouveau", more=link), broken, dataset(2, "nouveau")))
    run = pull(local, remote)
    assert run.state == "complete"
    assert kept(local) == {"1": ("published", 1), "2": ("published", 2)}
    assert ("incomplete", "1") in told(local, run)
    remote.put("/1", page(dataset(1, "nouveau", more=link), part, dataset(2, "nouveau")))
    assert pull(local, remote).counts == {"changed": 1, "unchanged": 1, "pages": 1}


def test_a_page_that_is_no_rdf_at_all_withdraws_nothing(local: Database, remote: Catalogue) -> None:
    remote.put("/1", page(dataset(1), following="/2"))
    remote.put("/2", page(dataset(2)))
    pull(local, remote)
    remote.put("/1", "<html><body>panne</body></html>", media_type="text/html")
    run = pull(local, remote)
    assert run.state == "partial"
    assert kept(local) == {"1": ("published", 1), "2": ("published", 1)}
    assert remote.paths()[-1] == "/2"


@pytest.mark.parametrize(
    ("media_type", "body"),
    [
        (
            "application/ld+json",
            '{"@context": {"dct": "http://purl.org/dc/terms/"}, "@graph": ['
            '{"@id": "https://r.example/1", "@type": "http://www.w3.org/ns/dcat#Dataset"},'
            '{"@id": ["faux"], "dct:title": "x"},'
            '{"@id": "https://r.example/2", "@type": "http://www.w3.org/ns/dcat#Dataset"}]}',
        ),
        (
            "application/rdf+xml",
            '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" '
            'xmlns:dcat="http://www.w3.org/ns/dcat#">'
            '<dcat:Dataset rdf:about="https://r.example/1"/>'
            '<dcat:Dataset rdf:about="https://r.example/2"/></rdf:RDF>',
        ),
        (
            "application/n-triples",
            "".join(
                f"<https://r.example/{n}> <http://www.w3.org/1999/02/22-rdf-syntax-ns#type> "
                "<http://www.w3.org/ns/dcat#Dataset> .\n"
                for n in (1, 2)
            )
            + "<https://r.example/3> <http://purl.org/dc/terms/title> faux .\n",
        ),
    ],
)
def test_every_syntax(local: Database, remote: Catalogue, media_type: str, body: str) -> None:
    remote.put("/1", body, media_type=media_type)
    pull(local, remote)
    assert sorted(kept(local)) == ["1", "2"]


def test_a_record_that_claims_another_identifier_is_set_aside(
    store: Database, remote: Catalogue
) -> None:
    remote.put("/1", page(dataset(1, more='; dct:identifier "x"'), dataset(2)))
    pull(store, remote)
    remote.put("/1", page(dataset(1), dataset(2, more='; dct:identifier "x"'), dataset(3)))
    run = pull(store, remote)  # 1 gives it up first, so that 2 may have it
    assert run.counts == {"added": 1, "changed": 2, "pages": 1}
    thief = dataset(0, more='; dct:identifier "x"')
    remote.put("/1", page(thief, dataset(1), dataset(2, more='; dct:identifier "x"'), dataset(3)))
    run = pull(store, remote)
    assert run.counts == {"aside": 1, "unchanged": 3, "problem:claimed": 1, "pages": 1}
    assert "0" not in kept(store)
    with store.reading() as connection:
        ((_number, found),) = problems(connection, run, kind="claimed")
    assert "https://r.example/2" in found.detail["explanation"]["fr"]
    del remote.asked[:]
    pull(store, remote)
    assert "if-none-match" not in remote.asked[0][1]


def test_a_record_kept_here_is_not_taken_over(local: Database, remote: Catalogue) -> None:
    own = record_of(read((HEAD + dataset(1, "à nous")).encode(), Syntax.TURTLE))
    with local.writing() as connection:
        holdings.add(connection, own, "ada", status="published")
    remote.put("/1", page(dataset(1, "à eux")))
    run = pull(local, remote)
    assert told(local, run) == [("held-elsewhere", "1")]
    with local.reading() as connection:
        assert search(connection, "nous").total == 1


def test_an_edit_here_and_a_change_there_both_stay(store: Database, remote: Catalogue) -> None:
    remote.put("/1", page(dataset(1, "venu")))
    pull(store, remote)
    edited = record_of(read((HEAD + dataset(1, "corrigé ici")).encode(), Syntax.TURTLE))
    holdings.edit(store, edited, "ada", expected=1)
    assert pull(store, remote).counts == {"unchanged": 1, "pages": 1}
    remote.put("/1", page(dataset(1, "changé là-bas")))
    run = pull(store, remote)
    assert told(store, run) == [("edited-here", "1")]
    with store.reading() as connection:
        assert "corrigé ici" in str(holdings.read(connection, "https://r.example/1").triples)
        assert "changé là-bas" in str(holdings.read(connection, "https://r.example/1", 3).triples)
        assert holdings.history(connection, "https://r.example/1")[0].aside
    assert pull(store, remote).counts == {"unchanged": 1, "pages": 1}


def test_a_record_withdrawn_here_stays_withdrawn(local: Database, remote: Catalogue) -> None:
    remote.put("/1", page(dataset(1)))
    pull(local, remote)
    with local.writing() as connection:
        holdings.withdraw(connection, "https://r.example/1", "ada")
    remote.put("/1", page(dataset(1), dataset(2)))
    pull(local, remote)
    assert kept(local)["1"] == ("withdrawn", 2)


def test_two_pages_that_describe_one_record(local: Database, remote: Catalogue) -> None:
    remote.put("/1", page(dataset(1, "un"), dataset(2), following="/2"))
    remote.put("/2", page(dataset(1, "deux"), dataset(2)))
    run = pull(local, remote)
    assert told(local, run) == [("duplicate", "1")]
    assert kept(local) == {"1": ("published", 1), "2": ("published", 1)}
    remote.put("/1", page(dataset(1, "un"), following="/2"))
    assert pull(local, remote).counts["unchanged"] == 2


def test_dirt_is_kept_with_its_record(local: Database, remote: Catalogue) -> None:
    dirty = '<https://r.example/1> a dcat:Dataset ; foo:bar "x" ; dct:title "n/a" .\n'
    remote.put("/1", page(dirty, dataset(2)))
    run = pull(local, remote)
    assert run.counts["problem:dirt"] >= 1
    assert sorted(kept(local)) == ["1", "2"]
    with local.reading() as connection:
        found = [one for _number, one in problems(connection, run, kind="dirt")]
    assert "unbound-prefix" in {one.detail["kind"] for one in found}
    assert all(one.detail["explanation"]["fr"] for one in found)


def test_a_record_without_an_address_is_told(local: Database, remote: Catalogue) -> None:
    remote.put("/1", page('[] a dcat:Dataset ; dct:title "sans nom" .\n', dataset(2)))
    run = pull(local, remote)
    assert [kind for kind, _subject in told(local, run)] == ["no-address"]
    assert list(kept(local)) == ["2"]


@pytest.mark.parametrize("following", ["/1", "/2", "file:///etc/passwd", "ftp://r.example/"])
def test_a_next_page_that_leads_nowhere(local: Database, remote: Catalogue, following: str) -> None:
    remote.put("/1", page(dataset(1), following="/2"))
    remote.put("/2", page(dataset(2), following=following))
    run = pull(local, remote)
    assert run.state == "partial"
    assert [kind for kind, _subject in told(local, run)] == ["paging"]


def test_too_many_pages(local: Database, remote: Catalogue) -> None:
    for number in range(1, 9):
        remote.put(f"/{number}", page(dataset(number), following=f"/{number + 1}"))
    limits = Limits(private=True, pages=3)
    run = harvest(local, "voisin", f"{remote.address}/1", limits=limits)
    assert run.counts["pages"] == 3
    assert run.state == "partial"


@pytest.mark.parametrize("gzipped", [False, True])
def test_a_page_that_is_too_large(local: Database, remote: Catalogue, gzipped: bool) -> None:
    remote.put("/1", b" " * 3_000_000, gzipped=gzipped)
    limits = Limits(private=True, page_bytes=2_000_000)
    with pytest.raises(PreuveError, match="more than 2 MB"):
        harvest(local, "voisin", f"{remote.address}/1", limits=limits)


def test_redirects_are_followed_but_not_for_ever(local: Database, remote: Catalogue) -> None:
    remote.put("/0", "", status=302, headers={"Location": "/1"})
    remote.put("/1", page(dataset(1)))
    run = harvest(local, "voisin", f"{remote.address}/0", limits=NEAR)
    assert run.counts == {"added": 1, "pages": 1}
    remote.put("/0", "", status=302, headers={"Location": "/0"})
    with pytest.raises(PreuveError, match="one address to the next"):
        harvest(local, "autre", f"{remote.address}/0", limits=NEAR)
    remote.put("/0", "", status=302, headers={"Location": "file:///etc/passwd"})
    with pytest.raises(PreuveError, match="http and https"):
        harvest(local, "encore", f"{remote.address}/0", limits=NEAR)


def test_a_secret_header_goes_to_its_own_host_and_is_never_kept(
    local: Database, remote: Catalogue, tmp_path: Path
) -> None:
    with catalogue() as other:
        remote.put("/1", page(dataset(1), following=f"{other.address}/2"))
        other.put("/2", page(dataset(2)))
        pull(local, remote, headers={"X-API-Key": "s3cr3t"})
        assert remote.asked[0][1]["x-api-key"] == "s3cr3t"
        assert "x-api-key" not in other.asked[0][1]
    local.close()
    assert not any(b"s3cr3t" in file.read_bytes() for file in tmp_path.iterdir())


def test_private_addresses_are_refused_unless_allowed(local: Database, remote: Catalogue) -> None:
    remote.put("/1", page(dataset(1)))
    for host in ("127.0.0.1", "localhost", "[::1]", "0.0.0.0", "169.254.169.254", "10.0.0.1"):
        port = remote.address.rpartition(":")[2]
        with pytest.raises(PreuveError, match="private network"):
            harvest(local, f"source {host}", f"http://{host}:{port}/1")
    assert remote.asked == []


@pytest.mark.parametrize(
    ("number", "public"),
    [
        ("8.8.8.8", True),
        ("2001:4860:4860::8888", True),
        ("192.168.1.1", False),
        ("::ffff:10.0.0.1", False),
        ("fe80::1%eth0", False),
        ("224.0.0.1", False),
        ("100.64.0.1", False),
        ("2002:0a00:0001::", False),
    ],
)
def test_which_addresses_are_public(number: str, public: bool) -> None:
    assert is_public(number) is public


def test_secrets_of_an_address_are_not_shown() -> None:
    assert shown("https://ada:pass@h.example/a?api_key=k&page=2") == (
        "https://h.example/a?api_key=***&page=2"
    )
    assert shown("https://h.example/a?page=2") == "https://h.example/a?page=2"


@pytest.mark.parametrize(
    "address",
    ["https://ada:pass@h.example/", "ftp://h.example/", "http://", "absent/folder", "http://h:x/"],
)
def test_addresses_that_are_refused(address: str) -> None:
    with pytest.raises(PreuveError) as refused:
        source_address(address)
    assert "pass" not in str(refused.value).replace("password", "")


def test_a_name_nobody_knows(local: Database) -> None:
    with pytest.raises(PreuveError, match="No source"):
        harvest(local, "inconnu")
    with pytest.raises(PreuveError, match="name is not known"):
        harvest(local, "x", "http://absent.invalid/", limits=Limits(tries=1))


def test_a_folder_of_files(local: Database, tmp_path: Path) -> None:
    folder = tmp_path / "records"
    folder.mkdir()
    for number in (1, 2, 3):
        (folder / f"{number}.nt").write_text(document(drawn(number)))
    (folder / "notes.txt").write_text("not RDF")
    run = harvest(local, "dossier", str(folder))
    assert run.counts == {"added": 3, "pages": 3}
    (folder / "2.nt").unlink()
    (folder / "4.ttl").write_text(page(dataset(4)))
    run = harvest(local, "dossier")
    assert run.counts == {"added": 1, "unchanged": 2, "withdrawn": 1, "pages": 3}


def test_one_file_and_an_empty_folder(local: Database, tmp_path: Path) -> None:
    file = tmp_path / "one.ttl"
    file.write_text(page(dataset(1)))
    assert harvest(local, "fichier", str(file)).counts == {"added": 1, "pages": 1}
    (tmp_path / "void").mkdir()
    with pytest.raises(PreuveError, match="no RDF file"):
        harvest(local, "vide", str(tmp_path / "void"))


@pytest.mark.parametrize("name", ["FDZ-Gesundheit.ttl", "zfkd_healthdcat-ap.ttl"])
def test_real_records_with_dirt(local: Database, data_root: Path, name: str) -> None:
    run = harvest(local, "de", str(data_root / "healthdcat" / "de" / name))
    assert run.counts["added"] >= 1
    assert run.counts["problem:dirt"] >= 1
