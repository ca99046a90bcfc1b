"""The answer key of chapter 2.2: its checks, and the cases that they use."""
