"""Schema of the public data set; it changes no result of the study."""

from pipeline.config.model import Block, described


class Release(Block):
    """What `make release` says of the data set, and what it may contain."""

    title: str = described(
        "Name of the data set.", "Directions of recoils in a gas time projection chamber"
    )
    creators: list[str] = described("Persons or groups who made it.", [])
    licence: str | None = described(
        "Its licence: an SPDX identifier or a URL; null: not stated.", None
    )
    citation: str | None = described("Text by which others cite it; null: not stated.", None)
    url: str | None = described("Page on which it is published; null: not stated.", None)
    version: str = described("Its version, as major.minor.patch.", "1.0.0")
    published: str | None = described("Date on which it is published, YYYY-MM-DD.", None)
    tracks_from_files: bool = described(
        "Release sets with tracks from files or from a Degrad executable too; their licence must "
        "allow it. false: only sets whose tracks this package has made.",
        False,
    )
