"""A program without a home, whose current folder is removed; it checks, and prints each card."""

import os
import shutil
import sys
import tempfile

os.path.expanduser = lambda path: path  # so Path.home() raises RuntimeError
folder = tempfile.mkdtemp()
os.chdir(folder)
if "first" in sys.argv:
    shutil.rmtree(folder)

import workshop_lib  # noqa: E402, F401
from workbench.classroom import check, hint, progress, reset  # noqa: E402

if "later" in sys.argv:
    shutil.rmtree(folder)

print(check("read_it_back", ...))
print(check("read_it_back", lambda *given: []))
print(hint("read_it_back"))
print(reset("read_it_back"))
print(progress())
