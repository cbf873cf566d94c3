"""One athlete: indicators, levels, the gate before valgus, chains of contributing factors, what to do next."""
