"""Charts as inline SVG: in the first HTML, without a script, on paper as on a screen.

Sizes are pixels of the drawing; colours are classes of charts.css, so that themes and print apply.
"""
