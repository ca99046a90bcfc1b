"""The walls that the exercises of chapter 2.2 begin with, as text.

Read `c2_2/checks.py` next: it says which properties an answer must have.
"""

from __future__ import annotations

from collections.abc import Mapping

MONDAY = """
read model: Free Connectors -> actor: Driver -> command: Reserve Connector -> aggregate: Connector
  | only if nobody else has it
aggregate: Connector -> event: Connector Reserved -> policy: Whenever reserved, tell the driver
policy: Whenever reserved, tell the driver -> command: Send Message -> external system: Phone Company
external system: Phone Company -> event: Driver Informed
aggregate: Connector -> external system: Station
event: Reservation Time Passed -> command: Release Connector -> aggregate: Connector #2
aggregate: Connector #2 -> event: Reservation Expired
actor: Driver #2 -> command: Cancel Reservation -> event: Reservation Cancelled
event: Connector Faulted -> policy: Whenever faulted, free the driver -> command: Cancel Reservation
"""

YES = """
context: operations
  read model: Free Connectors -> actor: Driver -> command: Reserve Connector
  command: Reserve Connector -> aggregate: Connector -> event: Connector Reserved
  event: Connector Reserved -> read model: Free Connectors
context: charging
  read model: Display of the Station -> actor: Driver -> command: Start Charging
  command: Start Charging -> aggregate: Session -> event: Charging Started
  event: Charging Started -> read model: Display of the Station
context: billing
  read model: Open Invoices -> actor: Bookkeeper -> command: Credit Invoice
  command: Credit Invoice -> aggregate: Invoice -> event: Credit Note Issued
  event: Credit Note Issued -> read model: Open Invoices
"""

APART = """
context: operations
  actor: Driver -> command: Reserve Connector -> aggregate: Connector
    | only if nobody else has it
  aggregate: Connector -> event: Connector Reserved
  command: Use Reservation -> aggregate: Connector #2 -> event: Reservation Used
  command: Release Connector -> aggregate: Connector #3 -> event: Reservation Expired
  event: Reservation Time Passed
context: charging
  actor: Driver -> command: Start Charging -> aggregate: Session
    | refused without a valid token
  aggregate: Session -> event: Charging Started
  actor: Driver #2 -> command: Stop Charging -> aggregate: Session #2 -> event: Charging Stopped
context: billing
  command: Issue Invoice -> aggregate: Invoice
    | never twice for one session
  aggregate: Invoice -> event: Invoice Issued
"""

BLIND = """
context: operations
  read model: Free Connectors -> actor: Driver -> command: Reserve Connector -> aggregate: Connector
    | only if nobody else has it
  aggregate: Connector -> event: Connector Reserved -> read model: Free Connectors
  event: Reservation Time Passed -> policy: Whenever the time has passed -> command: Release Connector
  command: Release Connector -> aggregate: Connector #2 -> event: Reservation Expired
  external system: Station -> event: Connector Faulted
  external system: Station -> event: Connector Repaired
context: charging
  actor: Driver -> command: Start Charging -> aggregate: Session
    | refused without a valid token
  aggregate: Session -> event: Charging Started
    | public
  external system: Meter -> event: Meter Read
  actor: Driver #2 -> command: Stop Charging -> aggregate: Session #2 -> event: Charging Stopped
    | public
context: billing
  event: Charging Stopped {in charging} -> policy: Whenever a session is over, bill it
  policy: Whenever a session is over, bill it -> command: Issue Invoice
  command: Issue Invoice -> aggregate: Invoice
    | never twice for one session
  aggregate: Invoice -> event: Invoice Issued
"""

ASKED = """
context: charging
  external system: Station -> event: Reading Reported -> policy: Whenever a station reports, take it
  policy: Whenever a station reports, take it -> command: Accept Reading -> aggregate: Session
  aggregate: Session -> event: Reading Accepted
  external system: Station -> event: Stecker gezogen -> command: Stop Charging
    | only while energy flows
  command: Stop Charging -> aggregate: Session #2 -> event: Charging Stopped
    | email: str
context: billing
  actor: Pricing -> command: Change Tariff -> aggregate: Tariff
    | never during a session
  aggregate: Tariff -> event: Tariff Changed
  event: Charging Stopped {in charging} -> policy: Whenever a session is over, bill it
  policy: Whenever a session is over, bill it -> command: Issue Invoice -> aggregate: Invoice
    | never twice for one session
  aggregate: Invoice -> event: Invoice Issued
"""

STORY = """
event: Connector Reserved {at 300 200}
event: Reservation Expired {at 800 200}
event: Charging Started {at 1300 500}
event: Meter Read {at 1800 500}
event: Charging Stopped {at 2300 500}
hot spot: A car stands on the reserved connector. Whose is it now? {at 1300 800}
"""

RESERVING = """
context: operations
  read model: Free Connectors {at 200 200} -> actor: Driver {at 400 200}
  actor: Driver -> command: Reserve Connector {at 600 200} -> aggregate: Connector {at 840 200}
  command: Reserve Connector
    | token: str
  aggregate: Connector -> event: Connector Reserved {at 1080 200} -> read model: Free Connectors
  event: Connector Reserved
    | token: str
  aggregate: Connector -> event: Reservation Refused {at 1080 360} -> read model: Free Connectors
  event: Reservation Refused
    | token: str
  event: Reservation Time Passed {at 1300 200} -> policy: Whenever the time has passed {at 1540 200}
  policy: Whenever the time has passed -> command: Release Connector {at 1780 200}
  command: Release Connector -> aggregate: Connector #2 {at 2020 200}
    | only while it is reserved
  aggregate: Connector #2 -> event: Reservation Expired {at 2260 200} -> read model: Free Connectors
"""

BOARDS: Mapping[str, str] = {
    "until_the_grammar_holds": MONDAY,
    "when_the_answer_is_no": YES,
    "whenever_then": APART,
    "what_the_driver_sees": BLIND,
    "right_to_overrule": ASKED,
    "reservation_and_charging": STORY,
    "the_first_decision": RESERVING,
}
"""For each task that begins with a wall, the notes on it."""
