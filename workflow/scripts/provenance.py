"""Write the provenance record, once for programs and once as a page for the report."""

import html
import json

from pipeline.core.files import atomic_write
from pipeline.core.job import job
from pipeline.core.record import record

with job(snakemake):
    content = record(snakemake.params.study, snakemake.input.tables, snakemake.scriptdir)
    text = json.dumps(content, indent=1)
    page = f"<!doctype html>\n<meta charset='utf-8'><pre>{html.escape(text)}</pre>\n"
    for path, written in ((snakemake.output.file, text), (snakemake.output.page, page)):
        with atomic_write(path) as temporary:
            temporary.write_text(written)
