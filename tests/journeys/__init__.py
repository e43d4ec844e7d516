"""Whole journeys in a real browser. A package, so that its platforms end with its last test."""
