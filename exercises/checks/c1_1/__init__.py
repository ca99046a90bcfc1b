"""The answer key of chapter 1.1: its checks, and the cases that they use."""
