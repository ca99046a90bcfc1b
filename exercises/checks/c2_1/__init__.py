"""The answer key of chapter 2.1: its checks, and the cases that they use."""
