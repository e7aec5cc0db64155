"""Answers that are faithful and answers that lie, streamed through the real verification.

python -m tests.eval.adversary
"""
