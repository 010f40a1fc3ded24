"""Write what the tables were made with, once for programs and once as a page for the report."""

import html
import json

from pipeline.core.files import written_whole
from pipeline.core.job import job
from pipeline.core.record import record

with job(snakemake):
    content = record(snakemake.params.study, snakemake.input.tables, snakemake.scriptdir)
    text = json.dumps(content, indent=1)
    with written_whole(snakemake.output.file) as temporary:
        temporary.write_text(text)
    with written_whole(snakemake.output.page) as temporary:
        temporary.write_text(
            f"<!doctype html>\n<meta charset='utf-8'><pre>{html.escape(text)}</pre>\n"
        )
