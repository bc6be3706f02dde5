"""Export: a record as other catalogues and search engines read it, closed data as stubs."""

from preuve.catalogue.export.croissant import croissant
from preuve.catalogue.export.pages import Page, page
from preuve.catalogue.export.schema_org import schema_org

__all__ = ["Page", "croissant", "page", "schema_org"]
