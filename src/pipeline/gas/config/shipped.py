"""Names of readout responses in a config: those of the study, and those of the checkout."""

from pathlib import Path
from typing import Any

import pipeline
from pipeline.config.yaml_files import read_unique

# Of this checkout; not resolved, so that a checkout of links has its own.
RESPONSES = Path(pipeline.__file__).parents[2] / "resources" / "responses"


def shipped_responses() -> list[str]:
    """Names of the responses that come with this checkout."""
    return sorted(path.stem for path in RESPONSES.glob("*.yaml"))


def with_responses(gas: dict[str, Any]) -> dict[str, Any]:
    """The raw block of the chain, with blocks in place of the names of responses.

    A response that is 'shipped' and a set that names a response get the block.

    Raises:
        ValueError: no response of a name is shipped, or in the config; names the key.
    """
    responses = gas.get("responses")
    if not isinstance(responses, dict):
        responses = {}
    else:
        responses = {name: _shipped(name, block) for name, block in responses.items()}
        gas = {**gas, "responses": responses}
    training, tests = gas.get("training_set"), gas.get("test_sets")
    if isinstance(training, dict):
        gas = {**gas, "training_set": _looked_up("training_set", training, responses)}
    if isinstance(tests, dict):
        sets = {k: _looked_up(f"test_sets.{k}", test, responses) for k, test in tests.items()}
        gas = {**gas, "test_sets": sets}
    return gas


def _shipped(name: str, block: Any) -> Any:
    shipped = shipped_responses()
    if block != "shipped":
        return block
    if name not in shipped:
        raise ValueError(
            f"responses.{name}: no response of this name is shipped; shipped: {', '.join(shipped)}"
        )
    return read_unique(RESPONSES / f"{name}.yaml")


def _looked_up(key: str, voxels: Any, responses: dict[str, Any]) -> Any:
    """A raw set of events with the block of the response that it names."""
    name = voxels.get("response") if isinstance(voxels, dict) else None
    if not isinstance(name, str):
        return voxels
    if name not in responses:
        raise ValueError(
            f"{key}.response: no response '{name}'; responses: {', '.join(responses) or 'none'}"
        )
    return {**voxels, "response": responses[name]}
