"""One model for five departments: what `Watched` records, and what the ambiguity costs."""

from __future__ import annotations

from decimal import Decimal

import pytest

from workbench.city.traffic import network
from workbench.scenarios.one_model import (
    DEPARTMENTS,
    Everything,
    Story,
    Watched,
    optional_fields,
    story_of,
    usage,
)
from workshop_lib.charging.invoice import InvoiceIssued
from workshop_lib.charging.session import Session


@pytest.fixture(scope="module")
def story() -> Story:
    with network(seed=1, days=1, stations=6) as log:
        return story_of(log, 81)


def worked_on_by(story: Story, *departments: str) -> Everything:
    session = Everything(story.started.session)
    for name in departments:
        DEPARTMENTS[name](session, story)
    return session


def test_reads_and_writes_of_fields_are_recorded():
    watched = Watched(Everything(1))
    watched.status = watched.token
    watched.token = "ada"
    assert watched.seen == {"token": "rw", "status": "w"}


def test_four_departments_write_the_status_and_two_the_end(story: Story):
    used = usage(story)
    assert [name for name in used if "w" in used[name].get("status", "")] == [
        "charging",
        "operations",
        "billing",
        "roaming",
    ]
    assert [name for name in used if "w" in used[name].get("end", "")] == ["charging", "operations"]


def test_billing_after_roaming_charges_a_thousandth_for_the_energy(story: Story):
    fee = story.published.start_fee
    right = worked_on_by(story, "charging", "billing", "roaming").amount
    wrong = worked_on_by(story, "charging", "roaming", "billing").amount
    assert right is not None
    assert wrong is not None
    assert wrong - fee <= (right - fee) / 900 + Decimal("0.01")


def test_the_one_model_requires_a_single_field_and_an_invoice_requires_all():
    assert len(optional_fields(Everything)) == len(Everything.__dataclass_fields__) - 1
    assert optional_fields(InvoiceIssued) == []
    assert len(optional_fields(Session)) < len(optional_fields(Everything)) / 3


def test_the_car_leaves_after_the_session_has_stopped(story: Story):
    assert story.started_at < story.stopped_at < story.left_at
