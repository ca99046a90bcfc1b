"""The case study: a network of charging stations, one file per aggregate.

Read them in the order of a visit: `connector.py` (what the socket says), `session.py` (what is charged),
`tariff.py` and `invoice.py` (what it costs); `station.py` says when we heard nothing at all. `traffic.py`
lets a city drive up and charge, the same on every machine.
"""
