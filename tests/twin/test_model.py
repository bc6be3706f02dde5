"""The twin as a planner meets it: same seed same bytes, resumed, only what the scenario does."""

from __future__ import annotations

import io
from dataclasses import replace
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from dask.distributed import LocalCluster

from preuve.core.errors import PreuveError
from preuve.core.language import Language, _, speaking
from preuve.twin import Baseline, France, Impact, Scenario
from preuve.twin.ensemble.runs import plan
from preuve.twin.uncertain import PARAMETERS, estimates

CAHORS = "460000110"
CLOSURE = f"""
name: close-cahors
title: {{fr: Fermer, en: Close}}
period: {{from: 2024-03-01, to: 2024-03-14}}
elements:
  - close: {{site: "{CAHORS}", discipline: obstetrics}}
"""
TABLES = ("national", "regions", "departments", "sites", "communes", "days", "beds", "health")


@pytest.fixture(scope="module")
def france() -> France:
    return France.baseline(2024)


@pytest.fixture(scope="module")
def closure() -> Scenario:
    return Scenario.parse(CLOSURE)


@pytest.fixture(scope="module")
def impact(france: France, closure: Scenario, tmp_path_factory: pytest.TempPathFactory) -> Impact:
    return france.run(closure, runs=4, into=tmp_path_factory.mktemp("one"), processes=1)


def _bytes(impact: Impact) -> dict[str, bytes]:
    """Every table as Parquet."""

    def written(table: pl.DataFrame) -> bytes:
        stream = io.BytesIO()
        table.write_parquet(stream, statistics=False)
        return stream.getvalue()

    return {name: written(getattr(impact, name)) for name in TABLES}


def _different(one: Impact, other: Impact) -> list[str]:
    """Tables whose bytes are not the same."""
    first, second = _bytes(one), _bytes(other)
    return [name for name in TABLES if first[name] != second[name]]


def test_two_processes_give_the_bytes_of_one(
    france: France, closure: Scenario, impact: Impact, tmp_path: Path
) -> None:
    again = france.run(closure, runs=4, into=tmp_path, processes=2)
    assert _different(again, impact) == []


def test_a_cluster_gives_the_bytes_of_one_process(
    france: France, closure: Scenario, impact: Impact, tmp_path: Path
) -> None:
    with LocalCluster(  # type: ignore[no-untyped-call]
        n_workers=1, threads_per_worker=1, processes=False, dashboard_address=None
    ) as cluster:
        again = france.run(closure, runs=4, into=tmp_path, cluster=cluster.scheduler_address)
    assert _different(again, impact) == []


def test_a_stopped_run_goes_on_where_it_stopped(
    france: France, closure: Scenario, impact: Impact, tmp_path: Path
) -> None:
    def stop(task: str, done: int, total: int, note: str = "") -> None:
        if done == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        france.run(closure, runs=4, into=tmp_path, processes=1, progress=stop)
    kept = {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*.npz")}
    assert len(kept) == 2
    again = france.run(closure, runs=4, into=tmp_path, processes=1)
    assert _different(again, impact) == []
    assert all(path.stat().st_mtime_ns == time for path, time in kept.items())


def test_another_seed_gives_other_runs(
    france: France, closure: Scenario, impact: Impact, tmp_path: Path
) -> None:
    again = france.run(closure, runs=4, seed=2, into=tmp_path, processes=1)
    assert _bytes(again)["sites"] != _bytes(impact)["sites"]


def test_what_the_scenario_does_not_touch_does_not_move(impact: Impact) -> None:
    untouched = impact.sites.filter(~pl.col("activity").is_in(["obstetrics", "", "carers"]))
    assert untouched.height > 10_000
    assert (untouched["difference_low95"] == 0).all()
    assert (untouched["difference_high95"] == 0).all()


def test_the_births_of_the_closed_ward_are_asked_elsewhere(impact: Impact) -> None:
    asked = impact.sites.filter(activity="obstetrics", measure="asked")
    closed = asked.filter(finess=CAHORS)
    assert closed["reference_value"].item() > 20
    assert closed["scenario_high95"].item() == 0
    moved = asked.filter(pl.col("finess") != CAHORS)["difference_value"].sum()
    assert moved == pytest.approx(closed["reference_value"].item(), rel=0.35)
    stays = impact.sites.filter(activity="obstetrics", measure="stays", finess=CAHORS)
    assert stays["scenario_high95"].item() == 0


def test_the_way_to_a_maternity_grows_near_the_closed_one_only(impact: Impact) -> None:
    minutes = impact.communes.filter(activity="obstetrics", measure="minutes")
    assert (minutes["difference_value"] >= 0).all()
    longer = minutes.filter(pl.col("difference_value") > 1)["commune"].str.slice(0, 2)
    assert set(longer) <= {"46", "24", "82", "12", "47", "19", "15"}
    cahors = minutes.filter(commune="46042")
    assert cahors["difference_value"].item() > 30


def test_bounds_hold_and_no_figure_is_negative(impact: Impact) -> None:
    for table in (impact.national, impact.regions, impact.departments, impact.sites, impact.days):
        for world in ("reference", "scenario", "difference"):
            bounds = table.select(
                f"{world}_{bound}" for bound in ("low95", "low80", "value", "high80", "high95")
            ).to_numpy()
            assert (np.diff(bounds, axis=1) >= 0).all()
        assert (table["scenario_low95"] >= 0).all()


def test_parts_sum_to_the_whole(france: France, closure: Scenario, tmp_path: Path) -> None:
    one = france.run(closure, runs=1, into=tmp_path, processes=1)
    for activity, measure in (("medicine", "stays"), ("obstetrics", "days"), ("", "refused")):
        counted = {"activity": activity, "measure": measure}
        whole = one.national.filter(**counted)["scenario_value"].item()
        for table in (one.regions, one.departments, one.sites):
            assert table.filter(**counted)["scenario_value"].sum() == pytest.approx(whole)
    open_ = one.days.filter(activity="medicine", measure="occupied", region="")
    days = one.national.filter(activity="medicine", measure="days")["scenario_value"].item()
    assert open_["scenario_value"].sum() == pytest.approx(days)


def test_the_plan_pairs_runs_and_grows_without_change() -> None:
    few, many = plan(6, 1), plan(12, 1)
    assert many[:6] == few
    assert [run.draw for run in few] == [1, 1, 2, 2, 3, 3]
    assert {run.draw for run in plan(3, 1)} == {0}
    assert len({run.seed for run in many}) == 12


def test_no_run_is_refused(france: France, closure: Scenario, tmp_path: Path) -> None:
    with pytest.raises(PreuveError, match="at least one run"):
        france.run(closure, runs=0, into=tmp_path)


def test_no_scheduler_is_told(france: France, closure: Scenario, tmp_path: Path) -> None:
    with pytest.raises(PreuveError, match="No Dask scheduler answers"):
        france.run(closure, runs=1, into=tmp_path, cluster="tcp://127.0.0.1:9")


def test_a_folder_without_tables_is_told(tmp_path: Path) -> None:
    with pytest.raises(PreuveError, match="no table that the twin reads"):
        France.baseline(2024, data=tmp_path)


def test_search_finds_a_site_by_name_commune_code_or_department(france: France) -> None:
    assert CAHORS in france.search("cahors")["finess"].to_list()
    assert CAHORS in france.search("46")["finess"].to_list()
    assert france.search(CAHORS).height == 1


def test_the_draws_do_not_depend_on_the_language(closure: Scenario) -> None:
    def told(language: Language) -> list[str]:
        with speaking(language):
            parameter = replace(PARAMETERS[0], source=_("Assumed"))
        return [parameter.source, parameter.estimate().digest]

    french, english = told("fr"), told("en")
    assert french[0] != english[0]
    assert french[1] == english[1]
    assert estimates(closure)


def test_two_files_for_one_table_are_told(tmp_path: Path) -> None:
    for name in ("activity.csv", "activity.parquet"):
        (tmp_path / name).touch()
    with pytest.raises(PreuveError, match="Two files hold the same table"):
        France.baseline(2024, data=tmp_path)


def test_carers_are_told_with_their_overtime_and_absence(impact: Impact) -> None:
    told = impact.national.filter(activity="carers")["measure"].to_list()
    assert told == ["absence", "hours_available", "hours_required", "overload", "overtime"]
    over = impact.national.filter(activity="carers", measure="overtime")["reference_value"].item()
    hours = impact.national.filter(activity="carers", measure="hours_required")
    assert 0 < over < hours["reference_value"].item()


def test_effects_on_health_are_switched_in_the_scenario(france: France, tmp_path: Path) -> None:
    chosen = Scenario.parse(CLOSURE + "health: [refusal_deaths]\n")
    told = france.run(chosen, runs=1, into=tmp_path, processes=1).health
    assert told["effect"].to_list() == ["refusal_deaths"]
    none = Scenario.parse(CLOSURE + "health: []\n")
    assert france.run(none, runs=1, into=tmp_path, processes=1).health.is_empty()


def test_use_rates_are_those_of_the_residents_of_each_world(france: France, tmp_path: Path) -> None:
    """Twenty years older, a département asks for more medicine per resident."""
    text = CLOSURE.replace(
        f'close: {{site: "{CAHORS}", discipline: obstetrics}}',
        "demography: {variant: central, year: 2044}",
    )
    told = france.run(Scenario.parse(text), runs=1, into=tmp_path, processes=1).departments
    rates = told.filter(activity="medicine", measure="use_rate")
    assert rates.height == 101
    before, after = (rates[f"{w}_value"].to_numpy().mean() for w in ("reference", "scenario"))
    asked = told.filter(activity="medicine", measure="asked")
    start, end = (asked[f"{w}_value"].to_numpy().sum() for w in ("reference", "scenario"))
    assert (rates["difference_value"].to_numpy() > 0).mean() > 0.9
    assert 1.0 < after / before < 1.1 * end / start


def test_deciles_of_travel_time_are_those_of_the_communes(impact: Impact) -> None:
    told = impact.national.filter(activity="obstetrics").filter(
        pl.col("measure").str.starts_with("minutes_decile_")
    )
    assert told.height == 9
    assert told["reference_value"].is_sorted()
    assert (told["difference_value"] >= 0).all()
    france = Baseline.load(2024).communes
    minutes = impact.communes.filter(activity="obstetrics", measure="minutes").join(
        france.table.select("commune", "population"), on="commune"
    )
    half = told.filter(measure="minutes_decile_5")["reference_value"].to_numpy()[0]
    nearer = minutes.filter(pl.col("reference_value") <= half)["population"].to_numpy().sum()
    assert nearer / minutes["population"].to_numpy().sum() == pytest.approx(0.5, abs=0.02)
