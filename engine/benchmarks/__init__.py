"""How fast the product is, as ratios measured side by side in one run.

A machine's speed changes from minute to minute, a ratio of two things timed in turns far less;
so every figure that has a target stands beside what it is compared with.

    measures    timing in turns, and the lines of the report
    decoding    the network: against recomputing, against streaming its weights, against real time
    rounding    what arithmetic of 8 bits costs in likelihood
    watching    the film: against bare decoding, against PySceneDetect
    starting    cold starts, and a whole one-minute film
    memory      how much of it long films take
"""
