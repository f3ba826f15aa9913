"""Screens: presenters that call services, views that draw; the only home of Qt besides app.py."""
