"""Columns that tables of recoils have in common: tracks, voxels and predictions."""

import pyarrow as pa

from pipeline.core.parquet_io import field

EVENT_ID = field("event_id", pa.int64(), "event in that source's track table")
ENERGY_KEV = field("energy_keV", pa.float32(), "recoil energy", "keV")
SIGMA_UM = field("sigma_um", pa.float32(), "smearing applied", "um")
# Columns of the true start of a track from the centre of the grid.
TRUE_START = ["true_start_x_um", "true_start_y_um", "true_start_z_um"]
