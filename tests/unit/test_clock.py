"""The clock is esmock's own: timers between requests, frozen or running."""

import pytest

from esmock.clock import Clock, parse_instant


def test_a_frozen_clock_moves_only_when_told():
    clock = Clock(1_000)
    assert clock.now_ms() == 1_000
    clock.advance(seconds=1.5)
    assert clock.now_ms() == 2_500


def test_timers_run_in_order_of_their_time_and_see_it():
    clock, seen = Clock(0), []
    clock.call_at(300, lambda: seen.append(clock.now_ms()))
    clock.call_at(100, lambda: seen.append(clock.now_ms()))
    clock.call_at(900, lambda: seen.append(clock.now_ms()))
    clock.advance(milliseconds=500)
    assert seen == [100, 300]
    assert clock.next_due_ms() == 900


def test_a_timer_may_schedule_the_next_one():
    clock, seen = Clock(0), []

    def tick():
        seen.append(clock.now_ms())
        clock.call_at(clock.now_ms() + 100, tick)

    clock.call_at(100, tick)
    clock.advance(milliseconds=350)
    assert seen == [100, 200, 300]


def test_a_cancelled_timer_never_runs():
    clock, seen = Clock(0), []
    clock.call_at(100, lambda: seen.append(1)).cancel()
    clock.advance(seconds=1)
    assert seen == []


def test_a_clock_does_not_go_back():
    with pytest.raises(ValueError, match="only advances"):
        Clock(0).advance(seconds=-1)


def test_a_running_clock_can_be_frozen_and_resumed():
    clock = Clock()
    clock.freeze(5_000)
    assert clock.now_ms() == 5_000
    clock.resume()
    assert 5_000 <= clock.now_ms() < 6_000


@pytest.mark.parametrize(
    ("text", "millis"), [("1970-01-01T00:00:01Z", 1_000), ("1970-01-01", 0), ("1970-01-01T01:00:00+01:00", 0)]
)
def test_instants_are_iso_8601(text, millis):
    assert parse_instant(text) == millis
