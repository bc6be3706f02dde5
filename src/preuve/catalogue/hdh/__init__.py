"""HDH: records sent to the metadata catalogue of the Health Data Hub, checked first, resumable."""

from preuve.catalogue.hdh.client import Client, RefusedError, key_of_environment
from preuve.catalogue.hdh.ingest import Action, Outcome, ingest
from preuve.catalogue.hdh.state import State

__all__ = ["Action", "Client", "Outcome", "RefusedError", "State", "ingest", "key_of_environment"]
