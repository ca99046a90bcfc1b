"""Read and write a board as text, JSON and Markdown.

Read `text.py` first: it reads the text that people write and keep in git. `notation.py` reads one line of it,
`text_writer.py` writes it. `exchange.py` is JSON for other programs, `documents.py` writes a Mermaid diagram
and a glossary.
"""
