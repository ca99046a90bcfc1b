"""Set up a computer for the course: the workspace, JupyterLab, and the doctor."""
