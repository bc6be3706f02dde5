from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from preuve.core.errors import PreuveError
from preuve.core.record import canonical
from preuve.core.signature import Key
from preuve.core.usecase import UseCase
from preuve.evaluation.site import summarise
from preuve.federation import Envelope, Node
from preuve.federation.envelope import Asked
from preuve.federation.gate import release

ASKED = Asked("sha256:01", "sha256:02", None)


@pytest.fixture
def envelope(
    protocol: UseCase,
    make_node: Callable[..., Node],
    random_table: Callable[[str, int, int], Any],
) -> Envelope:
    table = random_table("a", 60, 1)
    node = make_node("a", table, "{smallest_cell: 20}")
    cases = table.cases()
    result = summarise(protocol, cases, np.array(table.score)[:, None])
    site = release(result, node, protocol, cases, node.ledger).site
    return Envelope.seal(
        node.key, site, asked=ASKED, policy=node.policy.record(), ledger_head=node.ledger.head
    )


def test_what_is_sealed_is_read_again(envelope: Envelope) -> None:
    again = Envelope.from_content(envelope.content())
    assert again.record() == envelope.record()
    assert Envelope.from_record(json.loads(envelope.content())).site.site == "a"
    assert again.asked == ASKED
    assert again.node_key == again.signature["key"]


def test_every_altered_byte_is_refused(envelope: Envelope) -> None:
    content = envelope.content()
    for place in range(len(content)):
        for flip in (0x01, 0x20):
            altered = bytearray(content)
            altered[place] ^= flip
            with pytest.raises(PreuveError):
                Envelope.from_content(bytes(altered))


@pytest.mark.parametrize(
    "alter",
    [
        lambda r: r["released"].update(people=99),
        lambda r: r["policy"].update(smallest_cell=1),
        lambda r: r.update(ledger_head="sha256:0"),
        lambda r: r.update(note="more"),
        lambda r: r.pop("system"),
        lambda r: r.update(signature=Key.generate().sign({})),
        lambda r: r.update(signature={}),
        lambda r: r.update(signature="none"),
        lambda r: r.update(released=[]),
    ],
)
def test_an_altered_record_is_refused(
    alter: Callable[[dict[str, Any]], object], envelope: Envelope
) -> None:
    record = json.loads(envelope.content())
    alter(record)
    with pytest.raises(PreuveError):
        Envelope.from_record(record)


def test_the_site_is_named(envelope: Envelope) -> None:
    record = envelope.record()
    record["released"]["people"] = 7
    with pytest.raises(PreuveError, match="altered") as caught:
        Envelope.from_record(record, where="evidence.json")
    assert caught.value.where == "a · evidence.json"


def test_a_release_signed_by_another_key_is_refused(envelope: Envelope) -> None:
    record = envelope.record()
    signed = {k: v for k, v in record.items() if k != "signature"}
    record["signature"] = Key.generate().sign(signed)
    with pytest.raises(PreuveError, match="altered"):
        Envelope.from_record(record)


@pytest.mark.parametrize("content", [b"", b"[]", b"{", b"\xff", b"null", canonical({"schema": 1})])
def test_what_is_no_envelope_is_refused(content: bytes) -> None:
    with pytest.raises(PreuveError, match="not the signed release"):
        Envelope.from_content(content)
