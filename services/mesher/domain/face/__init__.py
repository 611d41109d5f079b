"""A person's face on a measured body: shape, eyes, skin."""
