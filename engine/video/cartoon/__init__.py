"""The drawn parts of the demo film, one file each: scenes, the figures in them, the canvas."""
