"""The peak of an image: the maximum of its 3x3 means less its median."""

from numba import njit


@njit(cache=True, error_model="numpy")
def median(image, histogram):  # type: ignore[no-untyped-def]
    """Median of an image of whole numbers below len(histogram), a work array."""
    histogram[:] = 0
    rows, columns = image.shape
    for row in range(rows):
        for column in range(columns):
            histogram[image[row, column]] += 1
    pixels = rows * columns
    half = (pixels + 1) // 2
    seen, value = histogram[0], 0
    while seen < half:
        value += 1
        seen += histogram[value]
    upper = value
    if seen == half and pixels % 2 == 0:
        upper += 1
        while histogram[upper] == 0:
            upper += 1
    return (value + upper) / 2


@njit(cache=True, error_model="numpy")
def maximum(image, sums):  # type: ignore[no-untyped-def]
    """The largest 3x3 mean of an image, its row and column; `sums` [columns] is a work array."""
    rows, columns = image.shape
    best, best_row, best_column = -1.0, 0, 0
    for row in range(1, rows - 1):
        for column in range(columns):
            sums[column] = image[row - 1, column]
            sums[column] += image[row, column]
            sums[column] += image[row + 1, column]
        for column in range(1, columns - 1):
            total = sums[column - 1] + sums[column] + sums[column + 1]
            if total > best:
                best, best_row, best_column = total, row, column
    return best / 9, best_row, best_column
