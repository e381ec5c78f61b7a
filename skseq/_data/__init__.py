"""What X and y become: value objects. They ask an estimator for its name in errors and for validate_data alone."""
