#!/usr/bin/env python3
"""Draws a benchmark's figures (JSON of run.py --json) as an SVG: a group of bars for each query, on a logarithmic scale.

    draw.py FIGURES.json docs/OUT.svg
"""

import json
import math
import sys
from pathlib import Path
from xml.sax.saxutils import escape

COLOURS = ("#b5651d", "#2f6f9f", "#6b8e23", "#7d4f9e", "#888888")
BAR, GAP, LEFT, WIDTH, TOP = 9, 8, 70, 640, 70


def ticks(lowest, highest):
    return [10.0 ** power for power in range(math.floor(math.log10(lowest)), math.ceil(math.log10(highest)) + 1)]


def label(milliseconds):
    return f"{milliseconds / 1000:g} s" if milliseconds >= 1000 else f"{milliseconds:g} ms"


def text(x, y, words, anchor="start", size=12):
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" font-size="{size}">{escape(words)}</text>'


def drawing(figures):
    series, rows = figures["series"], figures["rows"]
    values = [value for row in rows for value in row["ms"].values()]
    scale = ticks(min(values), max(values))
    low, span = math.log10(scale[0]), math.log10(scale[-1]) - math.log10(scale[0])

    def x_of(milliseconds):
        return LEFT + WIDTH * (math.log10(max(milliseconds, scale[0])) - low) / span

    group = BAR * len(series) + GAP
    bottom = TOP + group * len(rows)
    lines = [f'<svg xmlns="http://www.w3.org/2000/svg" width="{LEFT + WIDTH + 30}" height="{bottom + 30}" '
             'font-family="sans-serif">',
             '<rect width="100%" height="100%" fill="white"/>', text(LEFT, 24, figures["title"], size=16)]
    for number, name in enumerate(series):
        x = LEFT + 150 * number
        lines += [f'<rect x="{x}" y="38" width="12" height="12" fill="{COLOURS[number % len(COLOURS)]}"/>',
                  text(x + 18, 48, name)]
    for tick in scale:
        x = x_of(tick)
        lines += [f'<line x1="{x:.1f}" y1="{TOP - 4}" x2="{x:.1f}" y2="{bottom}" stroke="#dddddd"/>',
                  text(x, bottom + 18, label(tick), "middle", 11)]
    for place, row in enumerate(rows):
        y = TOP + group * place
        lines.append(text(LEFT - 8, y + group / 2, row["name"], "end", 11))
        for number, name in enumerate(series):
            if name in row["ms"]:
                lines.append(f'<rect x="{LEFT}" y="{y + BAR * number}" height="{BAR - 1}" '
                             f'width="{x_of(row["ms"][name]) - LEFT:.1f}" fill="{COLOURS[number % len(COLOURS)]}">'
                             f'<title>{escape(name)}: {label(round(row["ms"][name], 1))}</title></rect>')
    return "\n".join([*lines, "</svg>", ""])


def main():
    if len(sys.argv) != 3:
        print(__doc__, file=sys.stderr)
        return 2
    figures = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    Path(sys.argv[2]).write_text(drawing(figures), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
