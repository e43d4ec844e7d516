"""The QR code of a notice as its reader's camera sees it: the dark modules that the PDF draws, row by row."""

import re
import zlib

DRAWN = re.compile(rb"([\d.]+) (\d+)\.5 m ([\d.]+) \2\.5 l")
"""A stroke from module to module along the middle of a row."""


def modules_of(pdf: bytes) -> list[list[bool]]:
    """The square that is drawn on the first page that bears one, dark modules true; empty when there is none."""
    for packed in re.findall(rb"stream\r?\n(.*?)\nendstream", pdf, re.DOTALL):
        try:
            strokes = DRAWN.findall(zlib.decompress(packed))
        except zlib.error:
            continue
        if strokes:
            return _square([(int(row), int(float(start)), int(float(end))) for start, row, end in strokes])
    return []


def _square(strokes: list[tuple[int, int, int]]) -> list[list[bool]]:
    size = max(end for _, _, end in strokes)
    drawn = [[False] * size for _ in range(size)]
    for row, start, end in strokes:
        drawn[row][start:end] = [True] * (end - start)
    return drawn
