"""Score predicted directions: python -m pipeline.score_submission FOLDER SUBMISSION.

FOLDER is a data set of `make release`; SUBMISSION is a Parquet or CSV table with the columns split,
source, event_id, pred_x, pred_y, pred_z.
"""

import argparse
import sys

from pipeline.gas.release.score import score_submission


def main() -> None:
    """Print the scores of the submission of the command line; an error is one line."""
    parser = argparse.ArgumentParser(description=__doc__.split(":")[0])
    parser.add_argument("folder", help="folder of the data set")
    parser.add_argument("submission", help="Parquet or CSV table of predictions")
    arguments = parser.parse_args()
    try:
        scores = score_submission(arguments.folder, arguments.submission)
    except (ValueError, FileNotFoundError) as error:
        sys.exit(f"error: {error}")
    print(scores.to_string(index=False, float_format="{:.4f}".format, na_rep="-"))


if __name__ == "__main__":
    main()
