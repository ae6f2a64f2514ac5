"""What is measured: each module is one run of `python3 run.py bench NAME`."""
