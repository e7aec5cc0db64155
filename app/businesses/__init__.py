"""A business: the tenant. Created here, looked up here by slug or widget key."""
