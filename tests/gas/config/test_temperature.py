"""The temperature of kappa: for networks that have one."""

import pytest

from pipeline.study import ConfigError, check_config


def test_kappas_are_as_predicted_unless_told_otherwise(plain):
    assert not check_config(plain).networks["RCN"].temperature


def test_a_network_without_kappa_has_no_temperature(plain):
    plain["networks"]["RCN"]["temperature"] = True
    with pytest.raises(ConfigError, match=r"networks\.RCN: temperature: 'rcn' predicts no kappa"):
        check_config(plain)
    plain["networks"]["RCN"]["architecture"] = "hcn"
    assert check_config(plain).networks["RCN"].temperature
