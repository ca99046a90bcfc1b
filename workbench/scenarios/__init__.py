"""What lectures and exercises play with, one story a module."""
