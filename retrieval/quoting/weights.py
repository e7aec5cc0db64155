"""Weights of quoting, written by `python -m tests.eval.fit_quotes --write`, which fits them."""

from __future__ import annotations

import numpy as np

# Of a unit by itself, in the order of features.Column.
UNIT = np.array(
    [
        1.742,  # own
        1.857,  # around
        4.148,  # grams
        0.879,  # concepts
        0.169,  # concepts_around
        2.369,  # kind
        0.528,  # kind_next
        4.533,  # cosine
        0.934,  # passage
        0.673,  # first
        1.062,  # rank
        -0.371,  # bare
        -1.484,  # heading
        -0.606,  # columns
        -0.188,  # link
        1.490,  # day
        2.092,  # age
        1.137,  # number
        0.798,  # length
        1.313,  # row_of_figures
        0.321,  # listed
        0.134,  # rarest
        1.814,  # section
        1.395,  # how
        1.422,  # contact
        0.376,  # sentence
    ],
    np.float32,
)

# Of a unit among the others, in the order of choose.among.
AMONG = np.array(
    [
        -3.279,  # always
        1.401,  # behind the best
        0.045,  # the one before
        -0.140,  # the one after
        2.252,  # is the best
        -0.322,  # follows it
        0.461,  # precedes it
        0.142,  # same section
        0.195,  # same section, close
        0.403,  # heading
        -0.495,  # columns or link
        -1.513,  # how many fit
        1.434,  # own score
        0.203,  # list asked
        -0.107,  # same passage
        0.338,  # best of its section
        -0.339,  # the best's score
        0.646,  # next sentence
        0.280,  # same paragraph
    ],
    np.float32,
)
