"""From rows to charts: plain values that `deals.svg` draws, and the same as Plotly figures.

No ORM and no request here. A figure is plain lists and numbers without NaN and without a template,
so that it goes through `json_script`; colours are named by their meaning (`meta.hue`), which the
browser looks up.
"""
