"""Times of series and of rows: their steps, their order, and how they go on."""
