"""Atomic numbers and weights of ions, and the composition of the emulsion."""

# Symbol -> (atomic number, atomic weight), IUPAC 2021.
ELEMENTS = {
    "H": (1, 1.008),
    "He": (2, 4.0026),
    "Li": (3, 6.94),
    "Be": (4, 9.0122),
    "B": (5, 10.81),
    "C": (6, 12.011),
    "N": (7, 14.007),
    "O": (8, 15.999),
    "F": (9, 18.998),
    "Ne": (10, 20.180),
    "Na": (11, 22.990),
    "Al": (13, 26.982),
    "Si": (14, 28.085),
    "S": (16, 32.06),
    "Ar": (18, 39.95),
    "Kr": (36, 83.798),
    "Br": (35, 79.904),
    "Ag": (47, 107.87),
    "I": (53, 126.90),
    "Xe": (54, 131.29),
}

# Atomic fractions of the NIT emulsion, from the SRIM scripts of A. Golovatiuk (repository
# golovart/Napoli_emulsion).
NIT = {
    "C": 0.214,
    "H": 0.410,
    "N": 0.049,
    "O": 0.117,
    "Ag": 0.105,
    "Br": 0.101,
    "I": 0.004,
}
# Elements that recoil. Sulphur, 0.3 % by mass, is too little to slow others down.
TARGETS = (*NIT, "S")
IN_CRYSTALS = ("Ag", "Br", "I")
NIT_G_PER_CM3, CRYSTAL_G_PER_CM3, GELATIN_G_PER_CM3 = 3.44, 6.473, 1.28
