"""What X and y become: value objects that know no estimator."""
