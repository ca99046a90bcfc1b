"""What a session costs: every worked figure of OCPI 2.2.1, and the rules behind them.

Sources: OCPI 2.2.1-d2, mod_tariffs (§11.3.1 examples, §11.4.2 step_size, §11.4.6 restrictions) and mod_cdrs
(§10.3.1 step_size), CC BY-ND 4.0; the figures are facts, the code is ours.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workshop_lib.charging.prices import Activity, Bill, Period, bill
from workshop_lib.charging.tariff import TariffPublished, price_of, terms_of
from workshop_lib.charging.terms import (
    Day,
    Dimension,
    Price,
    PriceComponent,
    ReservationType,
    Restrictions,
    TariffElement,
    Terms,
)
from workshop_lib.events import NaiveDatetime

MONDAY = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
WEEKDAYS, WEEKEND = tuple(Day)[:5], tuple(Day)[5:]
START_FEE = PriceComponent(Dimension.FLAT, Decimal("0.50"), Decimal(20))
ENERGY = PriceComponent(Dimension.ENERGY, Decimal("0.25"), Decimal(10))


def component(
    dimension: Dimension, price: str, vat: int | str | None = None, step: int = 1
) -> PriceComponent:
    return PriceComponent(dimension, Decimal(price), None if vat is None else Decimal(vat), step)


def hours(price: str, vat: int | str | None = None, step: int = 1) -> PriceComponent:
    return component(Dimension.TIME, price, vat, step)


def parking(price: str, vat: int | None = None, step: int = 1) -> PriceComponent:
    return component(Dimension.PARKING_TIME, price, vat, step)


def terms(*components: PriceComponent, **limits: Price) -> Terms:
    return Terms("EUR", (TariffElement(components),), **limits)


def session(
    *parts: tuple[Activity, float, float], start: datetime = MONDAY, current: int | None = None
) -> list[Period]:
    """Return consecutive periods: an activity, its minutes, and its kWh."""
    periods = []
    for activity, minutes, kwh in parts:
        end = start + timedelta(minutes=minutes)
        amps = None if current is None else Decimal(current)
        periods.append(Period(activity, start, end, Decimal(str(kwh)) * 1000, amps))
        start = end
    return periods


def charged(minutes: float, kwh: float) -> tuple[Activity, float, float]:
    return Activity.CHARGING, minutes, kwh


def parked(minutes: float) -> tuple[Activity, float, float]:
    return Activity.PARKING, minutes, 0


def reserved(minutes: float) -> tuple[Activity, float, float]:
    return Activity.RESERVED, minutes, 0


def quantities(result: Bill) -> list[tuple[str, Decimal, Decimal]]:
    return [(line.dimension.value, line.component.price, line.quantity) for line in result.lines]


def cost_of(result: Bill, dimension: Dimension) -> Price:
    """Return the total cost of the lines of one dimension."""
    costs = [line.cost for line in result.lines if line.dimension is dimension]
    return Price(
        sum((one.excl_vat for one in costs), Decimal(0)), sum((one.incl_vat for one in costs), Decimal(0))
    )


def total(result: Bill) -> tuple[str, str | None]:
    price = result.total.rounded()
    return str(price.excl_vat), None if price.incl_vat is None else str(price.incl_vat)


FREE = component(Dimension.FLAT, "0", step=0)
CAPS = {"max_price": Price(Decimal(10), Decimal(11))}
FLOOR = {"min_price": Price(Decimal("0.50"), Decimal("0.55"))}


@pytest.mark.parametrize(
    ("tariff", "periods", "excl", "incl"),
    [
        pytest.param(terms(ENERGY), [charged(60, 20)], "5.00", "5.50", id="0.25 per kWh"),
        pytest.param(terms(START_FEE, ENERGY), [charged(60, 20)], "5.50", "6.10", id="start fee"),
        pytest.param(terms(ENERGY, **FLOOR), [charged(60, 20)], "5.00", "5.50", id="above the minimum"),
        pytest.param(terms(ENERGY, **FLOOR), [charged(9, 1.99)], "0.50", "0.55", id="below the minimum"),
        pytest.param(
            terms(START_FEE, ENERGY, parking("2.00", 20, 900)),
            [charged(60, 20), parked(40)],
            *("7.00", "7.90"),
            id="40 minutes of parking are 45",
        ),
        pytest.param(terms(START_FEE, ENERGY, **CAPS), [charged(60, 50)], "10.00", "11.00", id="maximum"),
        pytest.param(terms(START_FEE, ENERGY, **CAPS), [charged(60, 30)], "8.00", "8.85", id="below maximum"),
        pytest.param(terms(hours("2.00", 10, 60)), [charged(150, 9)], "5.00", "5.50", id="2 per hour"),
        pytest.param(
            terms(hours("3.00", 10, 60), parking("5.00", 20, 300)),
            [charged(150, 9), parked(42)],
            *("11.25", "12.75"),
            id="42 minutes of parking are 45",
        ),
        pytest.param(terms(hours("1.90", "5.2", 300)), [charged(150, 9)], "4.75", "5.00", id="4.997 is 5.00"),
        pytest.param(
            terms(START_FEE, replace(ENERGY, step_size=100)),
            [charged(60, 20.45)],
            *("5.63", "6.24"),
            id="20.45 kWh are 20.5",
        ),
        pytest.param(
            terms(START_FEE, component(Dimension.ENERGY, "0.22", 10, 100)),
            [charged(60, 20.45)],
            *("5.01", "5.56"),
            id="at the price of the day",
        ),
        pytest.param(terms(FREE), [charged(60, 20)], "0.00", "0.00", id="free of charge"),
    ],
)  # fmt: skip
def test_worked_figures_of_simple_tariffs(
    tariff: Terms, periods: list[tuple[Activity, float, float]], excl: str, incl: str
) -> None:
    assert total(bill(tariff, session(*periods))) == (excl, incl)


COMPLEX = Terms(
    "EUR",
    (
        TariffElement((component(Dimension.FLAT, "2.50", 15),)),
        TariffElement((hours("1.00", 20, 900),), Restrictions(max_current=Decimal(32))),
        TariffElement((hours("2.00", 20, 600),), Restrictions(min_current=Decimal(32), day_of_week=WEEKDAYS)),
        TariffElement((hours("1.25", 20, 600),), Restrictions(min_current=Decimal(32), day_of_week=WEEKEND)),
        TariffElement(
            (parking("5.00", 10, 300),),
            Restrictions(start_time=time(9), end_time=time(18), day_of_week=WEEKDAYS),
        ),
        TariffElement(
            (parking("6.00", 10, 300),),
            Restrictions(start_time=time(10), end_time=time(17), day_of_week=(Day.SATURDAY,)),
        ),
    ),
)


def test_the_complex_tariff_on_a_monday_morning_at_16_amperes() -> None:
    result = bill(COMPLEX, session(charged(165, 10), parked(42), current=16))

    assert total(result) == ("9.00", "10.30")
    assert cost_of(result, Dimension.TIME) == Price(Decimal("2.75"), Decimal("3.30"))
    assert cost_of(result, Dimension.PARKING_TIME) == Price(Decimal("3.75"), Decimal("4.125"))


def test_the_complex_tariff_on_a_saturday_afternoon_at_43_amperes() -> None:
    """The table in the standard says 12.28: it has 2.28 for 114 minutes at 1.25; correct is 2.375."""
    saturday = datetime(2026, 3, 7, 13, 30, tzinfo=UTC)
    result = bill(COMPLEX, session(charged(114, 10), parked(71), start=saturday, current=43))

    assert cost_of(result, Dimension.TIME) == Price(Decimal("2.375"), Decimal("2.85"))
    assert cost_of(result, Dimension.PARKING_TIME) == Price(Decimal("7.5"), Decimal("8.25"))
    assert result.total == Price(Decimal("12.375"), Decimal("13.975"))


def reservation(*extra: TariffElement) -> Terms:
    return Terms("EUR", (*extra, TariffElement((START_FEE, ENERGY))))


def while_reserved(*components: PriceComponent) -> TariffElement:
    return TariffElement(components, Restrictions(reservation=ReservationType.RESERVATION))


def if_nobody_comes(*components: PriceComponent) -> TariffElement:
    return TariffElement(components, Restrictions(reservation=ReservationType.RESERVATION_EXPIRES))


FEE_IF_EXPIRED = reservation(
    if_nobody_comes(component(Dimension.FLAT, "4.00", 20)), while_reserved(hours("2.00", 20, 600))
)
TIME_IF_EXPIRED = reservation(if_nobody_comes(hours("6.00", 20, 600)), while_reserved(hours("3.00", 20, 600)))
CAME_AFTER_15 = [reserved(15), charged(60, 20)]
CAME_AFTER_22 = [reserved(22), charged(60, 20)]


@pytest.mark.parametrize(
    ("tariff", "periods", "excl", "incl"),
    [
        (reservation(while_reserved(hours("5.00", 20, 60))), CAME_AFTER_15, "6.75", "7.60"),
        (
            reservation(while_reserved(component(Dimension.FLAT, "2.00", 20), hours("5.00", 20, 300))),
            [reserved(13), charged(60, 20)],
            *("8.75", "10.00"),
        ),
        (FEE_IF_EXPIRED, CAME_AFTER_22, "6.50", "7.30"),
        (FEE_IF_EXPIRED, [(Activity.EXPIRED, 60, 0)], "6.00", "7.20"),
        (TIME_IF_EXPIRED, CAME_AFTER_22, "7.00", "7.90"),
        (TIME_IF_EXPIRED, [(Activity.EXPIRED, 90, 0)], "9.00", "10.80"),
    ],
)
def test_worked_figures_of_reservations(
    tariff: Terms, periods: list[tuple[Activity, float, float]], excl: str, incl: str
) -> None:
    assert total(bill(tariff, session(*periods))) == (excl, incl)


STEPS = Terms(
    "EUR",
    (
        TariffElement(
            (hours("1.20", None, 1800), parking("1.00", None, 900)), Restrictions(time(0), time(17))
        ),
        TariffElement(
            (hours("2.40", None, 900), parking("1.00", None, 900)), Restrictions(time(17), time(20))
        ),
        TariffElement((hours("2.40", None, 900),), Restrictions(time(20), time(0))),
    ),
)


def at(hour: int, minute: int) -> datetime:
    return MONDAY.replace(hour=hour, minute=minute)


def test_charging_is_not_rounded_up_when_parking_follows() -> None:
    result = bill(STEPS, session(charged(10, 2), parked(2), start=at(16, 55)))

    assert quantities(result) == [
        ("TIME", Decimal("1.20"), Decimal(5) / 60),
        ("TIME", Decimal("2.40"), Decimal(5) / 60),
        ("PARKING_TIME", Decimal("1.00"), Decimal("0.25")),
    ]
    assert total(result) == ("0.55", None)


def test_steps_fill_the_time_of_the_whole_session_at_the_price_that_was_paid_last() -> None:
    result = bill(STEPS, session(charged(35, 7), start=at(16, 35)))

    assert [round(quantity * 60, 9) for *_, quantity in quantities(result)] == [25, 20]
    assert total(result) == ("1.30", None)


def test_parking_is_rounded_up_before_it_becomes_free() -> None:
    """The table in the standard says 0.80: it uses 1.20 for charging and 2.40 for parking."""
    result = bill(STEPS, session(charged(12, 3), parked(20), start=at(19, 40)))

    assert quantities(result) == [
        ("TIME", Decimal("2.40"), Decimal("0.2")),
        ("PARKING_TIME", Decimal("1.00"), Decimal("0.25")),
    ]
    assert total(result) == ("0.73", None)


@pytest.mark.parametrize(("step", "wh"), [(1, 116), (25, 125), (500, 500)])
def test_115_watt_hours_and_a_bit_are_paid_in_steps(step: int, wh: int) -> None:
    [line] = bill(terms(replace(ENERGY, step_size=step)), session(charged(1, 0.1152))).lines

    assert (line.used, line.quantity) == (Decimal("0.1152"), Decimal(wh) / 1000)


def from_17(before: PriceComponent, after: PriceComponent) -> Terms:
    return Terms("EUR", (TariffElement((before,), Restrictions(end_time=time(17))), TariffElement((after,))))


def test_steps_round_up_the_energy_of_the_session_not_that_of_each_price() -> None:
    tariff = from_17(
        component(Dimension.ENERGY, "0.20", step=500), component(Dimension.ENERGY, "0.27", step=500)
    )
    periods = session(charged(60, 4.3), charged(60, 1.1), start=at(16, 0))

    assert [quantity for *_, quantity in quantities(bill(tariff, periods))] == [
        Decimal("4.3"),
        Decimal("1.2"),
    ]


def test_28_minutes_of_charging_are_billed_as_30_with_24_after_five() -> None:
    tariff = from_17(hours("5.00", None, 600), hours("7.00", None, 600))
    result = bill(tariff, session(charged(28, 5), start=at(16, 54)))

    assert [quantity * 60 for *_, quantity in quantities(result)] == [6, 24]


@pytest.mark.parametrize(("step", "minutes", "paid"), [(300, 7, 10), (600, 16, 20)])
def test_21_minutes_of_charging_are_not_rounded_but_parking_is(step: int, minutes: int, paid: int) -> None:
    tariff = terms(hours("1.00", None, step), parking("2.00", None, step))
    result = bill(tariff, session(charged(21, 5), parked(minutes)))

    assert [round(quantity * 60, 9) for *_, quantity in quantities(result)] == [21, paid]


def energy_by(*prices: tuple[str, Restrictions]) -> Terms:
    return Terms("EUR", tuple(TariffElement((component(Dimension.ENERGY, p, 20),), r) for p, r in prices))


def test_power_decides_what_a_kilowatt_hour_costs_while_it_flows() -> None:
    tariff = energy_by(
        ("0.20", Restrictions(max_power=Decimal(16))),
        ("0.35", Restrictions(max_power=Decimal(32))),
        ("0.50", Restrictions()),
    )

    assert total(bill(tariff, session(charged(10, 1), charged(50, 40), charged(7.5, 0.5))))[0] == "20.30"


def test_the_first_half_hour_at_the_supermarket_is_free() -> None:
    tariff = energy_by(
        ("0.00", Restrictions(max_duration=1800)),
        ("0.25", Restrictions(max_duration=3600)),
        ("0.40", Restrictions()),
    )

    assert total(bill(tariff, session(charged(30, 5), charged(10, 1.2))))[0] == "0.30"


# Rules without a worked figure


def test_a_period_is_cut_at_the_kilowatt_hour_where_the_price_changes() -> None:
    tariff = energy_by(("0.00", Restrictions(max_kwh=Decimal(1))), ("0.20", Restrictions(min_kwh=Decimal(1))))

    assert [quantity for *_, quantity in quantities(bill(tariff, session(charged(60, 20))))] == [1, 19]


def test_a_duration_counts_from_the_start_of_the_session_including_pauses() -> None:
    tariff = energy_by(("0.00", Restrictions(max_duration=1800)), ("0.25", Restrictions()))
    early, later = session(charged(10, 1)), session(charged(10, 1), start=MONDAY + timedelta(hours=2))

    assert total(bill(tariff, early + later))[0] == "0.25"


def test_a_reservation_is_no_part_of_the_duration_of_the_session() -> None:
    tariff = energy_by(("0.00", Restrictions(max_duration=1800)), ("0.25", Restrictions()))

    assert total(bill(tariff, session(reserved(60), charged(30, 5), charged(10, 1))))[0] == "0.25"


def test_a_night_tariff_goes_on_after_midnight() -> None:
    tariff = energy_by(("0.10", Restrictions(time(22), time(6))), ("0.30", Restrictions()))
    result = bill(tariff, session(charged(600, 10), start=at(21, 0)))

    assert sorted(quantities(result)) == [("ENERGY", Decimal("0.10"), 8), ("ENERGY", Decimal("0.30"), 2)]


def test_time_of_day_is_local_time_with_daylight_saving() -> None:
    tariff = energy_by(("0.10", Restrictions(end_time=time(3))), ("0.30", Restrictions()))
    night_of_the_clock_change = datetime(2026, 3, 28, 23, 0, tzinfo=UTC)  # midnight in Amsterdam
    result = bill(
        tariff, session(charged(180, 3), start=night_of_the_clock_change), ZoneInfo("Europe/Amsterdam")
    )

    assert [quantity for *_, quantity in quantities(result)] == [2, 1]


def test_the_repeated_hour_in_autumn_is_paid_twice() -> None:
    tariff = energy_by(("0.10", Restrictions(time(2), time(3))), ("0.30", Restrictions()))
    summer_ends = datetime(2026, 10, 24, 23, 0, tzinfo=UTC)  # 01:00 in Amsterdam
    result = bill(tariff, session(charged(240, 4), start=summer_ends), ZoneInfo("Europe/Amsterdam"))

    assert sorted(quantities(result)) == [("ENERGY", Decimal("0.10"), 2), ("ENERGY", Decimal("0.30"), 2)]


def test_a_price_may_change_at_any_minute_of_the_day() -> None:
    tariff = energy_by(("0.10", Restrictions(end_time=time(17, 24))), ("0.30", Restrictions()))
    result = bill(tariff, session(charged(60, 10), start=at(17, 0)))

    assert [quantity for *_, quantity in quantities(result)] == [4, 6]


def test_the_end_date_of_an_element_is_excluded() -> None:
    tariff = energy_by(("0.10", Restrictions(start_date=date(2026, 3, 2), end_date=date(2026, 3, 3))))

    assert total(bill(tariff, session(charged(120, 10), start=at(23, 0))))[0] == "0.50"


def test_a_dimension_without_a_price_costs_nothing() -> None:
    assert bill(terms(hours("2.00", 10)), session(parked(60))) == Bill((), Price(Decimal(0), Decimal(0)))


def test_the_start_is_paid_once_even_if_its_price_changes_later() -> None:
    fee = component(Dimension.FLAT, "1.00"), component(Dimension.FLAT, "3.00")

    assert total(bill(from_17(*fee), session(charged(60, 5), start=at(16, 30))))[0] == "1.00"


def test_an_unmeasured_current_meets_no_condition_on_current() -> None:
    assert cost_of(bill(COMPLEX, session(charged(60, 5))), Dimension.TIME).excl_vat == 0


def test_the_cap_with_vat_may_be_reached_before_the_one_without() -> None:
    tariff = terms(hours("1.00", 50), max_price=Price(Decimal(10), Decimal(12)))

    assert total(bill(tariff, session(charged(540, 5)))) == ("9.00", "12.00")


def test_a_cap_with_vat_does_not_make_an_unknown_vat_known() -> None:
    assert total(bill(terms(hours("1.00"), **CAPS), session(charged(900, 5)))) == ("10.00", None)


def test_without_a_vat_rate_the_cost_with_vat_is_unknown() -> None:
    tariff = terms(START_FEE, component(Dimension.ENERGY, "0.25"))

    assert total(bill(tariff, session(charged(60, 20)))) == ("5.50", None)


@pytest.mark.parametrize("energy_wh", [0, 1, 300, 11_111])
def test_the_short_form_of_a_tariff_costs_what_its_terms_cost(energy_wh: int) -> None:
    published = TariffPublished("standard", Decimal("0.45"), Decimal("0.50"), "EUR")
    periods = session(charged(60, energy_wh / 1000))

    assert bill(terms_of(published), periods).total.rounded().excl_vat == price_of(energy_wh, published)


RESTRICTED = st.builds(
    Restrictions,
    start_time=st.none() | st.sampled_from([time(9), time(17), time(22)]),
    end_time=st.none() | st.sampled_from([time(6), time(18), time(0)]),
    min_kwh=st.none() | st.integers(0, 30).map(Decimal),
    max_duration=st.none() | st.integers(0, 20_000),
)
TERMS = st.lists(
    st.builds(
        TariffElement,
        st.lists(
            st.builds(
                PriceComponent,
                st.sampled_from(Dimension),
                st.integers(0, 9).map(Decimal),
                st.just(Decimal(20)),
            ),
            min_size=1,
        ).map(tuple),
        RESTRICTED,
    ),
    min_size=1,
    max_size=4,
).map(lambda elements: Terms("EUR", tuple(elements)))
PARTS = st.lists(
    st.tuples(
        st.sampled_from([Activity.CHARGING, Activity.PARKING]), st.integers(1, 600), st.integers(0, 40)
    ),
    min_size=1,
    max_size=4,
)


@settings(max_examples=40, deadline=None)
@given(TERMS, PARTS)
def test_only_used_quantities_are_billed_and_finer_periods_cost_the_same(
    tariff: Terms, parts: Iterable[tuple[Activity, int, int]]
) -> None:
    coarse = session(*parts)
    fine = session(*[(activity, minutes / 2, kwh / 2) for activity, minutes, kwh in parts for _ in "12"])
    one, other = bill(tariff, coarse), bill(tariff, fine)

    paid_kwh = sum(line.used for line in one.lines if line.dimension is Dimension.ENERGY)
    assert one.total == other.total
    assert round(paid_kwh * 1000, 9) <= sum(period.energy_wh for period in coarse)


def test_hours_of_a_clock_change_are_billed_as_long_as_they_are() -> None:
    utrecht = ZoneInfo("Europe/Amsterdam")
    for day, hours_long in ((datetime(2026, 3, 29), 1), (datetime(2026, 10, 25), 3)):
        start, end = (day.replace(hour=hour, minute=30, tzinfo=utrecht) for hour in (1, 3))
        [line] = bill(terms(hours("1.00")), [Period(Activity.CHARGING, start, end, 1_000)], utrecht).lines
        assert line.quantity == hours_long


def test_a_time_without_a_zone_is_rejected() -> None:
    naive = MONDAY.replace(tzinfo=None)
    with pytest.raises(NaiveDatetime, match=r"end=2026-03-02T09:30:00, but it has no time zone"):
        bill(terms(ENERGY), [Period(Activity.CHARGING, MONDAY, naive, 1_000)])
