"""What forecasters share: windows, values in their own units, linear parts, and trials on earlier windows."""
