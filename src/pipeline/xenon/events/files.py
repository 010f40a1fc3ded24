"""What shows only where the event files of all samples are seen together.

A sample without any event, events of unknown energy where the study needs it, and events that are
in two files. Only files of one detector are compared: the same events in two detectors are a
comparison of these.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from pipeline.core.digests import sha256
from pipeline.core.parquet_io import open_parquet
from pipeline.core.tables import Inputs, Params

PLACE, QUANTA = ["x_cm", "y_cm", "depth_cm"], ["photons", "electrons"]
# Rounded tables hold equal events by chance: fewer are no reason to stop.
LEAST_EVENTS, LEAST_SHARE = 3, 0.05


def from_files(inputs: Inputs, params: Params) -> dict[str, pd.DataFrame]:
    """Table of the event files: columns sample, file, events, unknown_energy, repeated.

    `inputs` are the event tables, in folders named after their samples, and for each of them the
    file it was read from. `params` are the `detector` of each sample and the samples whose energies
    are `needed`.

    Raises:
        ValueError: a sample has no event, an event's energy is unknown where it is needed, or two
            files share events.
    """
    parts = [_read(path) for path in inputs["tables"]]
    table = pd.DataFrame(
        {
            "sample": [Path(path).parent.name for path in inputs["tables"]],
            "file": inputs["files"],
            "events": [len(part) for part in parts],
            "unknown_energy": [int(part["energy_keV"].isna().sum()) for part in parts],
            "repeated": [int(part.duplicated([*PLACE, *QUANTA]).sum()) for part in parts],
        }
    )
    check_events(table)
    check_energies(table, params["needed"])
    check_shared(table, pd.concat(parts, keys=table.index, names=["file"]), params["detector"])
    return {"table": table}


def _read(path: str) -> pd.DataFrame:
    columns = ["source_event", "energy_keV", *PLACE, *QUANTA]
    with open_parquet(path, "event table") as file:
        return file.read(columns=columns).to_pandas()


def check_events(table: pd.DataFrame) -> None:
    """Raise ValueError if a sample has no event in any of its files."""
    for sample, rows in table.groupby("sample", sort=False):
        if not rows["events"].any():
            raise ValueError(
                f"sample '{sample}': no usable event in any of its files ({', '.join(rows['file'])}"
                "); the logs of the rule xenon_events tell what was skipped"
            )


def check_energies(table: pd.DataFrame, needed: Sequence[str]) -> None:
    """Raise ValueError if a file of the samples `needed` has events of unknown energy."""
    lacking = table[table["sample"].isin(needed) & (table["unknown_energy"] > 0)]
    for row in lacking.itertuples():
        raise ValueError(
            f"sample '{row.sample}': {row.file} does not hold the true energy of "
            f"{row.unknown_energy} of its {row.events} events, but tables and figures of "
            "`anomaly.test` need it. Name another sample there, or make the file with true "
            "energies: for execNEST set MCtruthE to true in NEST's include/NEST/analysis.hh, "
            "compile and run it again"
        )


def check_shared(table: pd.DataFrame, events: pd.DataFrame, detector: Params) -> None:
    """Raise ValueError if two files that are read for one detector share events.

    Events are the same if place, photons and electrons are or, because places may have been drawn,
    if number, photons and electrons are and one file is a copy of the other. The first level of the
    index of `events` is the row of the file in `table`.
    """
    row = events.index.get_level_values("file").to_numpy()
    detectors = table["sample"].map(detector)
    copies = detectors + " " + table["file"].map(sha256)
    for group, where in ((detectors, PLACE), (copies, ["source_event"])):
        label = group.to_numpy()[row]
        places, keys = (_hashes(events[c], label) for c in (where, [*where, *QUANTA]))
        for first, second, shared in shared_events(places, keys, row):
            one, two = (
                f"{table['file'][i]} (sample '{table['sample'][i]}')" for i in (first, second)
            )
            raise ValueError(
                f"{shared} of {table['events'][second]} events of {two} are also in {one}: they "
                "would count twice, or test a network that learnt from them. Leave one file "
                "out, or divide their events by `first_event` and `max_events`"
            )


def shared_events(
    places: np.ndarray, keys: np.ndarray, file: np.ndarray
) -> Iterator[tuple[int, int, int]]:
    """Yield pairs of files that share events, and how many.

    `places` and `keys` [n] are equal for events of one place and for equal events, `file` [n] is
    the number of their file. What occurs several times in a file does not tell its events apart: it
    is not compared. The more of it, the more other events are equal by chance, and the more must be
    shared. At a source of one point this holds before such events are seen.
    """
    events = pd.DataFrame({"key": keys, "place": places, "file": file})
    size = events.groupby("file").size()
    several = events.duplicated(["key", "file"], keep=False)
    at_one_place = events.duplicated(["place", "file"], keep=False).groupby(file).mean()
    chance = 3 * (several.groupby(file).sum() + 2 * at_one_place) / size
    single = events[~several]
    first = single.groupby("key")["file"].transform("min").rename("first")
    found = single[first < single["file"]].groupby([first, "file"]).size()
    for one, two, shared in found.reset_index().itertuples(index=False):
        least = (LEAST_SHARE + max(chance[one], chance[two])) * min(size[one], size[two])
        if shared >= max(LEAST_EVENTS, least):
            yield one, two, shared


def _hashes(columns: pd.DataFrame, label: np.ndarray) -> np.ndarray:
    """A number for each row, int [n], equal for rows of equal numbers and label."""
    labelled = (columns + 0).assign(label=label)  # adding 0 makes 0 of -0
    return pd.util.hash_pandas_object(labelled, index=False).to_numpy()
