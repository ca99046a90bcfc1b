"""The walls that the exercises of chapter 1.2 begin with, as text. `c1_2/checks.py` checks them."""

from __future__ import annotations

from collections.abc import Mapping

CHAOS = """
phase: chaotic exploration
event: Invoice Issued {at 250 110}
event: Session Stopped {at 560 100}
  | says the driver:
  | the cable is out
event: Meter Read {at 900 120}
event: Session Updated {at 150 270}
  | says the developer:
  | a row was written
event: Charging Resumed {at 400 260}
event: Charging Stopped {at 740 290}
  | says the station:
  | no more energy
event: Credit Note Issued {at 1030 280}
event: Charging Started {at 240 440}
event: Session Stopped #2 {at 580 450}
  | says the bookkeeper:
  | all readings are in
event: Charging Suspended {at 900 450}
"""

TIMELINE = """
event: Charging Started {at 200 160}
event: Meter Read {at 370 160}
event: Charging Suspended {at 540 160}
event: Charging Resumed {at 710 160}
event: Charging Stopped {at 880 160}
event: Last Reading Accepted {at 1050 160}
event: Connector Commissioned {at 110 370}
event: Station Went Offline {at 540 370}
event: Station Came Online {at 710 370}
event: Cable Unplugged {at 940 370}
event: Tariff Published {at 215 580}
event: Invoice Issued {at 1110 580}
event: Credit Note Issued {at 1280 580}
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
event: Invoice Issued -> event: Credit Note Issued
actor: Driver {at 200 20} -> event: Charging Started
external system: Station {at 880 20} -> event: Charging Stopped
external system: Power Exchange {at 215 730} -> event: Tariff Published
actor: Bookkeeper {at 1280 720} -> event: Credit Note Issued
"""

HAPPY_END = """
phase: reverse narrative
actor: Driver {at 120 160} -> event: Charging Started {at 290 160}
event: Charging Started -> event: Charging Stopped {at 540 160} -> event: Invoice Issued {at 800 160}
event: Invoice Issued -> event: Invoice Paid {at 1060 160}
"""

BELIEVED = """
event: Charging Started {at 200 160}
event: Meter Read {at 370 160}
event: Charging Resumed {at 710 160}
event: Charging Stopped {at 880 160}
event: Charging Suspended {at 1050 160}
event: Connector Commissioned {at 110 370}
event: Connector Reserved {at 280 370}
event: Station Went Offline {at 540 370}
event: Station Came Online {at 710 370}
event: Tariff Published {at 215 580}
event: Invoice Issued {at 1110 580}
"""

BOARDS: Mapping[str, str] = {
    "the_timeline": CHAOS,
    "pivotal_events": "phase: pivotal events" + TIMELINE,
    "people_and_systems": "phase: people and systems" + TIMELINE + CHAPTERS,
    "where_contexts_part": "phase: hot spots" + TIMELINE + CHAPTERS + STORY,
    "reverse_narrative": HAPPY_END,
    "beside_the_log": BELIEVED,
}
"""The wall of each task that begins with one."""
