"""Every layout: a function of a random source that gives one paper."""

from . import applications, civil, letters, tables

LAYOUTS = civil.LAYOUTS + letters.LAYOUTS + applications.LAYOUTS + tables.LAYOUTS
