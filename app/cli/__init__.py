"""The command `tieout`: main.py gathers it, the others hold a group of commands each."""
