"""A board as text: the notation, JSON documents, Mermaid, Markdown."""
