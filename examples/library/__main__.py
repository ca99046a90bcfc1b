"""Serve the library: `python -m examples.library library.duckdb`."""

from __future__ import annotations

import sys

import uvicorn

from examples.library.web import app_for
from workshop_lib import open_store

if __name__ == "__main__":
    with open_store(sys.argv[1] if len(sys.argv) > 1 else "library.duckdb") as store:
        uvicorn.run(app_for(store), host="127.0.0.1", port=8000)
