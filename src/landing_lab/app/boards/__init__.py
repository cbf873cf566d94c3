"""Reaching boards, real and simulated."""
