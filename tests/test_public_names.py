"""The public names: each is there, and nothing else is."""

import statuary


def test_each_public_name_is_loaded_when_asked_for() -> None:
    for name in statuary.__all__:
        assert getattr(statuary, name) is not None


def test_a_name_that_is_not_public_is_refused() -> None:
    assert getattr(statuary, "teapot", None) is None


def test_each_name_is_in_one_room() -> None:
    names = [name for room in statuary._ROOMS.values() for name in room]
    assert sorted(names) == sorted(set(statuary.__all__) - {"__version__"})
