"""The temperature of kappa: for networks that have one."""

import pytest

from pipeline.study import ConfigError, check_config


def test_kappas_are_as_predicted_unless_told_otherwise(plain):
    plain["gas"]["networks"]["HCN"] = {"architecture": "hcn"}
    assert check_config(plain).gas.networks["HCN"].temperature is False


def test_a_network_without_kappa_has_no_temperature(plain):
    plain["gas"]["networks"]["RCN"]["temperature"] = True
    with pytest.raises(ConfigError, match=r"gas\.networks\.RCN: unknown key 'temperature'"):
        check_config(plain)
    plain["gas"]["networks"]["RCN"]["architecture"] = "hcn"
    assert check_config(plain).gas.networks["RCN"].temperature
