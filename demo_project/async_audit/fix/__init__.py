"""The mechanical repairs: --fix shows them as a diff, --write writes them."""
