"""The data that all stages pass on: posts, drafts, list entries, source declarations, a run's ledger."""
