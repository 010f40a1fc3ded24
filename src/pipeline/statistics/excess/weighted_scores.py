"""Scores of simulated events, weighted to what is expected: toys are drawn from them."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Self

import numpy as np
from numpy.typing import NDArray

from pipeline.statistics.excess import cross_fit
from pipeline.statistics.excess.draws import (
    Array,
    Counts,
    add_draws,
    add_thinned,
    add_uncertain,
    alias,
    drawn_rates,
)
from pipeline.statistics.excess.response import Responses
from pipeline.statistics.excess.score_density import counted
from pipeline.statistics.means import effective_events


@dataclass(frozen=True)
class WeightedScores:
    """Scores (n,) of simulated events and the events that each stands for.

    `components` (n, components) are the events of each kind that a simulated event stands for, per
    t yr, of a signal also per cm2 of cross-section; (n,) where there is one kind. `event` (n,)
    numbers the simulated events, alike in all samples that are made of them; empty: by rows.
    `electronic` (n,) tells the electronic recoils, the bulk of the background; empty: all are.
    Events that stand for nothing are left out. Raises ValueError if all do, or anything is not
    finite.
    """

    score: Array
    components: Array
    event: Counts = field(default_factory=lambda: np.empty(0, np.int64))
    electronic: NDArray[np.bool_] = field(default_factory=lambda: np.empty(0, bool))

    def __post_init__(self) -> None:
        components = np.asarray(self.components, float)
        components = components.reshape(len(components), -1)
        event = np.asarray(self.event) if len(self.event) else np.arange(len(components))
        electronic = self.electronic if len(self.electronic) else np.ones(len(components), bool)
        kept = counted(np.asarray(self.score, float), components.sum(axis=1))
        object.__setattr__(self, "score", np.asarray(self.score, float)[kept])
        # By rows: toys run through them one after the other.
        object.__setattr__(self, "components", np.ascontiguousarray(components[kept]))
        object.__setattr__(self, "event", event[kept].astype(np.int64))
        object.__setattr__(self, "electronic", electronic[kept])

    @cached_property
    def weight(self) -> Array:
        """Events that each simulated event stands for (n,)."""
        return self.components.sum(axis=1)

    def values(self, functions: Sequence[cross_fit.Function]) -> Array:
        """Values (n, k) of a function of the score that is made for each fold."""
        return cross_fit.of_simulation(functions, self.score, self.event)

    @property
    def expected(self) -> float:
        """Events expected per unit of the weights."""
        return float(self.weight.sum())

    @property
    def effective_events(self) -> float:
        """Unweighted events that would fluctuate as much, see `means.effective_events`.

        The fluctuations of n such events widen the distribution of a test of N observed events by
        sqrt(1 + N / n).
        """
        return effective_events(self.weight)

    def part(self, part: int, parts: int) -> Self:
        """Every `parts`-th group of simulated events, which stands for all that is expected."""
        own = self.event // cross_fit.FOLDS % parts == part
        kept = self.components[own].sum(axis=0)
        total = self.components.sum(axis=0)
        # A component without an event in this part is left out.
        scale = np.divide(total, kept, out=np.zeros_like(total), where=kept > 0)
        components = self.components[own] * scale
        return type(self)(self.score[own], components, self.event[own], self.electronic[own])

    @cached_property
    def _alias(self) -> tuple[Array, Counts]:
        return alias(self.weight / self.weight.mean())

    def draw_sums(
        self, rng: np.random.Generator, expected: float, values: Array, toys: int
    ) -> tuple[Counts, Array]:
        """Numbers of events (toys,) ~ Poisson(`expected`) and their sums of `values` (n, k).

        The sums have shape (toys, k); column by column they are of the same events.
        """
        events = rng.poisson(expected, toys)
        sums = np.zeros((toys, values.shape[1]))
        add_draws(rng, *self._alias, np.ascontiguousarray(values), events, sums)
        return events, sums

    def draw_uncertain(
        self,
        rng: np.random.Generator,
        exposure: float,
        uncertainty: Array,
        values: Array,
        responses: Responses,
    ) -> tuple[Counts, Array]:
        """As `draw_sums`, where rates, response and simulation are uncertain.

        See `draws.add_uncertain`.
        """
        toys, values = responses.toys, np.ascontiguousarray(values)
        events, sums = np.zeros(toys, np.int64), np.zeros((toys, values.shape[1]))
        expected = exposure * self.components
        for own, weights in responses.blocks(self.event):
            add_uncertain(rng, expected, uncertainty, weights, values, events[own], sums[own])
        return events, sums

    def draw_thinned(
        self,
        rng: np.random.Generator,
        exposure: float,
        values: Array,
        responses: Responses,
        uncertainty: Array | None = None,
    ) -> tuple[Counts, Array]:
        """As `draw_sums`, but no event is drawn twice for a toy; see `draws.add_thinned`.

        Each toy has rates of its own where they have an `uncertainty` (components,).
        """
        toys, values = responses.toys, np.ascontiguousarray(values)
        events, sums = np.zeros(toys, np.int64), np.zeros((toys, values.shape[1]))
        # In single precision, as the weights are.
        expected = (exposure * self.weight).astype(np.float32)
        share = (self.components / self.weight[:, None]).astype(np.float32)
        for own, weights in responses.blocks(self.event, one_each=uncertainty is not None):
            size = len(events[own])
            if uncertainty is not None:
                rates = drawn_rates(rng, uncertainty, size).astype(np.float32)
                weights = weights * (rates @ share.T)
            events[own] = rng.poisson(np.resize(weights @ expected, size))
            add_thinned(rng, expected, weights, values, events[own], sums[own])
        return events, sums

    def of_response(self, weights: NDArray[np.float32]) -> Self:
        """The sample in another response, which multiplies what events stand for by `weights`."""
        return replace(self, components=self.components * weights[:, None])
