"""The walls that the exercises of chapter 1.2 begin with, as text. `chapter_1_2.py` asks about them."""

from __future__ import annotations

from collections.abc import Mapping

CHAOS = """
phase: chaotic exploration
event: Invoice Issued {at 250 110}
event: Session Stopped {at 560 100}
  | the driver: I pulled the cable out and drove off
event: Meter Read {at 900 120}
event: Session Updated {at 150 270}
  | the developer: something changed in the row
event: Charging Resumed {at 400 260}
event: Charging Stopped {at 740 290}
  | the station: no more energy will flow
event: Credit Note Issued {at 1030 280}
event: Charging Started {at 240 440}
event: Session Stopped #2 {at 580 450}
  | the bookkeeper: the last reading is in, the bill can be made
event: Charging Suspended {at 900 450}
"""

TIMELINE = """
event: Charging Started {at 320 160}
event: Meter Read {at 490 160}
event: Charging Suspended {at 660 160}
event: Charging Resumed {at 830 160}
event: Charging Stopped {at 1000 160}
event: Last Reading Accepted {at 1170 160}
event: Connector Commissioned {at 130 340}
event: Station Went Offline {at 660 340}
event: Station Came Online {at 830 340}
event: Cable Unplugged {at 1170 340}
event: Tariff Published {at 130 520}
event: Invoice Issued {at 1340 520}
event: Invoice Paid {at 1510 520}
event: Credit Note Issued {at 1680 520}
"""

CHAPTERS = """
event: Charging Started {pivotal}
event: Charging Stopped {pivotal}
event: Invoice Issued {pivotal}
"""

STORY = """
event: Connector Commissioned -> event: Charging Started
event: Tariff Published -> event: Charging Started
event: Charging Started -> event: Meter Read -> event: Charging Suspended -> event: Charging Resumed
event: Charging Resumed -> event: Charging Stopped -> event: Last Reading Accepted -> event: Invoice Issued
event: Charging Stopped -> event: Cable Unplugged
event: Station Went Offline -> event: Station Came Online
event: Invoice Issued -> event: Invoice Paid -> event: Credit Note Issued
actor: Driver {at 320 20} -> event: Charging Started
external system: Station {at 1000 20} -> event: Charging Stopped
external system: Bank {at 1510 650} -> event: Invoice Paid
actor: Bookkeeper {at 1680 650} -> event: Credit Note Issued
"""

HAPPY_END = """
phase: reverse narrative
actor: Driver {at 120 160} -> event: Charging Started {at 290 160}
event: Charging Started -> event: Charging Stopped {at 540 160} -> event: Invoice Issued {at 800 160}
event: Invoice Issued -> event: Invoice Paid {at 1060 160}
"""

BELIEVED = """
event: Tariff Published {at 130 520}
event: Connector Commissioned {at 130 340}
event: Connector Reserved {at 300 580}
event: Charging Started {at 320 160}
event: Meter Read {at 490 160}
event: Charging Resumed {at 830 160}
event: Charging Stopped {at 1000 160}
event: Charging Suspended {at 1170 160}
event: Station Went Offline {at 660 340}
event: Station Came Online {at 830 340}
event: Invoice Issued {at 1340 520}
"""

BOARDS: Mapping[str, str] = {
    "the_timeline": CHAOS,
    "pivotal_events": "phase: pivotal events" + TIMELINE,
    "people_and_systems": "phase: people and systems" + TIMELINE + CHAPTERS,
    "where_contexts_part": "phase: hot spots" + TIMELINE + CHAPTERS + STORY,
    "reverse_narrative": HAPPY_END,
    "beside_the_log": BELIEVED,
}
"""For each task that begins with a wall what hangs on it."""
