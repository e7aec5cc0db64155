"""Outside services as scripted servers on loopback that speak the real protocol."""
