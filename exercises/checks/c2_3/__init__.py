"""The answer key of chapter 2.3: its checks, and the cases that they try answers on."""
