# Gas chain: the response that measured events show, and their gap to simulated ones

if gas.block.detector_fit:

    use rule table as gas_detector_fit with:
        input:
            **gas.detector_fit_inputs(),
        output:
            parameters=gas.table("detector_fit.csv"),
            moments=gas.table("fit_moments.csv"),
            correlation=gas.table("fit_correlation.csv"),
        log:
            f"{R}/logs/gas/detector_fit.log",
        params:
            **calls("pipeline.gas.response.stage.from_files", gas.detector_fit_block()),
        message:
            "fitting the readout response to {gas.block.detector_fit.data}"


if gas.block.domain_gap:
    COMPARED = NETWORKS[gas.block.domain_gap.network]

    use rule table as gas_domain_gap with:
        input:
            **gas.domain_gap_inputs(),
        output:
            table=gas.table("domain_gap.csv"),
            growth=gas.table("domain_gap_events.csv"),
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
