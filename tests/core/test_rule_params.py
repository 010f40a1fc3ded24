"""Params of rules: functions of the wildcards of their jobs."""

from types import SimpleNamespace

import pytest

from pipeline.core.rule_params import of_job, table_params


class Wildcards(SimpleNamespace):
    def __getitem__(self, name):
        return getattr(self, name)


JOB = Wildcards(batch="0", test="near", method="HCN")


class Paths:
    def block(self, method, test):
        return {"method": method, "test": test}

    def modules(self, method):
        return [f"pipeline.{method}", "pipeline.z"]


def test_arguments_are_wildcards_by_name_in_any_order():
    assert of_job(Paths().block)(JOB) == {"method": "HCN", "test": "near"}


def test_what_is_no_function_is_the_same_for_all_jobs():
    assert of_job({"seed": 1}) == {"seed": 1}


def test_an_argument_that_is_no_wildcard_is_an_error():
    with pytest.raises(AttributeError, match="network"):
        of_job(lambda network: network)(JOB)


def digest(*names):
    return " ".join(names)


def test_params_name_the_function_and_the_digest_of_all_that_is_called():
    params = table_params(digest, "pipeline.f", Paths().block, "pipeline.g", Paths().modules)
    assert params["function"] == "pipeline.f"
    assert params["settings"](JOB) == {"method": "HCN", "test": "near"}
    assert params["code"](JOB) == "tables.py pipeline.f pipeline.g pipeline.HCN pipeline.z"


def test_a_function_may_need_no_settings():
    params = table_params(digest, "pipeline.f")
    assert params["settings"] == {}
    assert params["code"](JOB) == "tables.py pipeline.f"
