"""Programs that make what the platform is built from; no service imports them."""
