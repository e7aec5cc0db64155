"""Phone, mail, address, prices: at hand from what pages state and the owner decided, before any page is searched."""
