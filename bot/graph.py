"""Rasa's trained graph run node after node: asked twice or thrice a turn, dask plans the same few nodes anew every time."""

from collections.abc import Callable
from typing import Any

from rasa.engine.exceptions import GraphRunError
from rasa.engine.runner.dask import DaskGraphRunner

Step = tuple[str, Callable[..., tuple[str, Any]], tuple[str, ...]]


class Straight(DaskGraphRunner):
    """The same nodes in an order found once per question, without a scheduler."""

    def __init__(self, runner: DaskGraphRunner) -> None:
        # The nodes are taken over as they are: instantiating them again would load every component twice.
        self._graph_schema = runner._graph_schema
        self._instantiated_nodes = runner._instantiated_nodes
        self._execution_context = runner._execution_context
        self._plans: dict[tuple[tuple[str, ...], frozenset[str]], list[Step]] = {}

    def run(self, inputs: dict[str, Any] | None = None, targets: list[str] | None = None) -> dict[str, Any]:
        """The outputs of the targets by node name; raises GraphRunError when a node's need is met by nothing."""
        wanted, given = tuple(targets or self._graph_schema.target_names), inputs or {}
        asked = (wanted, frozenset(given))
        plan = self._plans.get(asked)
        if plan is None:
            plan = self._plans[asked] = self._plan(wanted, frozenset(given))
        found: dict[str, tuple[str, Any]] = {name: (name, value) for name, value in given.items()}
        for name, node, needs in plan:
            found[name] = node(*[found[need] for need in needs])
        return dict(found[name] for name in wanted)

    def _plan(self, wanted: tuple[str, ...], given: frozenset[str]) -> list[Step]:
        schema = self._graph_schema.minimal_graph_schema(list(wanted)).nodes
        steps: list[Step] = []
        placed: set[str] = set(given)

        def place(name: str) -> None:
            if name in placed:
                return
            if name not in schema:
                raise GraphRunError(f"nothing provides {name}")
            placed.add(name)  # the schema has no circles: Rasa checks that when it trains
            needs = tuple(schema[name].needs.values())
            for need in needs:
                place(need)
            steps.append((name, self._instantiated_nodes[name], needs))

        for name in wanted:
            place(name)
        return steps
