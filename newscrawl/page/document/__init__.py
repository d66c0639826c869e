"""Bytes to one tree: encoding, blocks, prose, and the vocabulary that the rest of page/ looks for."""
