"""A board as text, JSON and Markdown.

Read `text.py` first: a board that people write and keep in git (`notation.py` is one line of it,
`text_writer.py` the way back). `exchange.py` is JSON for other programs, `documents.py` writes a Mermaid
diagram and a glossary.
"""
