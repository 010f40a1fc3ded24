"""The page of single events: which are shown, and that the page holds all it needs."""

import json
import re
from itertools import pairwise

import numpy as np
import pytest
from helpers.browser import colours, needs_chromium, opened
from helpers.made_lines import voxel_batch
from helpers.made_predictions import around_z, drawn, mixtures

from pipeline.gas.figures.events import LEVELS, chosen, contours, events_at, from_files
from pipeline.gas.voxels.shards import write_shard
from pipeline.statistics.directional.density import Density
from pipeline.statistics.directional.predictions import (
    PREDICTED,
    TRUE,
    with_start,
    write_predictions,
)
from pipeline.statistics.directional.vmf import cap_depth

BINS, EVENTS = 24, 40


@pytest.fixture
def predictions(rng):
    """A third of the head-tails is wrong."""
    cosine = np.concatenate([np.linspace(0.05, 1, 27), -np.linspace(0.1, 1, 13)])
    return around_z(rng.permutation(cosine), rng.uniform(1, 20, EVENTS))


def test_groups_are_the_worst_the_median_and_the_wrong_head_tails(predictions):
    cosine = predictions["pred_z"].to_numpy()
    groups = chosen(predictions, each=3)
    worst = np.sort(cosine[cosine > 0])[:3]
    np.testing.assert_allclose(cosine[groups["largest angle"]], worst)
    assert np.abs(cosine[groups["median angle"]] - np.median(cosine)).max() < 0.1
    flipped = groups["wrong head-tail"]
    assert (cosine[flipped] < 0).all()
    kappa = predictions["kappa"]
    assert kappa[flipped].min() >= np.sort(kappa[cosine < 0])[-3]


def test_events_without_a_truth_are_chosen_by_kappa(predictions):
    unknown = predictions.assign(**dict.fromkeys(TRUE, np.nan))
    groups = chosen(unknown, each=2)
    kappa = unknown["kappa"].to_numpy()
    assert set(groups["largest kappa"]) == set(np.argsort(-kappa)[:2])
    assert set(groups["smallest kappa"]) == set(np.argsort(kappa)[:2])


def test_omitted_events_are_not_shown(predictions):
    predictions.loc[:36, PREDICTED] = np.nan
    shown = [row for rows in chosen(predictions).values() for row in rows]
    assert shown
    assert set(shown) <= {37, 38, 39}


def write_batches(folder, sizes):
    """Shards of lines with rising event numbers."""
    batch = voxel_batch(BINS, EVENTS)
    limits = np.concatenate([[0], np.cumsum(sizes)])
    paths = []
    for i, (first, last) in enumerate(pairwise(limits)):
        paths.append(folder / f"{i}.parquet")
        write_shard(paths[-1], [batch.take(np.arange(first, last))], BINS, 500.0)
    return batch, paths


def test_events_are_found_in_any_shard(tmp_path):
    batch, shards = write_batches(tmp_path, [15, 0, 25])
    found = events_at(shards, [39, 0, 15, 14])
    for row, event in found.items():
        assert event.event_id.tolist() == [batch.event_id[row]]
        expected = batch.take(np.array([row]))
        np.testing.assert_array_equal(event.voxels, expected.voxels)


def lines_of(density):
    """The closed lines [m, 3] of the contours of a density."""
    points = contours(density)
    ends = np.flatnonzero(np.isnan(points[:, 0]))
    return [line[:-1] for line in np.split(points, ends + 1)[:-1]]


@pytest.mark.parametrize("kappa", [0.5, 11.0, 443.0])
def test_contours_of_one_component_are_the_circles_of_its_caps(kappa):
    pole = np.array([[0.6, 0.0, -0.8]])
    cosines = [line @ pole[0] for line in lines_of(Density.single(pole, np.array([kappa])))]
    expected = np.sort(1 - cap_depth(kappa, np.array(LEVELS)))
    found = np.sort([cosine.mean() for cosine in cosines])
    np.testing.assert_allclose(1 - found, 1 - expected, rtol=0.01)
    for cosine in cosines:
        assert np.ptp(cosine) < 0.01 * (1 - cosine.mean())


def test_contours_of_a_mixture_hold_what_they_say(rng):
    density = mixtures(1, rng)
    at_edges = [density.log_density(line[None])[0] for line in lines_of(density)]
    draws = np.stack([drawn(density, rng)[0] for _ in range(4000)])
    at_draws = density.log_density(draws[None])[0]
    inside = [np.mean(at_draws > at_edge.mean()) for at_edge in at_edges]
    for share in inside:  # a region may have several parts
        assert min(abs(share - level) for level in LEVELS) < 4 * np.sqrt(0.22 / 4000)
    assert {round(share, 1) for share in inside} == {0.7, 1.0} or len(inside) >= 2
    assert all(np.ptp(at_edge) < 0.02 for at_edge in at_edges)


@pytest.fixture
def page_of(tmp_path, predictions):
    """The events of two shards, and their page with two networks."""
    batch, shards = write_batches(tmp_path, [15, 25])
    tables = {}
    for name in ("UNet", "R<b>"):
        tables[name] = tmp_path / f"table{len(tables)}.parquet"
        table = predictions.assign(event_id=batch.event_id)
        if name == "UNet":
            table = with_start(
                table, np.full((EVENTS, 3), [1000, -2000, 3000]), np.full(EVENTS, 500)
            )
        write_predictions(tables[name], table)
    return batch, from_files(
        {"shards": [str(s) for s in shards], "predictions": [str(t) for t in tables.values()]},
        {"networks": list(tables), "sets": {"hard & soft": 2}},
    )


def test_page_holds_every_event_and_fetches_nothing(page_of, predictions):
    batch, page = page_of
    events = json.loads(re.search(r"const EVENTS = (\[.*?\]);\n", page, re.S)[1])
    assert len(events) == page.count("<tr data-event=") == 12
    names = [trace["name"] for trace in events[0]["data"]]
    assert names == [
        *("voxels", "true direction"),
        *("UNet", "UNet, 68 and 95 %", "UNet, start of the track"),
        *("R<b>", "R<b>, 68 and 95 %"),
    ]
    row = chosen(predictions)["largest angle"][0]
    voxels = batch.take(np.array([row])).voxels
    assert len(events[0]["data"][0]["x"]) == len(voxels)
    start = events[0]["data"][4]
    assert [start[axis] for axis in "xyz"] == [[1.0], [-2.0], [3.0]]
    assert page.count("<td>1.0, -2.0, 3.0 +- 0.5</td>") == 12
    assert f"<td>{predictions['head_tail_probability'][row]:.3f}</td>" in page
    assert "hard &amp; soft" in page
    assert "R<b>" not in page
    assert not re.search(r"<(script|link|img)[^>]*(src|href)=", page)


@needs_chromium
@pytest.mark.slow
def test_a_browser_draws_the_first_event_without_an_error(tmp_path, page_of):
    file = tmp_path / "events.html"
    file.write_text(page_of[1])
    picture, errors = opened(file, tmp_path)
    assert errors == []
    # Voxels in the colours of their electrons; the list below has few.
    assert colours(picture[:700]) > 200

    file.write_text(page_of[1].replace("const EVENTS", "const OTHERS"))
    picture, errors = opened(file, tmp_path)
    assert any("EVENTS is not defined" in line for line in errors)
    assert colours(picture[:700]) < 200
