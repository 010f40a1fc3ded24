# Gas chain: the response that measured events show, and their gap to simulated ones

if gas.block.detector_fit:

    use rule table as gas_detector_fit with:
        input:
            **gas.detector_fit_inputs(),
        output:
            **gas.detector_fit_tables(),
        log:
            f"{R}/logs/gas/detector_fit.log",
        params:
            **calls("pipeline.gas.response.stage.from_files", gas.detector_fit_block()),
        message:
            "fitting the readout response to {gas.block.detector_fit.data}"


use rule table as gas_gain_map with:
    input:
        **gas.gain_map_inputs(),
    output:
        table=gas.table("gain_map.csv"),
    log:
        f"{R}/logs/gas/gain_map.log",
    params:
        **calls(
            "pipeline.gas.hits.gain_map.from_files", gas.gain_map_block(), *gas.readers
        ),
    message:
        "finding the gains of all pixels"


if gas.block.domain_gap:
    COMPARED = NETWORKS[gas.block.domain_gap.network]

    use rule table as gas_domain_gap with:
        input:
            **gas.domain_gap_inputs(),
        output:
            **gas.domain_gap_tables(),
        log:
            f"{R}/logs/gas/domain_gap.log",
        resources:
            cuda=on_gpu(COMPARED),
        params:
            **calls(
                "pipeline.gas.comparison.gap_stage.from_files",
                gas.domain_gap_block(),
                COMPARED.module,
            ),
        message:
            "comparing measured with simulated events"
