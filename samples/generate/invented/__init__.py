"""Invented administrative pages, as many as asked for: people and places, layouts in HTML, rendering, faults, truth."""
