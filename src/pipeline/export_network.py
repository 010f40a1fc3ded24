"""Export a network of a finished study: python -m pipeline.export_network NETWORK CONFIG FOLDER.

Writes weights, card and config into FOLDER, for the keys `weights` and `start` of other studies.
With --half the weights take half the room; it is an error if that changes the accuracy.
"""

import argparse
import logging
import sys

from pipeline.gas.networks.export import export_network
from pipeline.study import read_config


def main() -> None:
    """Export the network of the command line; an error is one line."""
    parser = argparse.ArgumentParser(description=__doc__.split(":")[0])
    parser.add_argument("network", help="name of the network in the config")
    parser.add_argument("config", help="config of the finished study")
    parser.add_argument("folder", help="network folder to write")
    parser.add_argument("--half", action="store_true", help="store weights in 16 bits")
    arguments = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    try:
        paths = read_config(arguments.config).paths.get("gas")
        if paths is None:
            raise ValueError(f"{arguments.config}: no `gas:` block, and so no direction network")
        card = export_network(
            paths, arguments.network, arguments.config, arguments.folder, arguments.half
        )
    except (ValueError, FileNotFoundError) as error:
        sys.exit(f"error: {error}")
    print(f"{arguments.folder}: {card.name}, {card.network.architecture}, {card.views:,} views")


if __name__ == "__main__":
    main()
