"""The answer key of chapter 1.2: its checks, and the cases that they use."""
