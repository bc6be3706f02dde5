"""Workbook: the base case in a spreadsheet whose every figure is a live formula."""

from preuve.economics.workbook.writing import write

__all__ = ["write"]
