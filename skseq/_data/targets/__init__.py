"""What y becomes: one value object for each form that targets have."""
