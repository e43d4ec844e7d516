"""How fast the platform is, measured beside the limit of its engines in the same run (`python -m benchmarks`)."""
