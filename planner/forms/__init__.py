"""What people type on the planning pages, read and checked before a service sees it."""
