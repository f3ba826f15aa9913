"""Small shared pieces of screens; they know nothing of services."""
