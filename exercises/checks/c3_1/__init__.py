"""The answer key of chapter 3.1: the checks and their hidden cases."""
