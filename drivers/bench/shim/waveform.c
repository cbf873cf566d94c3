/* A quantity over time, given by points. */
#include <stdlib.h>
#include <string.h>
#include "shim.h"

void waveform_free(waveform_t *w) {
  free(w->time_s);
  free(w->value);
  memset(w, 0, sizeof *w);
}

static double *copy_of(const double *from, int n) { return memcpy(malloc(n * sizeof *from), from, n * sizeof *from); }

void waveform_set(waveform_t *w, const double *time_s, const double *value, int n) {
  waveform_free(w);
  w->n = n;
  w->time_s = copy_of(time_s, n);
  w->value = copy_of(value, n);
}

double waveform_at(bench_t *b, waveform_t *w, double time_s) {
  const double *t = w->time_s, *y = w->value, at = time_s - b->origin_s;
  if (!w->n) return 0;
  if (at <= t[0]) return y[0];
  if (at >= t[w->n - 1]) return y[w->n - 1];
  int i = w->hint < w->n - 1 ? w->hint : 0; /* time mostly goes on: look where it was last */
  while (t[i] > at) i--;
  while (t[i + 1] < at) i++;
  w->hint = i;
  return y[i] + (y[i + 1] - y[i]) * (at - t[i]) / (t[i + 1] - t[i]);
}
