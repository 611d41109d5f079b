"""The images of the platform: built, started, weighed and told apart."""
