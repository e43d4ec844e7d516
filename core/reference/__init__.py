"""The CSV files the portals run on, and their loader."""
