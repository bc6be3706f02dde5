"""Administration: accounts and roles, the audit log, who may do what."""
