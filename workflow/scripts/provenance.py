"""Write the whole configuration and the versions in use."""

import json

from pipeline.files import written_whole
from pipeline.provenance import versions
from pipeline.scripting import job

with job(snakemake), written_whole(snakemake.output.file) as temporary:
    content = {"config": snakemake.params.study, "versions": versions()}
    temporary.write_text(json.dumps(content, indent=1))
