"""Matrix products along a rulebook: their threads. Values and gradients: `test_backends`."""

import torch
from threadpoolctl import threadpool_info, threadpool_limits

from pipeline.sparse.layers import SubMConv3d
from pipeline.sparse.products import use_one_blas_thread
from pipeline.sparse.tensor import sparse_tensor


def test_products_are_not_shared_among_threads_of_blas() -> None:
    threadpool_limits(2, user_api="blas")
    use_one_blas_thread.cache_clear()
    voxels = sparse_tensor(torch.tensor([[0, 1, 1, 1]]), torch.ones(1, 2), (3,) * 3, 1)
    SubMConv3d(2, 2, 3)(voxels)
    pools = [pool["num_threads"] for pool in threadpool_info() if pool["user_api"] == "blas"]
    assert set(pools) == {1}
