/* HX711 chips, after the datasheet and the faults people report; the chip's own filter is not published, so this one
 * is a binomial over four conversions: it settles in four, as the datasheet says. */
#include <math.h>
#include <string.h>
#include "shim.h"

#define POWER_DOWN_US 60
#define HIGHEST 8388607.0
#define LOWEST (-8388608.0)
#define SETTLING 4 /* conversions, after power-up or a change of gain */
#define FLOAT_EVERY_US 20

static void set_dout(hx711_t *h, int level) {
  h->dout = level;
  drive_pin(h->board, h->dout_port, h->dout_bit, level);
}

/* The mean over one conversion, at the gain that is set. */
static int32_t convert(hx711_t *h) {
  bench_t *b = h->board;
  double period_s = 1.0 / h->rate_hz, now = bench_time_s(b), sum = 0;
  for (int k = 0; k < 8; k++) sum += waveform_at(b, &h->counts, now - period_s * (7.5 - k) / 8);
  double counts = sum / 8 + (h->noise_counts > 0 ? h->noise_counts * draw_normal(b) : 0);
  if (h->seen.gain == 64) counts /= 2;
  if (h->seen.gain == 32) counts = 0; /* channel B: nothing is connected */
  return (int32_t)fmax(LOWEST, fmin(HIGHEST, floor(counts + 0.5)));
}

static avr_cycle_count_t on_conversion(avr_t *avr, avr_cycle_count_t when, void *param) {
  hx711_t *h = param;
  (void)avr;
  h->due = when + h->period;
  memmove(h->history + 1, h->history, 3 * sizeof h->history[0]);
  h->history[0] = convert(h);
  if (h->bits >= 25) {
    if (h->next_gain != h->seen.gain) {
      h->seen.gain = h->next_gain;
      h->settling = SETTLING;
    }
    h->bits = 0;
  } else if (h->bits) /* in the middle of a read-out; what DOUT then does is not published: nothing is the hardest */
    h->seen.interrupted++;
  if (h->settling && --h->settling) return h->due;
  h->seen.conversions++;
  int64_t sum = (int64_t)h->history[0] + 3LL * h->history[1] + 3LL * h->history[2] + h->history[3];
  h->output = (int32_t)(sum / 8) & 0xFFFFFF;
  if (h->ready && !h->bits) {
    h->seen.overwritten++;
    set_dout(h, 1); /* high for a moment at each new conversion that replaces one nobody read */
  }
  h->ready = 1;
  if (!h->bits) set_dout(h, 0);
  return h->due;
}

static void power_up(hx711_t *h, double phase) {
  h->seen.gain = h->next_gain = 128;
  h->settling = SETTLING;
  h->bits = h->ready = 0;
  set_dout(h, 1);
  uint64_t wait = (uint64_t)(h->period * (1 + phase));
  h->due = h->board->avr->cycle + wait;
  avr_cycle_timer_register(h->board->avr, wait, on_conversion, h);
}

static void on_rise(hx711_t *h, uint64_t now) {
  h->sck_rise = now;
  if (!h->ready && !h->bits) {
    h->seen.spurious++;
    return;
  }
  if (!h->bits) h->first_rise = now;
  h->bits++;
  if (h->bits <= 24) {
    set_dout(h, h->output >> (24 - h->bits) & 1);
    return;
  }
  set_dout(h, 1);
  h->ready = 0;
  h->next_gain = h->bits == 25 ? 128 : h->bits == 26 ? 32 : 64;
  if (h->bits == 25) h->seen.reads++;
}

static void on_fall(hx711_t *h, uint64_t now) {
  double us = 1e6 / h->board->hz, high_us = (now - h->sck_rise) * us;
  h->seen.longest_high_us = fmax(h->seen.longest_high_us, high_us);
  if (high_us > POWER_DOWN_US) {
    h->seen.powered_down++;
    power_up(h, 0);
  } else if (h->bits >= 25)
    h->seen.longest_read_us = fmax(h->seen.longest_read_us, (now - h->first_rise) * us);
}

static void on_sck(avr_irq_t *irq, uint32_t value, void *param) {
  hx711_t *h = param;
  (void)irq;
  if ((int)!!value == h->sck) return;
  h->sck = !!value;
  if (h->sck) on_rise(h, h->board->avr->cycle);
  else on_fall(h, h->board->avr->cycle);
}

/* An open wire: noise. A pull-up inside the ATmega wins over weak noise. */
static avr_cycle_count_t on_float(avr_t *avr, avr_cycle_count_t when, void *param) {
  hx711_t *h = param;
  (void)avr;
  int level = draw_uniform(h->board) < 0.5;
  if (h->floating == FLOAT_STRONG) drive_pin(h->board, h->dout_port, h->dout_bit, level);
  else release_pin(h->board, h->dout_port, h->dout_bit, level);
  return when + (avr_cycle_count_t)(FLOAT_EVERY_US * 1e-6 * h->board->hz);
}

static void start(hx711_t *h, double phase) {
  if (h->floating) avr_cycle_timer_register(h->board->avr, 1, on_float, h);
  else power_up(h, phase);
}

/* The ATmega started again; the chips kept their supply, SCK is not driven and low. */
void hx711_after_reset(bench_t *b) {
  for (int i = 0; i < b->n_chips; i++) {
    hx711_t *h = &b->chips[i];
    if (h->floating) {
      start(h, 0);
      continue;
    }
    avr_raise_irq(h->sck_irq, 0);
    drive_pin(b, h->dout_port, h->dout_bit, !h->dout); /* the level again: the reset wiped the input register */
    drive_pin(b, h->dout_port, h->dout_bit, h->dout);
    uint64_t now = b->avr->cycle;
    avr_cycle_timer_register(b->avr, h->due > now ? h->due - now : 1, on_conversion, h);
  }
}

/* A chip between two pins such as "PD4" and "PB0"; its number. phase: part of a period that its first reading waits. */
int bench_hx711(bench_t *b, const char *dout, const char *sck, double rate_hz, double phase, double noise, int floating) {
  if (b->n_chips == N_HX711) return -1;
  hx711_t *h = &b->chips[b->n_chips];
  h->board = b;
  h->dout_port = dout[1];
  h->dout_bit = dout[2] - '0';
  h->floating = floating;
  h->rate_hz = rate_hz;
  h->noise_counts = noise;
  h->period = (uint64_t)(b->hz / rate_hz + 0.5);
  h->sck_irq = pin_irq(b, sck[1], sck[2] - '0');
  if (!floating) avr_irq_register_notify(h->sck_irq, on_sck, h);
  start(h, phase);
  return b->n_chips++;
}

void bench_hx711_counts(bench_t *b, int chip, const double *time_s, const double *counts, int n) {
  waveform_set(&b->chips[chip].counts, time_s, counts, n);
}

void bench_chip_counters(bench_t *b, int chip, chip_counters_t *to) {
  b->chips[chip].seen.bits = b->chips[chip].bits;
  *to = b->chips[chip].seen;
}
