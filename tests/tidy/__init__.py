"""What the code keeps to whatever it does: sizes, names, docstrings, declared dependencies; `docs/style.md` has the reasons."""
