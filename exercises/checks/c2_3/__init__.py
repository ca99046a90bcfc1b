"""The answer key of chapter 2.3: the checks and their hidden cases."""
