"""The answer key of chapter 3.1: its checks, and the cases that they try answers on."""
