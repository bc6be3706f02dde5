"""Establishments: beds, stays, days, visits, births and carers, from the SAE of 2019 to 2024."""

from __future__ import annotations

from pathlib import Path

import polars as pl

DISCIPLINES = (
    "medicine",
    "surgery",
    "obstetrics",
    "paediatrics",
    "critical_care",
    "rehabilitation",
)
CRITICAL = ("icu_adult", "icu_child", "ccu", "stepdown", "surv")
WARDS = {"medicine": "med", "surgery": "chi"}
MEASURES = {"open": "jli", "stays": "sejhc", "days": "jou"}
CRITICAL_MEASURES = {"open": "jli", "stays": "sej", "days": "jou"}
ISLANDS = {"ST MARTIN": (-63.08, 18.07), "ST BARTHELEMY": (-62.85, 17.90)}
MOST_CARVED = 0.95
"""Critical care and paediatrics leave at least 5 % of a ward to the ward itself."""


def panel(data: Path) -> pl.DataFrame:
    """One row per establishment and year that had beds, stays, visits or births."""
    wide = pl.read_parquet(data / "sae_establishments_2019_2024.parquet").with_columns(
        pl.col("cat", "catr", "stjr", "reg", "dep", "ed_type", "mat_type").cast(pl.String)
    )
    joined = wide.join(_paediatrics(data), on=["fi", "year"], how="left")
    figures = [name for name, kind in joined.schema.items() if kind.is_numeric()]
    kept = [name for name in figures if name not in ("year", "lon", "lat") and "fte" not in name]
    table = joined.with_columns(pl.col(kept).fill_null(0).cast(pl.Float64))
    table = _critical(table)
    table = _split(table)
    alive = pl.any_horizontal(
        pl.col(name) > 0
        for name in ("lit_mco", "ssr_lit", "sejhc_mco", "ssr_sejhc", "ed_passu", "mat_enfants")
    )
    return _named(table.filter(alive)).sort("year", "finess")


def _paediatrics(data: Path) -> pl.DataFrame:
    """Paediatric stays, days and beds inside medicine and surgery; one total before 2022."""
    form = pl.read_parquet(data / "sae_tables" / "mcoped.parquet")
    number = {
        name: pl.col(name).cast(pl.Float64, strict=False).fill_null(0)
        for name in form.columns
        if name.split("_")[0] in ("LIT", "SEJHC", "JOU") and name.endswith("PED")
    }
    split = {
        f"ped_{measure}_{ward}": number[f"{prefix}_{ward.upper()}_PED"]
        + (number[f"{prefix}_PED"] if ward == "med" else 0)
        for measure, prefix in {"lit": "LIT", "sej": "SEJHC", "jou": "JOU"}.items()
        for ward in ("med", "chi")
    }
    return (
        form.select(
            pl.col("FI").cast(pl.String).alias("fi"),
            pl.col("AN").cast(pl.Int64).alias("year"),
            **split,
        )
        .group_by("fi", "year")
        .sum()
    )


def _critical(table: pl.DataFrame) -> pl.DataFrame:
    sums = {
        f"critical_{measure}": pl.sum_horizontal(f"{unit}_{column}" for unit in CRITICAL)
        for measure, column in CRITICAL_MEASURES.items()
    }
    return table.with_columns(**sums)


def _split(table: pl.DataFrame) -> pl.DataFrame:
    """Wards without the paediatric and critical-care beds and days that the form counts in them.

    A critical-care passage is part of a stay that is counted in a ward: beds and days are taken
    out of the wards, stays are not. Medicine gives first, surgery what medicine cannot.
    """
    for measure, column in MEASURES.items():
        for ward, short in WARDS.items():
            child = _paediatric_part(measure, short)
            table = table.with_columns(
                pl.min_horizontal(child, pl.col(f"{column}_{short}") * MOST_CARVED).alias(
                    f"{ward}_child_{measure}"
                )
            ).with_columns(
                (pl.col(f"{column}_{short}") - pl.col(f"{ward}_child_{measure}")).alias(
                    f"{measure}_{ward}"
                )
            )
        table = table.with_columns(
            (pl.col(f"medicine_child_{measure}") + pl.col(f"surgery_child_{measure}")).alias(
                f"{measure}_paediatrics"
            )
        )
        if measure != "stays":
            table = _give_to_critical(table, measure)
    return table.with_columns(
        pl.col("critical_stays").alias("stays_critical_care"),
        pl.col("jli_obs").alias("open_obstetrics"),
        pl.col("sejhc_obs").alias("stays_obstetrics"),
        pl.col("jou_obs").alias("days_obstetrics"),
        pl.col("ssr_jli").alias("open_rehabilitation"),
        pl.col("ssr_sejhc").alias("stays_rehabilitation"),
        pl.col("ssr_jouhc").alias("days_rehabilitation"),
    )


def _paediatric_part(measure: str, short: str) -> pl.Expr:
    """Open bed-days of paediatrics are those of the ward in proportion to installed beds."""
    if measure == "stays":
        return pl.col(f"ped_sej_{short}").fill_null(0)
    if measure == "days":
        return pl.col(f"ped_jou_{short}").fill_null(0)
    installed = pl.col(f"lit_{short}")
    share = pl.when(installed > 0).then(pl.col(f"ped_lit_{short}").fill_null(0) / installed)
    return share.otherwise(0) * pl.col(f"jli_{short}")


def _give_to_critical(table: pl.DataFrame, measure: str) -> pl.DataFrame:
    wanted = pl.col(f"critical_{measure}")
    medicine = pl.col(f"{measure}_medicine")
    surgery = pl.col(f"{measure}_surgery")
    from_medicine = pl.min_horizontal(wanted, medicine * MOST_CARVED)
    from_surgery = pl.min_horizontal(wanted - from_medicine, surgery * MOST_CARVED)
    return table.with_columns(a=from_medicine, b=from_surgery).with_columns(
        (medicine - pl.col("a")).alias(f"{measure}_medicine"),
        (surgery - pl.col("b")).alias(f"{measure}_surgery"),
        (pl.col("a") + pl.col("b")).alias(f"{measure}_critical_care"),
    )


def _named(table: pl.DataFrame) -> pl.DataFrame:
    figures = [f"{m}_{d}" for m in ("open", "stays", "days") for d in DISCIPLINES]
    whole = {
        "visits": "ed_passu",
        "visits_80": "ed_dt80",
        "visits_18": "ed_dt18",
        "visits_admitted": "ed_dtmco",
        "visits_admitted_80": "ed_dtmco80",
        "births": "mat_enfants",
        "day_cases": "sejhp_mco",
        "home_stays": "sej_had",
        "home_days": "jou_had",
        "short_stays": "ed_sej_uhcd",
        "icu_beds": "icu_adult_lit",
    }
    return table.select(
        pl.col("year").cast(pl.Int16),
        pl.col("fi").alias("finess"),
        *[pl.col(name).round().cast(pl.Int32) for name in figures],
        *[pl.col(column).round().cast(pl.Int32).alias(name) for name, column in whole.items()],
        *[pl.col(f"fte_{name}").cast(pl.Float32).round(1) for name in ("nurse", "aide")],
    )


def sites(data: Path, panel: pl.DataFrame) -> pl.DataFrame:
    """One row per establishment of the panel: name, legal entity, category, commune, place."""
    wide = pl.read_parquet(data / "sae_establishments_2019_2024.parquet").with_columns(
        pl.col("cat", "catr", "stjr", "reg", "dep").cast(pl.String)
    )
    last = (
        wide.sort("year")
        .group_by("fi")
        .agg(
            pl.col("rs").last().alias("name"),
            pl.col("fi_ej").last().alias("legal_entity"),
            pl.col("cat").last().alias("category"),
            pl.col("stjr").last().alias("status"),
            pl.col("com").last().alias("commune"),
            pl.col("nomcom").drop_nulls().last().alias("commune_name"),
            pl.col("dep").last().alias("department"),
            pl.col("lon").drop_nulls().last().cast(pl.Float32).round(4),
            pl.col("lat").drop_nulls().last().cast(pl.Float32).round(4),
        )
        .rename({"fi": "finess"})
    )
    kept = last.filter(pl.col("finess").is_in(panel["finess"].unique().to_list()))
    return _placed(kept).sort("finess")


def _placed(table: pl.DataFrame) -> pl.DataFrame:
    """Saint-Martin and Saint-Barthélemy have no commune in the outlines: placed by hand."""
    for commune, (lon, lat) in ISLANDS.items():
        here = pl.col("lon").is_null() & (pl.col("commune_name") == commune)
        table = table.with_columns(
            pl.when(here).then(pl.lit(lon)).otherwise("lon").cast(pl.Float32).alias("lon"),
            pl.when(here).then(pl.lit(lat)).otherwise("lat").cast(pl.Float32).alias("lat"),
        )
    return table
