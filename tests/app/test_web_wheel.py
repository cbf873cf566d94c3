"""Who drives: the first page, until it is gone or another takes over; and after the server was started anew."""

from __future__ import annotations

from landing_lab.app.web.wheel import LET_GO_S, Wheel


class Clock:
    """Seconds, as a test wants them."""

    now_s = 100.0

    def __call__(self) -> float:
        return self.now_s


def test_the_first_drives_until_it_is_gone_for_some_seconds() -> None:
    clock = Clock()
    wheel = Wheel(now=clock)
    wheel.came("one")
    wheel.came("two")
    assert wheel.driver == "one"
    wheel.left("one")
    clock.now_s += LET_GO_S / 2
    assert wheel.driver == "one"
    wheel.came("one")
    wheel.left("one")
    clock.now_s += LET_GO_S + 0.1
    assert wheel.driver is None
    assert wheel.may("two")
    assert not wheel.may("one")


def test_who_drove_before_a_restart_goes_on() -> None:
    wheel = Wheel()
    wheel.came("tablet")
    assert wheel.driver == "tablet", "somebody must be able to press something"
    wheel.came("laptop", drove=True)
    assert wheel.driver == "laptop"
    wheel.came("third", drove=True)
    assert wheel.driver == "laptop", "one that drives is not pushed away by what another says of itself"


def test_who_has_pressed_something_is_not_pushed_away() -> None:
    wheel = Wheel()
    wheel.came("tablet")
    assert wheel.may("tablet")
    wheel.came("laptop", drove=True)
    assert wheel.driver == "tablet"
    wheel.take("laptop")
    wheel.came("third", drove=True)
    assert wheel.driver == "laptop"
