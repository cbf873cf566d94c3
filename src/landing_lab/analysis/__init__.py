"""From metrics of trials to what may be said of them: evidence, screening, reliability, models, waveforms, cohorts."""
