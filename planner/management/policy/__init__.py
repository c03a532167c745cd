"""The reports of `manage.py policy`, one module each."""
