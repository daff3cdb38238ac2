"""What HPTS costs, measured: each figure beside a baseline that ran in turn with it on the same machine."""
