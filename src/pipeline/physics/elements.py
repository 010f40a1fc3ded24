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
