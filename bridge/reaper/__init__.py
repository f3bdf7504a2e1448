"""The scripts for REAPER as a package: where they lie, their installation and ReaPack's index."""
