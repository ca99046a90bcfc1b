"""From a fresh clone to a running Lab: the workspace, JupyterLab, and the doctor."""
