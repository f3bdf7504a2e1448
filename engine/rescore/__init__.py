"""A part of a score is composed anew, and everything else stays to the tick.

regions: stretches and parts to compose anew -> changes of the plan there ->
given notes, and the rest composed -> takes, rated with what follows
"""
