"""The direction networks of Ghrear et al. 2024 (Mach. Learn.: Sci. Technol. 5 035009), section 3.

RCN predicts a direction, HCN a direction and the kappa of a von Mises-Fisher distribution about it.
"""

from torch import Tensor, nn
from torch.nn import functional

from pipeline.gas.networks.output import Output
from pipeline.sparse.layers import OnFeatures, SparseConv3d, SparseMaxPool3d, SubMConv3d
from pipeline.sparse.tensor import SparseTensor


class PaperNetwork(nn.Module):
    """Sparse features, a shared dense layer, a direction head and optionally a kappa head."""

    def __init__(self, backend: str, grid_bins: int, with_kappa: bool) -> None:
        super().__init__()
        self.features = nn.Sequential(
            *(SubMConv3d(1, 32, 7, backend), OnFeatures(nn.ReLU())),
            *(SubMConv3d(32, 40, 5, backend), OnFeatures(nn.ReLU())),
            *(SparseConv3d(40, 50, 6, 2, backend), OnFeatures(nn.ReLU())),
            SparseMaxPool3d(2, 2, backend),
            *(SparseConv3d(50, 30, 3, 2, backend), OnFeatures(nn.ReLU())),
            *(SparseConv3d(30, 10, 3, 1, backend), OnFeatures(nn.ReLU())),
            SparseMaxPool3d(2, 2, backend),
        )
        self.grid_bins = grid_bins
        values = 10 * _final_bins(self.features, grid_bins) ** 3
        self.shared = nn.Sequential(nn.Linear(values, 500), nn.ReLU())
        self.direction_head = nn.Sequential(
            *(nn.Linear(500, 200), nn.ReLU()), *(nn.Linear(200, 50), nn.Tanh()), nn.Linear(50, 3)
        )
        self.kappa_head = (
            nn.Sequential(
                *(nn.Linear(500, 200), nn.ReLU()),
                *(nn.Linear(200, 50), nn.ReLU()),
                *(nn.Linear(50, 1), nn.Softplus()),
            )
            if with_kappa
            else None
        )

    @property
    def event_layer(self) -> nn.Module:
        """See `activations`: the dense layer that both heads share."""
        return self.shared

    def without_kappa(self, weights: dict[str, Tensor]) -> dict[str, Tensor]:
        """The weights of an HCN without its kappa head, if this network has none."""
        if self.kappa_head is not None:
            return weights
        return {name: w for name, w in weights.items() if not name.startswith("kappa_head.")}

    def forward(self, voxels: SparseTensor) -> Output:
        """Predict; raises ValueError if the grid is not the one the network was built for."""
        if voxels.spatial_shape != (self.grid_bins,) * 3:
            raise ValueError(
                f"network built for {self.grid_bins}^3 voxels got a grid of "
                f"{voxels.spatial_shape}: build it with the bins of the voxel set"
            )
        shared = self.shared(self.features(voxels).to_dense().flatten(1))
        direction = functional.normalize(self.direction_head(shared), dim=1)
        kappa = None if self.kappa_head is None else self.kappa_head(shared).squeeze(1)
        return Output(direction, kappa)


def _final_bins(features: nn.Sequential, grid_bins: int) -> int:
    """Edge of the last feature grid, 6 for the paper's 120. Raises ValueError if none is left."""
    bins = grid_bins
    for layer in features:
        if isinstance(layer, SparseConv3d | SparseMaxPool3d):
            bins = max((bins - layer.kernel) // layer.stride + 1, 0)
    if bins == 0:
        raise ValueError(
            f"a grid of {grid_bins}^3 voxels is too small for the direction networks: their "
            f"down-sampling needs at least 40 bins along each axis"
        )
    return bins
