"""What the interface for programs shows of the catalogue, as JSON."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, Field

from preuve.catalogue.holdings import Kept, Revision
from preuve.catalogue.search.results import Hit, Results


class RecordShown(BaseModel):
    """A record in a list; texts by language tag, the empty tag where the record names none."""

    number: int = Field(examples=[12])
    iri: str = Field(examples=["https://valmere.example/dataset/1-000001"])
    status: str = Field(examples=["published"])
    access: str = Field(description="Code of the access class, or empty.", examples=["NON_PUBLIC"])
    titles: dict[str, str]
    descriptions: dict[str, str]
    publisher: dict[str, str]
    people: str = Field(description="As the record writes it.")
    variables: int
    synthetic: bool
    verdicts: dict[str, Any]
    modified_at: str
    page: str = Field(description="Path of its page.", examples=["/fr/catalogue/12"])

    @classmethod
    def of(cls, found: Hit | Kept) -> RecordShown:
        number = found.record if isinstance(found, Hit) else found.id
        summary = found.summary
        return cls(
            number=number,
            iri=found.iri,
            status=found.status,
            access=found.access,
            titles=summary["titles"],
            descriptions=summary["descriptions"],
            publisher=summary["publisher"],
            people=summary["people"],
            variables=summary["variables"],
            synthetic=summary["synthetic"],
            verdicts=dict(found.verdicts),
            modified_at=found.modified_at,
            page=f"/fr/catalogue/{number}",
        )


class RecordsPage(BaseModel):
    """Some records in the order in which they were first kept, and where the next ones are."""

    total: int
    items: list[RecordShown]
    next: str | None = Field(description="Path of the next page; null after the last.")


class ChoiceShown(BaseModel):
    """A value that results may be narrowed to."""

    value: str
    labels: dict[str, str]
    count: int
    chosen: bool


class FacetShown(BaseModel):
    """A facet: its values of most records first."""

    facet: str
    values: list[ChoiceShown]
    more: bool


class CorrectionShown(BaseModel):
    """A word that no record has, and the one that was searched instead."""

    written: str
    used: str


class FoundPage(BaseModel):
    """Results of a search."""

    total: int
    page: int
    size: int
    items: list[RecordShown]
    facets: list[FacetShown]
    corrections: list[CorrectionShown]
    unknown: list[str]
    relaxed: bool = Field(description="No record has all the words; these have the most of them.")

    @classmethod
    def of(cls, found: Results) -> FoundPage:
        return cls(
            total=found.total,
            page=found.page,
            size=found.size,
            items=[RecordShown.of(hit) for hit in found.hits],
            facets=[
                FacetShown(
                    facet=facet.facet,
                    more=facet.more,
                    values=[
                        ChoiceShown(
                            value=one.value,
                            labels=dict(one.labels),
                            count=one.count,
                            chosen=one.chosen,
                        )
                        for one in facet.values
                    ],
                )
                for facet in found.facets
            ],
            corrections=[CorrectionShown(**vars(one)) for one in found.corrections],
            unknown=list(found.unknown),
            relaxed=found.relaxed,
        )


class RevisionShown(BaseModel):
    """One text of a record."""

    number: int
    parent: int | None
    aside: bool
    status: str
    digest: str
    actor: str
    at: str

    @classmethod
    def of(cls, found: Revision) -> RevisionShown:
        return cls(**vars(found))


class ProfileShown(BaseModel):
    """A profile that records are checked against."""

    id: str
    version: str
    date: str
    title: dict[str, str]
    access: str | None


class VerdictShown(BaseModel):
    """The verdict of one profile; texts in the language of the request."""

    profile: str
    version: str
    conforms: bool
    nodes: int = Field(description="On how many nodes the profile looked.")
    findings: list[dict[str, Any]]
    level_reason: str | None = None


class CheckedRecord(BaseModel):
    """A record of a file that was sent to be checked."""

    iri: str
    verdicts: list[VerdictShown]
    dirt: list[dict[str, Any]]


class Checked(BaseModel):
    """What was found in a file; nothing was kept."""

    conforms: bool
    dirt: list[dict[str, Any]]
    records: list[CheckedRecord]
