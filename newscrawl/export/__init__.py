"""Posts in the forms that other programs take, and back."""
