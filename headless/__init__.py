"""The subcommands of ``main.py``: the whole way through the house without a window."""
