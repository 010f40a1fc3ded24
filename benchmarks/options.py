"""The options of a benchmark."""

import argparse


def parsed(doc: str, **options: float | str) -> argparse.Namespace:
    """Options of the command line by name; a value gets the type of the default.

    `doc` describes the benchmark and its options.
    """
    parser = argparse.ArgumentParser(
        description=doc, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    for name, default in options.items():
        option = "--" + name.replace("_", "-")
        parser.add_argument(option, type=type(default), default=default, help=f"{default}")
    return parser.parse_args()
