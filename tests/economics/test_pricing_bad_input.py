from __future__ import annotations

from typing import Any

import pytest
from pydantic import TypeAdapter

from preuve.core.errors import PreuveError
from preuve.economics.pricing import AnyScheme, example, examples, scheme_of
from preuve.economics.pricing.scheme import KINDS

INNER = {"scheme": "per_patient_month", "amount": 10}
PECAN = {
    "scheme": "pecan",
    "filed_after": 5,
    "decided_after": 7,
    "obtained": 0.5,
    "permanent": INNER,
}


@pytest.mark.parametrize(
    ("record", "told"),
    [
        ({"scheme": "per_use", "amount": -1}, "0 or more"),
        ({"scheme": "per_use", "amount": float("inf")}, "finite"),
        ({"scheme": "per_use"}, "either"),
        (
            {
                "scheme": "per_use",
                "amount": 1,
                "tiers": {"rule": "marginal", "steps": [{"start": 0, "amount": 1}]},
            },
            "either",
        ),
        ({"scheme": "per_use", "amount": 1, "payers": {"amo": 0.5}}, "sum to 0.5, not to 1"),
        ({"scheme": "per_use", "amount": 1, "payers": {"amo": 1.5}}, "between 0 and 1"),
        ({"scheme": "per_use", "amount": 1, "vat": {"rate": 20}}, "between 0 and 1"),
        ({"scheme": "per_use", "amount": 1, "prise": 2}, "not known"),
        ({"scheme": "front_loaded", "first": 1, "monthly": 1, "first_months": 0}, "1 or more"),
        ({"scheme": "cap_and_collar", "of": INNER, "collar": 20, "cap": 10}, "above the cap"),
        ({"scheme": "cap_and_collar", "of": INNER, "cap": -10}, "0 or more"),
        ({"scheme": "cap_and_collar", "of": INNER, "cap": 1, "payers": {"amo": 1}}, "under `of`"),
        (
            {"scheme": "outcome_rebate", "of": INNER, "refunded": 2, "target": 1, "outcome": 1},
            "between 0 and 1",
        ),
        (
            {
                "scheme": "outcome_rebate",
                "of": INNER,
                "refunded": 0.5,
                "target": 1,
                "outcome": 1,
                "every": 0,
            },
            "1 or more",
        ),
        ({"scheme": "shared_savings", "savings": 1, "share": -0.1}, "between 0 and 1"),
        ({"scheme": "bundle", "amount": 1, "shared": {"maker": 0.4}}, "sum to 0.4"),
        (PECAN | {"obtained": 1.4}, "between 0 and 1"),
        (PECAN | {"filed_after": -2}, "0 or more"),
        (PECAN | {"private_price": 3}, "after_loss"),
        (PECAN | {"early": {"scheme": "remote_monitoring"}}, "not a digital therapy"),
        (
            PECAN
            | {
                "kind": "remote_monitoring",
                "early": {"scheme": "remote_monitoring", "benefit": "mortality"},
            },
            "organisational level",
        ),
        ({"scheme": "diga", "prescriptions": 0}, "1 or more"),
        ({"scheme": "remote_monitoring", "beyond": -1}, "0 or more"),
    ],
)
def test_what_is_wrong_is_told(record: dict[str, Any], told: str) -> None:
    with pytest.raises(PreuveError, match=told):
        scheme_of(record)


def test_an_unknown_scheme_names_the_nearest() -> None:
    with pytest.raises(PreuveError, match="pecan"):
        example("pecann")
    with pytest.raises(PreuveError, match="Did you mean “per_use”"):
        scheme_of({"scheme": "per_usage", "amount": 1})
    with pytest.raises(PreuveError, match="Choose among"):
        scheme_of(["per_use"])


def test_each_scheme_has_a_published_schema_and_an_example() -> None:
    schema = TypeAdapter(AnyScheme).json_schema()
    assert set(schema["discriminator"]["mapping"]) == set(KINDS)
    assert {one.pays.scheme for one in examples().values()} == set(KINDS)
