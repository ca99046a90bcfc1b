"""The case study: a network of charging stations, five contexts, one file per aggregate.

Each file has the same order: why it exists, commands, events (stored formats), states, `decide`, `evolve` and
the decider. Read them in the order of a visit:

- operations: `connector.py` (its status), `reservation.py` (who it is kept for), `station.py` (whether it is
  online);
- drivers: `driver.py` (who may charge, and with which token);
- charging: `session.py` (one charging session);
- billing: `tariff.py`, `terms.py` and `prices.py` (what charging costs), `invoice.py` (what a driver pays);
- roaming: `charge_record.py` and `partner.py` (what other operators receive).

`policies.py` contains what happens automatically after an event. For a rule that no single stream can
enforce, see `workbench/scenarios/one_place.py`.
"""
