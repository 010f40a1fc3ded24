"""Table of the track sources: what the events of each source show, held against its claims.

It is made before any event is binned and stops the study at a source without events, at a source
that its tracks contradict, and at events that occur twice.
"""

from collections.abc import Iterable
from pathlib import Path

import pandas as pd

from pipeline.core.tables import Inputs, Params
from pipeline.gas.config.sources import TrackSource, read_source
from pipeline.gas.tracks.claims import hold_against, seen
from pipeline.gas.tracks.duplicates import COLUMNS, duplicates
from pipeline.gas.tracks.summary import read_summary

MOST_SHOWN = 5


def source_table(
    events: dict[str, pd.DataFrame], sources: dict[str, TrackSource], pools: dict[str, list[str]]
) -> pd.DataFrame:
    """One row for each source: kind, files, events, what `claims.seen` shows, and a remark.

    `events` are the event summaries by source, with the column `file`. No event may occur twice
    within the sources of a pool.

    Raises:
        ValueError: a source has no event or contradicts its tracks, or events occur twice.
    """
    rows = []
    for name, table in events.items():
        source = sources[name]
        if not len(table):
            raise ValueError(
                f"gas.sources.{name}: no usable event in any of its files; see the reasons in the "
                "counts beside its track tables"
            )
        remarks = hold_against(table, source.defaults().claims, f"gas.sources.{name}")
        rows.append(
            {
                "source": name,
                "kind": getattr(source, "kind", ""),
                "files": table["file"].nunique(),
                "events": len(table),
                "electrons_mean": table["electrons"].mean(),
                **seen(table, source.mixture()),
                "remark": "; ".join(remarks),
            }
        )
    for pool, names in pools.items():
        _check_once(pd.concat([events[name][COLUMNS] for name in names], ignore_index=True), pool)
    return pd.DataFrame(rows)


def _check_once(events: pd.DataFrame, pool: str) -> None:
    found = duplicates(events)
    if not found:
        return
    lines = [
        f"  {pair.events} events of {pair.first} are also in {pair.second} "
        f"(event {pair.example[0]} and event {pair.example[1]})"
        for pair in found[:MOST_SHOWN]
    ]
    more = len(found) - MOST_SHOWN
    raise ValueError(
        f"{pool}: events occur more than once:\n"
        + "\n".join(lines + ([f"  and {more} more pairs of files"] if more > 0 else []))
        + "\nName each file once, give every run of the simulation its own seed, and split a file "
        "between sources by `first_event` and `max_events`"
    )


def _read(source: str, paths: Iterable[Path]) -> pd.DataFrame:
    events = pd.concat(map(read_summary, paths), ignore_index=True)
    return events.assign(file=events["file"] + f" (source {source})")


def from_files(inputs: Inputs, params: Params) -> dict[str, pd.DataFrame]:
    """The table from event summaries, whose paths end in {source}/{part}.summary.parquet."""
    files: dict[str, list[Path]] = {name: [] for name in params["sources"]}
    for path in map(Path, inputs["summaries"]):
        files[path.parent.name].append(path)
    sources = {name: read_source(block) for name, block in params["sources"].items()}
    events = {name: _read(name, paths) for name, paths in files.items()}
    return {"table": source_table(events, sources, params["pools"])}
