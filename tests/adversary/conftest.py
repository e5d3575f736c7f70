"""The house of the transport tests, for those who attack it."""

from __future__ import annotations

from tests.transport.conftest import doctor, furnished, patient, standing

__all__ = ["doctor", "furnished", "patient", "standing"]
