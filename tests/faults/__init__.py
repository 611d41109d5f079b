"""Fault experiments: a stack of real processes, one fault at a time, and a checker that believes the records alone."""

from __future__ import annotations
