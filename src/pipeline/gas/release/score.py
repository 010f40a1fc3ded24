"""Score of a submission: predicted directions of all test sets of a data set."""

from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np
import pandas as pd

from pipeline.core.seeds import generator
from pipeline.statistics.directional.predictions import PREDICTED, TRUE, cosines

REPLICAS = 500
UNIT_TOLERANCE = 1e-3
SCORES: dict[str, tuple[str, Callable[..., np.ndarray]]] = {
    "nominal": ("nominal score", np.mean),
    "shifted": ("worst-shift score", np.max),
}
DIRECTION = [f"direction_{axis}" for axis in "xyz"]


def score_submission(folder: str | Path, submission: str | Path) -> pd.DataFrame:
    """Scores of a file of predictions; see `scores`.

    Raises:
        FileNotFoundError: there is no such file.
        ValueError: the folder is no data set, or the submission is not complete and valid; names
            the row, counted from 1 without the head, and what was expected.
    """
    file = Path(folder, "splits.csv")
    if not file.is_file():
        raise ValueError(f"{file}: there is no such file; name the folder of `make release`")
    table = pd.read_csv(file, dtype={"split": str})
    kinds = {
        split: kind
        for split, kind in zip(table["split"], table["kind"], strict=True)
        if kind in SCORES
    }
    truth = pd.concat(
        pd.read_parquet(Path(folder, "truth", f"{split}.parquet")).assign(split=split)
        for split in kinds
    )
    truth = truth.astype({"source": str}).rename(columns=dict(zip(DIRECTION, TRUE, strict=True)))
    return scores(matched(read_submission(submission), truth, str(submission)), kinds)


def read_submission(path: str | Path) -> pd.DataFrame:
    """The table of a submission; see `score_submission` for exceptions."""
    names = ("split", "source")
    try:
        csv = str(path).endswith(".csv")
        table = pd.read_csv(path, dtype=dict.fromkeys(names, str)) if csv else pd.read_parquet(path)
    except ValueError as error:
        raise ValueError(f"{path}: not a readable Parquet or CSV table: {error}") from error
    missing = [name for name in ("split", "event_id", *PREDICTED) if name not in table]
    if missing:
        raise ValueError(
            f"{path}: columns {', '.join(missing)} are missing; expected split, source, event_id, "
            f"{', '.join(PREDICTED)}"
        )
    # Parquet files may have them as categories, which pandas does not compare with text.
    return table.astype({name: str for name in names if name in table}).reset_index(drop=True)


def matched(submission: pd.DataFrame, truth: pd.DataFrame, path: str) -> pd.DataFrame:
    """The truth with the predictions of its events; see `score_submission` for exceptions."""
    event = ["split", *(["source"] if "source" in submission else []), "event_id"]
    if truth.duplicated(event).any():
        raise ValueError(f"{path}: column source is missing; event_id alone names several events")
    known, given = (pd.MultiIndex.from_frame(table[event]) for table in (truth, submission))
    splits = truth["split"].unique()

    def check(wrong: np.ndarray, problem: str) -> None:
        if wrong.any():
            row = int(np.argmax(wrong))
            what = ", ".join(f"{key} {submission[key][row]}" for key in event)
            raise ValueError(f"{path}: row {row + 1} ({what}): {problem}")

    check(
        ~submission["split"].isin(splits).to_numpy(), f"no such split; expected {', '.join(splits)}"
    )
    check(known.get_indexer(given) < 0, "no such event in the split")
    check(given.duplicated(), "this event stands in a row before; expected one row for each")
    predicted = submission[PREDICTED].apply(pd.to_numeric, errors="coerce").astype(float)
    length = np.linalg.norm(predicted.fillna(0), axis=1)
    check(
        np.abs(length - 1) > UNIT_TOLERANCE,
        f"expected {', '.join(PREDICTED)} of a unit vector, whose length is 1 +- {UNIT_TOLERANCE}",
    )
    order = given.get_indexer(known)
    if (order < 0).any():
        row = truth.iloc[int(np.argmax(order < 0))]
        what = ", ".join(f"{key} {row[key]}" for key in event)
        raise ValueError(
            f"{path}: {(order < 0).sum()} of {len(truth)} events are missing, the first is {what}; "
            "expected a row for each event of every test set"
        )
    return truth.assign(**{name: predicted[name].to_numpy()[order] for name in PREDICTED})


def scores(events: pd.DataFrame, kinds: Mapping[str, str]) -> pd.DataFrame:
    """The mean cosine distance on each split, and the two scores.

    Args:
        events: split, source, event_id, true and predicted directions.
        kinds: nominal or shifted, for each split.

    Returns:
        score, kind, events, cosine_distance and its error: a row for each split; `nominal score`,
        the mean over the nominal ones; `worst-shift score`, the largest of the shifted ones; none
        where there is no such split. Errors are those of `REPLICAS` bootstrap replicas of the
        tracks, of which several splits may hold the same.
    """
    distance = 1 - cosines(events)
    split = pd.Categorical(events["split"], categories=list(kinds)).codes
    track = events.groupby(["source", "event_id"]).ngroup().to_numpy()
    tracks, rng = track.max() + 1, generator(0, "submission")

    def means(weight: np.ndarray) -> np.ndarray:
        totals = np.bincount(split, weight, len(kinds))
        return np.bincount(split, weight * distance, len(kinds)) / totals

    drawn = (rng.integers(0, tracks, tracks) for _ in range(REPLICAS))
    replicas = np.array([means(np.bincount(d, minlength=tracks)[track]) for d in drawn])
    values = np.vstack([means(np.ones(len(events))), replicas])
    sizes = np.bincount(split, minlength=len(kinds))
    rows = [(name, kinds[name], sizes[i], values[:, i]) for i, name in enumerate(kinds)]
    for kind, (name, combine) in SCORES.items():
        chosen = np.array(list(kinds.values())) == kind
        if chosen.any():
            rows.append((name, kind, sizes[chosen].sum(), combine(values[:, chosen], axis=1)))
    return pd.DataFrame(
        {
            "score": name,
            "kind": kind,
            "events": n,
            "cosine_distance": value[0],
            "cosine_distance_err": value[1:].std(ddof=1),
        }
        for name, kind, n, value in rows
    )
