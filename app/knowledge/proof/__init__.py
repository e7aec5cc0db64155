"""Proof that a host belongs to the business: what unlocks reading it at full speed and past its robots.txt."""
