"""The answer key of chapter 0: its checks, and the cases that they use."""
