"""Long series, the windows cut from them, and what is computed of windows without a network."""
