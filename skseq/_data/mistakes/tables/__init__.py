"""Tables, frames and lists that most likely have another form than the one they are read in."""
