"""The local stack: every server beside Lyceum's services, and the services, under one supervisor."""
