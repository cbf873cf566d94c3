"""Contacts, tasks, events and phases; one detector for live and batch."""
