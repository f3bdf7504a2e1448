"""Features of every token that follow from the tokens before it, as inputs of the network.

The network could compute them itself, but with these inputs it learns faster and forgets less.
(Ours; the paper's network has none.)
"""

ALL = "bar_position", "lookback", "active_notes"
"""The features' names, in the order of their inputs."""
