"""The catalogue read: search, data sets, downloads; what is hostile in a record stays text."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from web.catalogue_shown import HOSTILE, HOSTILE_IRI, SCRIPT, kept, of_region, record
from web.door import Client, Door

from preuve.catalogue import holdings
from preuve.core.store import audit


@pytest.fixture
def region(web: Door) -> list[int]:
    return [kept(web.database, of_region(number)).id for number in range(1, 9)]


def test_the_search_page_begins_with_how_many_there_are_and_how_many_conform(
    reader: Client, web: Door, region: list[int]
) -> None:
    kept(web.database, record(HOSTILE))
    text = reader.get("/en/catalogue").text
    with web.database.reading() as connection:
        everyone = holdings.listed(connection)
    conform = sum(bool(one.verdicts["healthdcat-ap-r8"]["conforms"]) for one in everyone)
    assert f"{len(everyone)} data sets are described here." in text
    assert f"The descriptions of {conform} conform to HealthDCAT-AP release 8." in text
    assert text.count('<strong class="tag alert">SYNTHETIC</strong>') == len(region)


def test_a_misspelt_word_is_told_with_the_one_searched(reader: Client, region: list[int]) -> None:
    text = reader.get("/en/catalogue?q=electrocardiogrames").text
    assert "Nothing has the word “electrocardiogrames”" in text
    assert "results for “électrocardiogrammes”" in text


def test_an_empty_result_says_how_to_widen(reader: Client, region: list[int]) -> None:
    text = reader.get("/en/catalogue?q=zzzz&access=none").text
    assert "No data set matches." in text
    assert "No data set has the word “zzzz”" in text
    assert "Use fewer words" in text
    assert 'href="/en/catalogue?q=zzzz"' in text


def test_facets_narrow_and_their_boxes_stay_ticked(reader: Client, region: list[int]) -> None:
    asked = reader.get("/api/catalogue/search?size=1").json()
    facet = next(one for one in asked["facets"] if one["facet"] == "access")
    value = facet["values"][0]
    text = reader.get("/en/catalogue", params={"access": value["value"]}).text
    found = value["count"]
    assert f"{found} data set" in text
    assert f'value="{value["value"]}" checked' in text


@pytest.mark.parametrize("page", ["0", "-1", "x", "501", "9" * 40, "²"])
def test_a_page_of_results_that_cannot_be_is_refused_clearly(
    reader: Client, region: list[int], page: str
) -> None:
    answer = reader.get("/en/catalogue", params={"page": page})
    assert answer.status_code == 400
    assert "There is no such page of results." in answer.text


def test_a_data_set_says_who_to_ask_and_from_when(reader: Client, region: list[int]) -> None:
    text = reader.get(f"/en/catalogue/{region[0]}").text
    assert "Who may ask for these data, and how" in text
    assert "mailto:donnees@valmere.example" in text
    assert "Health data access body" in text
    assert "to be made available from" in text
    assert "Quality and utility label" in text
    assert text.count("78(3)(") == 6
    assert "absent" in text


def test_a_finding_says_what_is_missing_why_how_sure_and_how_to_mend_it(
    reader: Client, web: Door
) -> None:
    number = kept(web.database, record(HOSTILE)).id
    text = reader.get(f"/en/catalogue/{number}").text
    assert "Missing: access rights (dct:accessRights)." in text
    assert "2026/2098" in text
    assert "medium confidence" in text
    assert "dct:accessRights &lt;http://publications.europa.eu" in text
    assert "It has no access rights: taken as non-public." in text


def test_what_a_record_says_in_html_is_shown_as_text(reader: Client, web: Door) -> None:
    number = kept(web.database, record(HOSTILE)).id
    for path in (f"/en/catalogue/{number}", f"/fr/catalogue/{number}", "/en/catalogue"):
        text = reader.get(path).text
        assert SCRIPT not in text
        assert "&lt;script&gt;" in text
        assert 'href="javascript:' not in text
        assert "<img src=x" not in text


def test_the_language_shown_is_never_taken_at_random(reader: Client, web: Door) -> None:
    number = kept(web.database, record(HOSTILE)).id
    text = reader.get(f"/en/catalogue/{number}").text
    assert '<span lang="de">' in text
    assert "(in German)" in text
    assert '<span lang="nl">Ein zweiter</span>' in text


def test_schema_org_stands_in_the_page_and_cannot_leave_its_element(
    reader: Client, web: Door
) -> None:
    number = kept(web.database, record(HOSTILE)).id
    text = reader.get(f"/en/catalogue/{number}").text
    begun = text.index('<script type="application/ld+json">') + len(
        '<script type="application/ld+json">'
    )
    embedded = json.loads(text[begun : text.index("</script>", begun)])
    assert embedded["@type"] == "Dataset"
    assert embedded["@id"] == HOSTILE_IRI
    assert SCRIPT in embedded["description"]


def test_a_draft_is_not_shown_to_readers(
    reader: Client, web: Door, as_role: Callable[[str], Client]
) -> None:
    number = kept(web.database, of_region(3), "draft").id
    for path in (
        f"/en/catalogue/{number}",
        f"/api/catalogue/datasets/{number}",
        f"/id/record/{number}",
        f"/en/catalogue/{number}/history/1",
        f"/api/catalogue/datasets/{number}/revisions/1",
        f"/api/catalogue/datasets/{number}/verdict",
    ):
        assert reader.get(path).status_code == 404, path
    assert "[SYNTH" not in reader.get("/en/catalogue?drafts=1").text
    seen = as_role("contributor")
    assert seen.get(f"/en/catalogue/{number}").status_code == 200
    assert "Draft" in seen.get("/en/catalogue?drafts=1").text


def test_a_withdrawn_record_is_gone_for_readers_and_kept_for_curators(
    reader: Client, web: Door, as_role: Callable[[str], Client]
) -> None:
    one = kept(web.database, of_region(3))
    with web.database.writing() as connection:
        holdings.withdraw(connection, one.iri, "tests")
    assert reader.get(f"/en/catalogue/{one.id}").status_code == 410
    assert reader.get(f"/api/catalogue/datasets/{one.id}").status_code == 410
    assert "Withdrawn" in as_role("curator").get(f"/en/catalogue/{one.id}").text


@pytest.mark.parametrize("number", ["0", "-3", "x", "99999", str(2**70), "1e3", "%00"])
def test_an_address_of_nothing_is_answered_as_such(reader: Client, number: str) -> None:
    assert reader.get(f"/en/catalogue/{number}").status_code in (400, 404)


def test_the_home_page_stands_while_the_index_is_behind(
    reader: Client, web: Door, region: list[int]
) -> None:
    from preuve.catalogue.search import index

    with web.database.writing() as connection:
        index.clear(connection)
        audit.append(connection, "tests", "index.clear", "catalogue")
    home = reader.get("/en/")
    assert home.status_code == 200
    assert f"{len(region)} data sets are described." in home.text
    search = reader.get("/en/catalogue")
    assert search.status_code == 400
    assert "preuve catalogue reindex" in search.text


def test_a_kept_page_is_made_anew_when_the_record_changes(
    reader: Client, web: Door, region: list[int]
) -> None:
    first = reader.get(f"/en/catalogue/{region[0]}")
    again = reader.get(
        f"/en/catalogue/{region[0]}", headers={"If-None-Match": first.headers["etag"]}
    )
    assert again.status_code == 304
    with web.database.writing() as connection:
        iri = holdings.listed(connection)[0].iri
        holdings.withdraw(connection, iri, "tests")
    assert reader.get(f"/en/catalogue/{region[0]}").status_code == 410


def test_search_works_by_keyboard_alone(browser: Any, served: str) -> None:
    page = browser.new_page()
    page.goto(f"{served}/en/catalogue")
    for _step in range(40):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.id") == "q":
            break
    page.keyboard.type("imagerie")
    page.keyboard.press("Enter")
    page.wait_for_url("**q=imagerie**")
    page.locator("#told", has_text="found").wait_for(state="attached")
    page.locator(".facet input[type=checkbox]").first.focus()
    chosen = page.evaluate("document.activeElement.value")
    page.keyboard.press("Space")
    page.wait_for_url("**category=**")
    page.wait_for_selector(".chosen li")
    assert page.evaluate("document.activeElement.value") == chosen
    page.close()


def test_facets_work_without_scripts(browser: Any, served: str) -> None:
    page = browser.new_context(java_script_enabled=False).new_page()
    page.goto(f"{served}/fr/catalogue")
    page.locator(".facet input[type=checkbox]").first.check()
    page.locator(".facets button").click()
    assert "category=" in page.url
    assert page.locator(".facet input:checked").count() == 1
    page.locator(".card h3 a").first.click()
    assert page.locator("h1").inner_text()
    page.context.close()


def test_no_script_of_a_record_runs(browser: Any, served: str) -> None:
    page = browser.new_page()
    alarms: list[str] = []
    page.on("dialog", lambda told: alarms.append(told.message))
    for path in ("/fr/catalogue/31", "/fr/catalogue", "/fr/catalogue?q=Titel"):
        page.goto(served + path)
        assert page.title() != "owned"
        assert SCRIPT in page.locator("main").inner_text()
    assert alarms == []
    page.close()
