"""Live samples and markers to the Lab Streaming Layer, for whoever records EMG or motion capture beside."""
