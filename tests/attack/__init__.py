"""What an attacker can do with any model whatever: hostile outputs, prompts, pages and fields through the real path.

docs/attacks.md says which guarantee each test holds. `python -m tests.eval.run_attacks` has the large versions.
"""
