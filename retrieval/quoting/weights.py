"""Weights of quoting, written by `python -m tests.eval.fit_quotes --write`, which fits them."""

from __future__ import annotations

import numpy as np

# Of a unit by itself, in the order of features.Column.
UNIT = np.array(
    [
        1.835,  # own
        2.014,  # around
        4.220,  # grams
        0.873,  # concepts
        0.080,  # concepts_around
        2.147,  # kind
        0.625,  # kind_next
        4.759,  # cosine
        0.996,  # passage
        0.572,  # first
        1.040,  # rank
        -0.357,  # bare
        -1.523,  # heading
        -0.598,  # columns
        -0.209,  # link
        1.429,  # day
        2.110,  # age
        1.144,  # number
        0.834,  # length
        1.223,  # row_of_figures
        0.322,  # listed
        0.111,  # rarest
        1.680,  # section
        1.437,  # how
        1.351,  # contact
        0.304,  # sentence
    ],
    np.float32,
)

# Of a unit among the others, in the order of choose.among.
AMONG = np.array(
    [
        -1.061,  # always
        1.599,  # behind
        0.250,  # before
        0.174,  # after
        1.359,  # best
        -0.249,  # step_on
        -0.160,  # step_back
        0.100,  # same_section
        0.261,  # close
        -0.008,  # heading
        -0.073,  # columns_or_link
        -1.096,  # spread
        0.761,  # score
        0.053,  # listed
        -0.273,  # same_passage
        0.934,  # best_of_section
        -0.606,  # best_score
        -0.088,  # next_sentence
        0.610,  # same_line
    ],
    np.float32,
)
