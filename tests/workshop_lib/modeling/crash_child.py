"""A program that parks a car and crashes at the moment named on its command line."""

from __future__ import annotations

import os
import sys
from uuid import UUID

from tests.workshop_lib.modeling.bay import BAY, Park
from workshop_lib import open_store
from workshop_lib.modeling.application import handle
from workshop_lib.modeling.state_and_events import StateAndEvents
from workshop_lib.store.state_table import state_table
from workshop_lib.store.transactions import transactions_of

CLICK = UUID(int=1)


def die(*_: object, **__: object) -> None:
    os._exit(9)


def main(url: str, moment: str) -> None:
    store = open_store(url)
    bays = StateAndEvents(state_table(store, "bay"), BAY)
    if moment == "between load and append":
        bays.save = die
    if moment == "within the transaction":
        transactions_of(store).in_each_commit(die)  # after the table's row is written, before the commit
    handle(bays, 7, Park("zoe"), command_id=CLICK)
    die()


if __name__ == "__main__":
    main(*sys.argv[1:])
