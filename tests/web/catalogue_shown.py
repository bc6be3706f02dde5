"""Records for tests of the site: an example region, a hostile one, a draft, a harvested source."""

from __future__ import annotations

from pathlib import Path

from preuve.catalogue import holdings
from preuve.catalogue.example.region import documents
from preuve.catalogue.harvest import harvest
from preuve.catalogue.holdings import Kept
from preuve.catalogue.rdf import Syntax, read
from preuve.catalogue.record import Record, record_of
from preuve.core.store.database import Database

REGION = 30
HOSTILE_IRI = "https://ch-valmere.example/dataset/piege"
SCRIPT = "<script>document.title='owned'</script>"
HOSTILE = f"""
@prefix dcat: <http://www.w3.org/ns/dcat#> .
@prefix dct: <http://purl.org/dc/terms/> .
@prefix foaf: <http://xmlns.com/foaf/0.1/> .
<{HOSTILE_IRI}> a dcat:Dataset ;
  dct:title "{SCRIPT} Titel"@de, "Ein zweiter"@nl ;
  dct:description "<img src=x onerror=\\"document.title='owned'\\"> {SCRIPT}"@en ;
  dcat:keyword "n/a", "</script>{SCRIPT}"@fr ;
  dct:issued "2024-02-30" ;
  dcat:landingPage <javascript:document.title='owned'> ;
  dct:publisher [ a foaf:Agent ; foaf:name "CH <b>de Valmère</b>" ] .
"""
DIRTY = """
@prefix dcat: <http://www.w3.org/ns/dcat#> .
@prefix dct: <http://purl.org/dc/terms/> .
<https://ch-valmere.example/dataset/poussiere> a dcat:Dataset ;
  dct:title "Données poussiéreuses"@fr ; dct:issued "30/02/2024" ; dcat:keyword "n/a" ;
  foaf:homepage <https://ch-valmere.example/> .
"""


def record(turtle: str) -> Record:
    return record_of(read(turtle.encode(), Syntax.TURTLE))


def of_region(number: int) -> Record:
    """One record of the example region, which conforms."""
    written = next(iter(documents(1, first=number)))
    return record_of(read(written.encode(), Syntax.N_TRIPLES))


def kept(database: Database, one: Record, status: holdings.Status = "published") -> Kept:
    with database.writing() as connection:
        return holdings.add(connection, one, "tests", status=status)


def everything(database: Database) -> None:
    """What the pages of the catalogue show: records 1 to 30, then the hostile one, a draft."""
    for number in range(1, REGION + 1):
        kept(database, of_region(number))
    kept(database, record(HOSTILE))
    kept(database, of_region(REGION + 1), "draft")
    folder = Path(str(database.engine.url.database)).parent / "source"
    folder.mkdir(exist_ok=True)
    (folder / "un.ttl").write_text(DIRTY, encoding="utf-8")
    harvest(database, "poussiere", str(folder))
