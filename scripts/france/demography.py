"""Demography and use of hospitals by age: mortality, vital totals, fertility, profiles of use."""

from __future__ import annotations

from pathlib import Path

import polars as pl

FIRST_YEAR, LAST_YEAR = 1980, 2070
LAST_OBSERVED = 2013
"""INSEE quotients are observed to 2013; the three hypotheses part in 2014."""

OLDEST = 106
"""Age reached in the year of those who were 105 and more on 1 January."""

FERTILITY_EDGES = ("15-24", "25-29", "30-34", "35-39", "40-50")
FERTILITY = {
    2014: (2.9, 12.3, 13.1, 7.0, 0.8),
    2015: (2.7, 11.9, 12.9, 7.0, 0.8),
    2016: (2.6, 11.5, 12.9, 7.0, 0.8),
    2017: (2.4, 11.2, 12.7, 6.9, 0.9),
    2018: (2.3, 11.0, 12.7, 6.9, 0.9),
    2019: (2.3, 10.8, 12.6, 7.0, 0.9),
    2020: (2.2, 10.4, 12.4, 6.9, 0.9),
    2021: (2.1, 10.2, 12.7, 7.2, 0.9),
    2022: (2.0, 9.9, 12.3, 7.1, 1.0),
    2023: (1.9, 9.0, 11.3, 6.7, 0.9),
    2024: (1.9, 8.6, 11.0, 6.6, 0.9),
    2025: (1.7, 8.2, 10.8, 6.6, 0.9),
}
"""Births per 100 women by age reached in the year, France: INSEE, table 2381384 (provisional from
2023)."""

HOSPITALISED = "Hospitalisations hors"
CALM_YEARS = (2019, 2022, 2023)
"""Years of the CNAM profile: the waves of 2020 and 2021 are left out."""


def tables(data: Path) -> dict[str, pl.DataFrame]:
    """Every table of this file, by the name of the packaged file.

    Args:
        data: the folder of open French data.
    """
    return {
        "mortality": mortality(data),
        "mortality_departments": mortality_departments(data),
        "vital": vital(data),
        "fertility": fertility(),
        "hospital_use": hospital_use(data),
        "emergency_ages": emergency_ages(data),
    }


def mortality(data: Path) -> pl.DataFrame:
    """INSEE quotients per million: year, sex, variant, one column per age reached in the year.

    The variants are those of life expectancy: "high" means longer lives. Observed years are
    written once, as "central".
    """
    table = pl.read_parquet(data / "insee_mortality_quotients_1975_2070.parquet")
    kept = table.with_columns(pl.col("sex", "scenario").cast(pl.String)).filter(
        pl.col("year").is_between(FIRST_YEAR, LAST_YEAR)
        & (pl.col("age") <= OLDEST)
        & ((pl.col("scenario") == "central") | (pl.col("year") > LAST_OBSERVED))
    )
    return (
        kept.with_columns((pl.col("q") * 1e6).round().cast(pl.Int32), pl.col("year").cast(pl.Int16))
        .sort("age")
        .pivot(on="age", index=["scenario", "sex", "year"], values="q")
        .rename({"scenario": "variant"})
        .sort("variant", "sex", "year")
    )


def mortality_departments(data: Path) -> pl.DataFrame:
    """Standardised death rates per 100,000, both sexes: département, one column per year."""
    table = pl.read_csv(
        data / "mortality_std_rate_dep_2010_2023.csv.gz",
        schema_overrides={"departement": pl.String},
    )
    return (
        table.filter(pl.col("sexe") == "Tous sexes")
        .sort("annee")
        .pivot(on="annee", index="departement", values="valeur")
        .rename({"departement": "department"})
        .with_columns(pl.exclude("department").cast(pl.Float32))
        .sort("department")
    )


def vital(data: Path) -> pl.DataFrame:
    """Births and deaths in thousands (metropolitan France) and children per woman, WPP 2024."""
    table = pl.read_csv(data / "un_wpp2024_france_vital.csv", null_values=["NA"])
    return (
        table.filter(pl.col("year").is_between(FIRST_YEAR, LAST_YEAR))
        .select(
            pl.col("year").cast(pl.Int16),
            pl.col("births_thousands").alias("births"),
            pl.col("deaths_thousands").alias("deaths"),
            pl.col("births_thousands_proj").alias("births_projected"),
            pl.col("deaths_thousands_proj").alias("deaths_projected"),
            "tfr",
            pl.col("tfr_low").alias("fertility_low"),
            pl.col("tfr_med").alias("fertility_central"),
            pl.col("tfr_high").alias("fertility_high"),
        )
        .with_columns(pl.exclude("year").cast(pl.Float32))
        .sort("year")
    )


def fertility() -> pl.DataFrame:
    """Births per 100 women by age group of the mother, one row per year."""
    return pl.DataFrame(
        [(year, *rates) for year, rates in FERTILITY.items()],
        schema={"year": pl.Int16} | dict.fromkeys(FERTILITY_EDGES, pl.Float32),
        orient="row",
    )


def hospital_use(data: Path) -> pl.DataFrame:
    """People hospitalised outside a listed condition, per 100, by five-year age; Occitanie, CNAM.

    Ages are those of `population`: 00-04 to 95+.
    """
    table = pl.read_parquet(data / "occitanie_pathologies_dep_age_2015_2023.parquet")
    first = pl.col("libelle_classe_age").str.extract(r"(\d+)").cast(pl.Int32)
    return (
        table.filter(
            pl.col("annee").is_in(CALM_YEARS)
            & pl.col("patho_niv1").str.starts_with(HOSPITALISED)
            & (pl.col("libelle_classe_age") != "tous âges")
        )
        .with_columns(first=first)
        .group_by("first")
        .agg((100 * pl.col("Ntop").sum() / pl.col("Npop").sum()).cast(pl.Float32).alias("share"))
        .sort("first")
        .select(
            pl.when(pl.col("first") == 95)
            .then(pl.lit("95+"))
            .otherwise(pl.format("{}-{}", _two("first"), _two(pl.col("first") + 4)))
            .alias("age"),
            "share",
        )
    )


def _two(age: str | pl.Expr) -> pl.Expr:
    expression = pl.col(age) if isinstance(age, str) else age
    return expression.cast(pl.String).str.zfill(2)


def emergency_ages(data: Path) -> pl.DataFrame:
    """Emergency visits and admissions by broad age, France, one row per year.

    The form counts ages in general departments only; every visit of a paediatric department is
    one of a child, and its admissions are those it declares as hospitalised.
    """
    form = pl.read_parquet(data / "sae_tables" / "urgences2.parquet").with_columns(
        pl.col("URG").cast(pl.String),
        pl.col("PASSU", "DT80", "DT18", "DTMCO", "DTMCO80", "DTMCO18", "DTHOSP").cast(
            pl.Float64, strict=False
        ),
    )
    general, child = pl.col("URG") == "GEN", pl.col("URG") == "PED"
    counts = {
        "visits": pl.col("PASSU").sum(),
        "visits_80": pl.col("DT80").sum(),
        "visits_18": pl.col("DT18").filter(general).sum() + pl.col("PASSU").filter(child).sum(),
        "admitted": pl.col("DTMCO").filter(general).sum() + pl.col("DTHOSP").filter(child).sum(),
        "admitted_80": pl.col("DTMCO80").sum(),
        "admitted_18": pl.col("DTMCO18").filter(general).sum()
        + pl.col("DTHOSP").filter(child).sum(),
    }
    return (
        form.group_by(pl.col("AN").cast(pl.Int16).alias("year"))
        .agg(**{name: count.cast(pl.Int32) for name, count in counts.items()})
        .sort("year")
    )
