"""A PostgreSQL server for shared boards, and a page for widgets."""

from tests.workbench.pictures.conftest import browser, open_widget
from tests.workshop_lib.store.servers import postgres

__all__ = ["browser", "open_widget", "postgres"]
