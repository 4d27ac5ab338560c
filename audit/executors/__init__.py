"""Who computes: this process, processes of this machine, or the workers of a Dask cluster; knows no masks."""
