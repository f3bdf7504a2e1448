"""What a network can be told of every token that follows from the tokens before it.

Nothing of it need be asked for, and nothing is known that could not be worked out; but a network
that need not work it out learns sooner and forgets less. (Ours; the paper's network has none.)
"""

ALL = "bar_position", "lookback", "active_notes"
"""The features' names, in the order of their inputs."""
