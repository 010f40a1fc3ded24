"""Elements of detector materials."""

# Standard atomic weights, abridged: IUPAC 2021 (Prohaska et al. 2022, Pure Appl. Chem. 94, 573).
ATOMIC_WEIGHTS = {
    "H": 1.008,
    "C": 12.011,
    "N": 14.007,
    "O": 15.999,
    "S": 32.06,
    "Br": 79.904,
    "Ag": 107.87,
    "I": 126.90,
}

# Of the elements of detector gases.
ATOMIC_NUMBERS = {
    "H": 1,
    "He": 2,
    "C": 6,
    "N": 7,
    "O": 8,
    "F": 9,
    "Ne": 10,
    "S": 16,
    "Ar": 18,
    "Kr": 36,
    "Xe": 54,
}
