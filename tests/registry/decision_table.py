"""What is in force, read from the law by hand: never made by the code under test.

Each set is written from the articles named beside it. `DAYS` are a day before the second wave
of prohibitions, the day of Annex III and the day of Annex I.
"""

from __future__ import annotations

DAYS = ("2026-11-28", "2027-12-02", "2028-08-02")
BEFORE, ANNEX_III, ANNEX_I = DAYS

# Any AI system, any role ------------------------------------------------------------------------
ANY = {
    "AIA-003",  # Article 3: is it an AI system? since 2 February 2025
    "AIA-004",  # Article 4: literacy, provider and deployer, since 2 February 2025
    "AIA-005",  # Article 5: prohibited practices, since 2 February 2025
    "AIA-099",  # Article 99: penalties, since 2 August 2025
}
SINCE_DECEMBER_2026 = {"AIA-005b"}  # Article 5 as amended: from 2 December 2026
LATER = ANY | SINCE_DECEMBER_2026

# High risk, provider ----------------------------------------------------------------------------
REQUIREMENTS = {
    "AIA-009-1",  # 9(1)-(2) risk management
    "AIA-009-2",  # 9(5) residual risk
    "AIA-009-3",  # 9(6)-(8) tests against thresholds fixed beforehand
    "AIA-009-4",  # 9(9) minors and vulnerable groups
    "AIA-010-1",  # 10(2) data governance
    "AIA-010-2",  # 10(2)(f)-(g) bias
    "AIA-010-3",  # 10(3)-(4) representative data
    "AIA-011",  # 11 technical documentation
    "AIA-012",  # 12 record-keeping
    "AIA-013",  # 13 instructions for use
    "AIA-014-1",  # 14(1)-(3) human oversight
    "AIA-014-2",  # 14(4) understand, override, stop
    "AIA-015-1",  # 15(1)-(3) accuracy declared
    "AIA-015-2",  # 15(4) robustness
    "AIA-015-3",  # 15(5) cybersecurity
    "AIA-016",  # 16 provider duties
    "AIA-017",  # 17 quality management
    "AIA-018",  # 18 documents ten years
    "AIA-019",  # 19 logs six months
    "AIA-020",  # 20 corrective action
    "AIA-021",  # 21 cooperation
    "AIA-047",  # 47 declaration of conformity
    "AIA-048",  # 48 CE marking
    "AIA-072",  # 72 post-market monitoring
}
# not 10(5): no sensitive data processed; not 25: nobody modifies it

DEVICE_AT_HIGH_RISK = {
    "AIA-008",  # 8(2) one single file with the MDR
    "AIA-043",  # 43(3) conformity through the MDR route
    "AIA-073-2",  # 73(9)-(10) incidents of devices: fundamental rights only
}
# not 73(1): the serious incidents of a device go through vigilance

# High risk, deployer ----------------------------------------------------------------------------
USE = {
    "AIA-026-1",  # 26(1) instructions
    "AIA-026-2",  # 26(2) oversight given to trained people
    "AIA-026-4",  # 26(4) input data
    "AIA-026-5",  # 26(5) monitoring
    "AIA-026-6",  # 26(6) logs six months
    "AIA-026-7",  # 26(7) staff informed
    "AIA-026-9",  # 26(9) data protection impact assessment
    "AIA-026-12",  # 26(12) cooperation
}
ANNEX_III_USE = {
    "AIA-026-8",  # 26(8), 49(3) public bodies register their use
    "AIA-026-11",  # 26(11) people informed
    "AIA-027",  # 27 fundamental rights impact assessment
    "AIA-086",  # 86 explanation
}

# Device law -------------------------------------------------------------------------------------
VIGILANCE = {
    "MDR-87-3",  # MDR 87(3) 15 days
    "MDR-87-5",  # MDR 87(5) 10 days
    "MDR-87-4",  # MDR 87(4) 2 days
}
IN_HOUSE = {
    "MDR-IH1",  # MDR 5(5)(a) no transfer
    "MDR-IH2",  # MDR 5(5)(b) quality system
    "MDR-IH3",  # MDR 5(5)(c) no equivalent device
    "MDR-IH4",  # MDR 5(5)(e)-(f) public declaration
    "MDR-IH5",  # MDR 5(5)(h) review of experience
}
REPORT_BY_USER = {"CSP-L5212-2"}  # CSP L.5212-2: the establishment reports to ANSM

# HAS certification, establishments --------------------------------------------------------------
DIGITAL = {"HC-D-1", "HC-D-2", "HC-D-3", "HC-D-4", "HC-D-5", "HC-D-6"}
DEVICES_CRITERION = {f"HC-AI-1.{n}" for n in range(1, 7)}
ORGANISATION_CRITERION = {f"HC-AI-2.{n}" for n in range(1, 5)}
CARES_WITH_A_DEVICE = REPORT_BY_USER | DEVICES_CRITERION | DIGITAL

# Older systems ----------------------------------------------------------------------------------
OLDER = {"AIA-111-2"}  # 111(2) on the market before the day: a duty of inventory only

TABLE: dict[tuple[str, str, str | None], dict[str, set[str]]] = {
    # Class I app: no notified body, no Annex III use, so no high risk (6(1)); MDR 85 report.
    ("application-repos", "provider", None): {
        BEFORE: ANY | VIGILANCE | {"MDR-85"},
        ANNEX_III: LATER | VIGILANCE | {"MDR-85"},
        ANNEX_I: LATER | VIGILANCE | {"MDR-85"},
    },
    ("application-repos", "deployer", "valmere-consultation"): {
        BEFORE: ANY | CARES_WITH_A_DEVICE,
        ANNEX_III: LATER | CARES_WITH_A_DEVICE,
        ANNEX_I: LATER | CARES_WITH_A_DEVICE,
    },
    # Class IIa reader, Annex I: its third version comes on the market on 2 August 2028 with a new
    # design. Not 27, 49, 26(8), 26(11), 86: they ask for an Annex III use. 22: maker outside.
    ("lecteur-thorax", "provider", None): {
        BEFORE: ANY | VIGILANCE | {"MDR-86-IIa"},
        ANNEX_III: LATER | VIGILANCE | {"MDR-86-IIa"},
        ANNEX_I: LATER
        | REQUIREMENTS
        | DEVICE_AT_HIGH_RISK
        | VIGILANCE
        | OLDER
        | {"AIA-006-1", "AIA-022", "MDR-86-IIa"},
    },
    # The older version in a public hospital: 26 waits for 2 August 2030 (111(2)).
    ("lecteur-thorax", "deployer", "valmere-radiologie"): {
        BEFORE: ANY | CARES_WITH_A_DEVICE,
        ANNEX_III: LATER | CARES_WITH_A_DEVICE,
        ANNEX_I: LATER | CARES_WITH_A_DEVICE | OLDER,
        "2030-08-02": LATER | CARES_WITH_A_DEVICE | OLDER | USE | {"EHDS-60-3"},
    },
    # The older version in a private clinic: 26 never, while the design does not change (111(2)).
    ("lecteur-thorax", "deployer", "clinique-roseraie"): {
        BEFORE: ANY | CARES_WITH_A_DEVICE,
        ANNEX_III: LATER | CARES_WITH_A_DEVICE,
        ANNEX_I: LATER | CARES_WITH_A_DEVICE | OLDER,
        "2030-08-02": LATER | CARES_WITH_A_DEVICE | OLDER | {"EHDS-60-3"},
    },
    # The new version in a hospital: 26 on the day of Annex I.
    ("lecteur-thorax", "deployer", "nouvelle-version"): {
        BEFORE: ANY | CARES_WITH_A_DEVICE,
        ANNEX_III: LATER | CARES_WITH_A_DEVICE,
        ANNEX_I: LATER | CARES_WITH_A_DEVICE | OLDER | USE,
    },
    # In-house model: 5(5) on the establishment, no notified body, so no high risk (MDCG 2025-6).
    ("lecteur-ecg", "provider", "valmere-cardiologie"): {
        BEFORE: ANY | IN_HOUSE,
        ANNEX_III: LATER | IN_HOUSE,
        ANNEX_I: LATER | IN_HOUSE,
    },
    ("lecteur-ecg", "deployer", "valmere-cardiologie"): {
        BEFORE: ANY | CARES_WITH_A_DEVICE,
        ANNEX_III: LATER | CARES_WITH_A_DEVICE,
        ANNEX_I: LATER | CARES_WITH_A_DEVICE,
    },
    # Emergency triage: Annex III 5(d) and a class IIb device, on the market on the day of Annex
    # III. 6(1) then spares it as an older system till 2030, but 6(2) already holds it. 49(1).
    ("tri-urgences", "provider", None): {
        BEFORE: ANY,
        ANNEX_III: LATER
        | REQUIREMENTS
        | DEVICE_AT_HIGH_RISK
        | VIGILANCE
        | {"AIA-006-2", "AIA-049", "MDR-86-IIb"},
        ANNEX_I: LATER
        | REQUIREMENTS
        | DEVICE_AT_HIGH_RISK
        | VIGILANCE
        | {"AIA-006-2", "AIA-049", "MDR-86-IIb"},
    },
    ("tri-urgences", "deployer", "valmere-urgences"): {
        BEFORE: ANY | DEVICES_CRITERION | DIGITAL,
        ANNEX_III: LATER | CARES_WITH_A_DEVICE | USE | ANNEX_III_USE,
        ANNEX_I: LATER | CARES_WITH_A_DEVICE | USE | ANNEX_III_USE,
    },
    # Chatbot: 50(1) since 2 August 2026; 50(2) by 2 December 2026, on the market before.
    ("assistant-accueil", "provider", None): {
        BEFORE: ANY | {"AIA-050-1"},
        ANNEX_III: LATER | {"AIA-050-1", "AIA-050-2"},
        ANNEX_I: LATER | {"AIA-050-1", "AIA-050-2"},
    },
    ("assistant-accueil", "deployer", "valmere-site"): {
        BEFORE: ANY | ORGANISATION_CRITERION | DIGITAL,
        ANNEX_III: LATER | ORGANISATION_CRITERION | DIGITAL,
        ANNEX_I: LATER | ORGANISATION_CRITERION | DIGITAL,
    },
    # Research only: out of the AI Act until put into service, 2(6) and (8); a record to keep.
    ("recherche-sepsis", "provider", None): {day: {"AIA-002-6"} for day in DAYS},
    ("recherche-sepsis", "deployer", None): {day: {"AIA-002-6"} for day in DAYS},
}
