"""A figure is a measured median, its baseline, and whether the target is met; ratios are taken round by round, because the
machine's own speed drifts between rounds."""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median


@dataclass(frozen=True, slots=True)
class Figure:
    """`value` and `baseline_value` are medians of the rounds in `unit`; `ratio` is the median of value over baseline by round."""

    name: str
    unit: str
    value: float
    target: str
    is_met: bool
    rounds: tuple[float, ...]
    baseline: str | None = None
    baseline_value: float | None = None
    baseline_rounds: tuple[float, ...] = ()
    ratio: float | None = None


@dataclass(frozen=True, slots=True)
class Series:
    """What one contender measured, a value a round."""

    name: str
    values: tuple[float, ...]


def at_least(name: str, unit: str, ours: Series, baseline: Series, ratio: float, target: str) -> Figure:
    """Met when the value is `ratio` times the baseline or more."""
    found = _ratio(ours, baseline)
    return _compared(name, unit, ours, baseline, target, found >= ratio)


def at_most(name: str, unit: str, ours: Series, baseline: Series, ratio: float, target: str) -> Figure:
    """Met when the value is `ratio` times the baseline or less."""
    found = _ratio(ours, baseline)
    return _compared(name, unit, ours, baseline, target, found <= ratio)


def within(name: str, unit: str, values: Sequence[float], limit: float) -> Figure:
    """Met when the median is `limit` or less; it has no baseline."""
    value = median(values)
    return Figure(name, unit, value, f"≤ {limit:g} {unit}", value <= limit, tuple(values))


def _ratio(ours: Series, baseline: Series) -> float:
    return median(mine / other for mine, other in zip(ours.values, baseline.values, strict=True))


def _compared(name: str, unit: str, ours: Series, baseline: Series, target: str, is_met: bool) -> Figure:
    return Figure(
        name=name,
        unit=unit,
        value=median(ours.values),
        target=target,
        is_met=is_met,
        rounds=ours.values,
        baseline=baseline.name,
        baseline_value=median(baseline.values),
        baseline_rounds=baseline.values,
        ratio=_ratio(ours, baseline),
    )
