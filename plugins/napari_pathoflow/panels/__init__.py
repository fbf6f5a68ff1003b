"""Thin widgets over a desk; the only place that knows Qt."""
