"""The renderer: OpenGL without a display, on a card or on the processor alone."""
