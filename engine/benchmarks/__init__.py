"""How fast the product is, as ratios measured side by side in one run.

The speed of a machine changes from minute to minute. The ratio of two tasks timed in turns changes
far less. So most targets are for ratios.

    measures    timing in turns, and the lines of the report
    networks    full-size networks with random weights
    decoding    the network: against recomputing, streaming its weights, and real time
    takes       the gain of the best of several takes
    rating      what the rating of takes prefers
    rounding    the cost of 8-bit arithmetic in likelihood
    sliding     the cost of a sliding window in likelihood
    watching    the analysis of a film: against bare decoding and PySceneDetect
    starting    cold starts, and a whole one-minute film
    memory      peak memory of composing and watching
    velocities  what performing the notes costs
    rescoring   whether music that is composed anew is as good, and what follows fits
    emotion     the reading of emotion: its spread, order and cost
    emotion_films
                films whose arousal is known
    cut_films   films whose transitions are known
    cutting     how well transitions are found in them
    dissolve_training
                trains the network that scores dissolves
"""
