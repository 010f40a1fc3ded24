"""Write the public data set of a finished study: python -m pipeline.release CONFIG."""

import sys

from pipeline.gas.release.build import build_release
from pipeline.study import read_config


def main(config: str) -> None:
    """Write the release folder; an error is one line."""
    try:
        paths = read_config(config).paths.get("gas")
        if paths is None:
            raise ValueError(f"{config}: no `gas:` block, and so no data set")
        build_release(paths, config)
    except (ValueError, FileNotFoundError) as error:
        sys.exit(f"error: {error}")
    print(f"data set: {paths.release('README.md')}")


if __name__ == "__main__":
    main(*sys.argv[1:])
