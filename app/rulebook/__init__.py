"""The rules: read from YAML, decided over plain facts, proven by their own examples."""
