"""The gateway's configuration: one table of routes, one template."""
