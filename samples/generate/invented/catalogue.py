"""Every layout: a function of a random source that gives one paper."""

from .layouts import applications, business, cards, civil, justice, land, letters, tables

LAYOUTS = [layout for module in (civil, letters, applications, tables, business, justice, land, cards) for layout in module.LAYOUTS]
