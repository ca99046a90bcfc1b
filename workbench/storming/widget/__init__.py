"""The board as a widget in JupyterLab."""
