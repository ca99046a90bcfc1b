"""The case study: a network of charging stations, five contexts, one file per aggregate.

Each file has the same order: why it exists, commands, events (they are stored formats), states, `decide`,
`evolve`, `initial` and the decider. Read them in the order of a visit:

- operations: `connector.py` (what the socket says), `reservation.py` (to whom it is promised), `station.py`
  (when we heard nothing at all);
- drivers: `driver.py` (who may charge, and with which token);
- charging: `session.py` (what is charged);
- billing: `tariff.py`, `terms.py` and `prices.py` (what it costs), `invoice.py` (what was asked for);
- roaming: `charge_record.py` and `partner.py` (what other operators are told).

`policies.py` says what is to be done whenever something has happened. A rule that no single stream can keep
is played in `workbench/scenarios/one_place.py`.
"""
