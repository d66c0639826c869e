"""What a declared layout's selectors and data paths find."""
