"""What shows where all event files are seen: empty samples, unknown energies, shared events."""

import numpy as np
import pandas as pd
import pytest
from helpers.made_responses import made_events

from pipeline.xenon.events.files import from_files
from pipeline.xenon.events.table import write_events


def drawn(n, seed, first=0, **columns):
    """`n` events with places rounded to a millimetre, and quanta."""
    rng = np.random.default_rng(seed)
    values = {
        "source_event": first + np.arange(n),
        "x_cm": rng.uniform(-40, 40, n).round(1),
        "y_cm": rng.uniform(-40, 40, n).round(1),
        "depth_cm": rng.uniform(10, 200, n).round(1),
        "photons": rng.poisson(300, n),
        "electrons": rng.poisson(100, n),
    }
    return made_events(n, **{**values, **columns})


def taken(events, index):
    """The events `index` of a batch."""
    return type(events)(*(column[index] for column in vars(events).values()))


@pytest.fixture
def look(tmp_path):
    """(events by sample and file, detectors, samples with energies needed) -> table of the files.

    The user's files hold their names, and "b_copy.csv" is a copy of "b.csv".
    """

    def looked(samples, detector=None, needed=()):
        tables, files = [], []
        for sample, parts in samples.items():
            for i, (file, events) in enumerate(parts.items()):
                tables.append(tmp_path / sample / f"{i:04d}.parquet")
                write_events(tables[-1], [events] if len(events) else [], {})
                files.append(tmp_path / file)
                files[-1].write_text(file.replace("_copy", ""))
        everywhere = dict.fromkeys(samples, "darwin")
        params = {"detector": {**everywhere, **(detector or {})}, "needed": list(needed)}
        inputs = {"tables": list(map(str, tables)), "files": list(map(str, files))}
        return from_files(inputs, params)["table"]

    return looked


def test_table_has_a_row_for_each_file(look, tmp_path):
    unknown = drawn(4, 2, energy_keV=[np.nan, 1, np.nan, 2])
    twice = taken(drawn(3, 3), [0, 1, 2, 1])
    table = look({"a": {"a.csv": drawn(5, 1), "b.csv": unknown}, "b": {"c.csv": twice}})
    assert table["file"].tolist() == [str(tmp_path / f"{name}.csv") for name in "abc"]
    pd.testing.assert_frame_equal(
        table.drop(columns="file"),
        pd.DataFrame(
            {
                "sample": ["a", "a", "b"],
                "events": [5, 4, 4],
                "unknown_energy": [0, 2, 0],
                "repeated": [0, 0, 1],
            }
        ),
    )


def test_an_empty_file_among_others_has_a_row(look):
    table = look({"a": {"a.csv": drawn(5, 1), "b.csv": drawn(0, 1), "c.csv": drawn(2, 2)}})
    assert table["events"].tolist() == [5, 0, 2]


@pytest.mark.parametrize("others", [{}, {"full": {"a.csv": drawn(5, 1)}}])
def test_a_sample_without_any_event_stops(look, others):
    with pytest.raises(
        ValueError, match=r"sample 'mine': no usable event in any .*b\.csv, .*c\.csv"
    ):
        look({**others, "mine": {"b.csv": drawn(0, 1), "c.csv": drawn(0, 1)}})


def test_unknown_energies_stop_where_they_are_needed(look):
    samples = {"a": {"a.csv": drawn(5, 1)}, "b": {"b.csv": drawn(4, 2, energy_keV=np.nan)}}
    assert len(look(samples, needed=["a"])) == 2
    with pytest.raises(ValueError, match=r"sample 'b': .*b\.csv .* of 4 of its 4 .*MCtruthE"):
        look(samples, needed=["a", "b"])


A = drawn(100, 1)


@pytest.mark.parametrize(
    ("one", "two", "shared"),
    [
        (A, A, "100 of 100"),
        (A, taken(A, np.arange(100)[::-1]), "100 of 100"),  # another order
        (A, taken(A, slice(0, 10)), "10 of 10"),
        (taken(A, slice(0, 3)), A, "3 of 100"),
        (A, taken(A, np.r_[95:100, 0]), "6 of 6"),
    ],
)
@pytest.mark.parametrize("samples", [("a", "a"), ("a", "b")])
def test_shared_events_stop_and_name_both_files(look, one, two, shared, samples):
    parts = {"a": {"one.csv": one}}
    parts.setdefault(samples[1], {})["two.csv"] = two
    with pytest.raises(ValueError, match="also in") as caught:
        look(parts)
    message = str(caught.value)
    assert message.startswith(f"{shared} events of ")
    assert message.index(f"two.csv (sample '{samples[1]}')") < message.index("one.csv (sample 'a')")


def joined(*batches):
    return type(A)(*map(np.concatenate, zip(*(vars(b).values() for b in batches), strict=True)))


def test_a_share_of_the_events_is_enough(look):
    other = joined(taken(A, slice(0, 5)), drawn(95, 2))
    with pytest.raises(ValueError, match=r"^5 of 100 events"):
        look({"a": {"one.csv": A}, "b": {"two.csv": other}})


@pytest.mark.parametrize(
    "other",
    [
        drawn(100, 2),
        joined(taken(A, slice(0, 4)), drawn(96, 2)),  # by chance
        taken(A, slice(0, 2)),
    ],
)
def test_few_equal_events_pass(look, other):
    assert len(look({"a": {"one.csv": A}, "b": {"two.csv": other}})) == 2


def test_parts_of_one_file_pass(look):
    first, second = taken(A, slice(0, 50)), taken(A, slice(50, 100))
    assert len(look({"a": {"one.csv": first}, "b": {"one_copy.csv": second}})) == 2


def test_the_same_events_in_two_detectors_pass(look):
    samples = {"a": {"one.csv": A}, "b": {"one_copy.csv": A}}
    assert len(look(samples, {"b": "xenon1t"})) == 2


def test_copies_with_drawn_places_stop(look):
    other = drawn(100, 5, photons=A.photons, electrons=A.electrons)
    assert len(look({"a": {"one.csv": A}, "b": {"two.csv": other}})) == 2
    with pytest.raises(ValueError, match="100 of 100"):
        look({"a": {"one.csv": A}, "b": {"one_copy.csv": other}})


@pytest.mark.parametrize("events", [10, 100, 1000])
def test_two_runs_of_a_source_at_one_point_pass(look, events):
    """Mono-energetic recoils with few quanta at one place are often equal by chance."""
    place = {"x_cm": 0.0, "y_cm": 0.0, "depth_cm": 50.0}
    for seed in range(8):
        rng = np.random.default_rng(seed)
        one, two = (
            drawn(
                events, 1, **place, photons=rng.poisson(9, events), electrons=rng.poisson(8, events)
            )
            for _ in range(2)
        )
        assert len(look({"a": {"one.csv": one}, "b": {"two.csv": two}})) == 2


def test_copied_source_at_one_point_stops(look):
    """Another format or order of the rows; copies of files are compared by number."""
    events = drawn(20, 1, x_cm=0.0, y_cm=0.0, depth_cm=50.0)
    with pytest.raises(ValueError, match="20 of 20"):
        look({"a": {"one.csv": events}, "b": {"two.csv": events}})


def test_equal_recoils_pass(look):
    one = made_events(100, photons=50, electrons=20)
    assert look({"a": {"one.csv": one}, "b": {"two.csv": one}})["repeated"].tolist() == [99, 99]
