"""What the workflow asks of the paths of every detector chain."""

from abc import ABC, abstractmethod
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any, ClassVar, Generic, TypeVar

from pipeline.config.model import Block
from pipeline.core.parts import Part

ChainBlock = TypeVar("ChainBlock", bound=Block)


def counts(table: str) -> str:
    """The file beside an event table that counts the events read, kept and rejected."""
    return table.removesuffix(".parquet") + ".json"


@dataclass(frozen=True, eq=False)
class ChainPaths(ABC, Generic[ChainBlock]):
    """Files of one chain of a study.

    A path's arguments default to wildcards: `network("weights.pt")` is the pattern for all
    networks, `network("weights.pt", "HCN")` is one file.
    """

    name: ClassVar[str]  # of the chain, and of its folder

    block: ChainBlock  # the chain's config
    results: str  # folder of all chains' results
    seed: int

    @property
    def root(self) -> str:
        """Folder of this chain's results."""
        return f"{self.results}/{self.name}"

    def table(self, name: str) -> str:
        """A table of the chain."""
        return f"{self.root}/tables/{name}"

    def network(self, file: str, network: str = "{network}") -> str:
        """A file of a network: weights.pt, history.csv or checkpoint.pt."""
        return f"{self.root}/networks/{network}/{file}"

    def inputs(self) -> Iterable[str]:
        """Sources or samples in use, whose `parts` may be a user's files; none without such."""
        return ()

    def parts(self, source: str) -> dict[str, Part]:
        """The parts of a source or sample by name, in their fixed order.

        Raises:
            FileNotFoundError: a pattern of a user's files matches nothing; names the key.
        """
        return {}

    def part_block(self, source: str, name: str) -> dict[str, Any]:
        """What a part depends on; more events or files in other parts do not change it."""
        part = self.parts(source)[name]
        return {"seed": self.seed, "index": part.index, "block": part.block.plain()}

    def check_files(self) -> None:
        """Check that the user's input files exist; see `parts` for what is raised."""
        for source in self.inputs():
            self.parts(source)

    def check_weights(self, used: Collection[str]) -> None:
        """Check trained weights from elsewhere that are among the files which a run uses.

        Raises:
            ValueError: they are not those of the network that uses them; names the key.
        """

    def expected_bytes(self) -> dict[str, dict[str, float]]:
        """Rough sizes of the large files of a run, by the block of the config that they come from.

        A chain whose results are small has none.
        """
        return {}

    @abstractmethod
    def targets(self) -> list[str]:
        """Results besides the figures that a run without targets makes."""

    @abstractmethod
    def page_tables(self) -> list[str]:
        """Tables on the page of figures."""

    @abstractmethod
    def recorded_tables(self) -> list[str]:
        """Tables whose digests the provenance record holds."""
