"""The packaged law: read it through importlib.resources only."""
