"""How many connections there may be, which of them make room, and that all are asked whether they are overdue."""

import asyncio

from app.edge.connections import REFUSED_CONNECTIONS, Connections, Deadlines


class Loop:
    """Calls nothing by itself; `later` is what it was told to call."""

    def __init__(self) -> None:
        self.later: list[object] = []

    def time(self) -> float:
        return 7.0

    def call_later(self, _: float, callback: object, *arguments: object) -> object:
        self.later.append(callback)
        return asyncio.Handle


class Named:
    """A connection that remembers what it was asked."""

    def __init__(self) -> None:
        self.asked: list[object] = []

    def end_if_overdue(self, now: float) -> None:
        self.asked.append(now)

    def make_room(self) -> None:
        self.asked.append("make room")


def filled(most: int) -> tuple[Connections, list[Named], Loop]:
    connections, loop = Connections(most, Deadlines()), Loop()
    opened = [Named() for _ in range(most)]
    assert all(connections.admit(each, loop) for each in opened)
    return connections, opened, loop


def test_the_longest_idle_connection_makes_room() -> None:
    connections, (first, second, third), loop = filled(3)
    del connections.idle[first]
    connections.unfinished[first] = None
    newcomer = Named()
    assert connections.admit(newcomer, loop)
    assert [each.asked for each in (first, second, third)] == [[], ["make room"], []]
    assert list(connections.idle) == [third, newcomer]
    assert not connections.has(second)


def test_without_an_idle_one_the_oldest_unfinished_request_makes_room() -> None:
    connections, (first, second), loop = filled(2)
    connections.idle.clear()
    connections.unfinished[second] = None
    assert connections.admit(Named(), loop)
    assert (first.asked, second.asked) == ([], ["make room"])


def test_a_newcomer_is_refused_while_all_have_requests_under_way() -> None:
    connections, opened, loop = filled(2)
    connections.idle.clear()
    newcomers = [Named() for _ in range(REFUSED_CONNECTIONS + 1)]
    assert not any(connections.admit(each, loop) for each in newcomers)
    assert [connections.has(each) for each in newcomers] == [True] * REFUSED_CONNECTIONS + [False]
    connections.remove(newcomers[0])
    connections.remove(opened[0])
    assert not connections.has(newcomers[0])
    assert connections.admit(Named(), loop)


def test_every_connection_is_asked_in_each_sweep_until_none_is_left() -> None:
    connections, opened, loop = filled(3)
    [sweep] = loop.later
    sweep(loop)  # type: ignore[operator]
    assert [each.asked for each in opened] == [[7.0]] * 3
    assert len(loop.later) == 2
    for each in opened:
        connections.remove(each)
    sweep(loop)  # type: ignore[operator]
    assert len(loop.later) == 2
    connections.admit(Named(), loop)
    assert len(loop.later) == 3


def test_the_oldest_handshake_makes_room_for_one_more() -> None:
    connections = Connections(2, Deadlines())
    handshakes = [Named() for _ in range(3)]
    for each in handshakes:
        connections.begin_handshake(each)
    assert [each.asked for each in handshakes] == [["make room"], [], []]
    assert list(connections.handshakes) == handshakes[1:]
