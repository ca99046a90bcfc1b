"""The course's machinery: what teaches, sets up, simulates and draws. It builds on `workshop_lib`."""
