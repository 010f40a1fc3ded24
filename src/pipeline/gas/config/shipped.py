"""Names of readout responses in a config: those of the study, and those of the checkout."""

from pathlib import Path
from typing import Any

import pipeline
from pipeline.config.yaml_files import read_unique

FITTED = "fitted"  # name of the response that `detector_fit` finds
# Of this checkout; not resolved, so that a checkout of links has its own.
RESPONSES = Path(pipeline.__file__).parents[2] / "resources" / "responses"


def shipped_responses() -> list[str]:
    """Names of the responses that come with this checkout."""
    return sorted(path.stem for path in RESPONSES.glob("*.yaml"))


def with_responses(gas: dict[str, Any]) -> dict[str, Any]:
    """The raw block of the chain, with blocks in place of the names of responses.

    A response that is 'shipped', and a set, source or fit that names a response, get the block.
    That of the response 'fitted' is where the fit begins, with the names of the fitted parameters.

    Raises:
        ValueError: no response of a name is shipped, or in the config, or one is named 'fitted';
            names the key.
    """
    responses = gas.get("responses")
    if not isinstance(responses, dict):
        responses = {}
    else:
        if FITTED in responses:
            raise ValueError(
                f"responses.{FITTED}: this is the name of the result of `detector_fit`; use another"
            )
        responses = {name: _shipped(name, block) for name, block in responses.items()}
        gas = {**gas, "responses": responses}
    gas = _each_looked_up(gas, "sources", responses)  # those of `simulated_hits`
    if "detector_fit" in gas:
        fit = _looked_up("detector_fit", gas["detector_fit"], responses)
        gas, responses = {**gas, "detector_fit": fit}, {**responses, **_fitted(fit)}
    for key in ("gain_map", "training_set"):
        if key in gas:
            gas = {**gas, key: _looked_up(key, gas[key], responses)}
    return _each_looked_up(gas, "test_sets", responses)


def _shipped(name: str, block: Any) -> Any:
    shipped = shipped_responses()
    if block != "shipped":
        return block
    if name not in shipped:
        raise ValueError(
            f"responses.{name}: no response of this name is shipped; shipped: {', '.join(shipped)}"
        )
    return read_unique(RESPONSES / f"{name}.yaml")


def _fitted(fit: Any) -> dict[str, Any]:
    """The response that a raw fit finds, by its name; none without a fit."""
    if not isinstance(fit, dict) or not isinstance(fit.get("response"), dict):
        return {}
    return {FITTED: {**fit["response"], "fitted": list(fit.get("parameters") or ())}}


def _each_looked_up(gas: dict[str, Any], key: str, responses: dict[str, Any]) -> dict[str, Any]:
    """The raw block of the chain with the blocks of the responses that users under `key` name."""
    users = gas.get(key)
    if not isinstance(users, dict):
        return gas
    return {**gas, key: {k: _looked_up(f"{key}.{k}", u, responses) for k, u in users.items()}}


def _looked_up(key: str, user: Any, responses: dict[str, Any]) -> Any:
    """A raw set of events, or a raw fit, with the block of the response that it names."""
    name = user.get("response") if isinstance(user, dict) else None
    if not isinstance(name, str):
        return user
    if name not in responses:
        raise ValueError(
            f"{key}.response: no response '{name}'; responses: {', '.join(responses) or 'none'}"
        )
    return {**user, "response": responses[name]}
