/* Voltages on the analogue inputs, also through a 4067, and a converter that samples when the silicon does. */
#include <math.h>
#include "shim.h"

#define REFERENCE_MV 5000.0

/* The multiplexer's output follows its new input like one resistor and one capacitor. */
static double muxed_mv(bench_t *b) {
  double now = bench_time_s(b), to = waveform_at(b, &b->muxed[b->mux_select], now);
  double since_s = (double)(b->avr->cycle - b->mux_changed) / b->hz;
  return b->mux_tau_s > 0 ? to + (b->mux_before_mv - to) * exp(-since_s / b->mux_tau_s) : to;
}

static double input_mv(bench_t *b, int input) {
  return input == b->mux_input ? muxed_mv(b) : waveform_at(b, &b->analog[input], bench_time_s(b));
}

static avr_cycle_count_t on_sample(avr_t *avr, avr_cycle_count_t when, void *param) {
  bench_t *b = param;
  (void)when;
  double counts = input_mv(b, b->adc_input) * 1024.0 / REFERENCE_MV;
  if (b->noise_lsb > 0) counts += b->noise_lsb * draw_normal(b);
  b->adc_held = counts < 0 ? 0 : counts > 1023 ? 1023 : (uint16_t)counts;
  b->samples[b->n_samples % N_SAMPLES].cycle = avr->cycle;
  b->samples[b->n_samples++ % N_SAMPLES].input = b->adc_input;
  return 0;
}

static avr_cycle_count_t on_converted(avr_t *avr, avr_cycle_count_t when, void *param) {
  bench_t *b = param;
  (void)avr;
  (void)when;
  b->adc_result = b->adc_held;
  b->seen.conversions++;
  return 0;
}

/* Sample and hold 1.5 converter clocks after the start (13.5 after switching on), result after 13 (25). */
static void on_start(avr_irq_t *irq, uint32_t value, void *param) {
  bench_t *b = param;
  union { avr_adc_mux_t mux; uint32_t value; } selected = {.value = value};
  (void)irq;
  b->adc_input = selected.mux.src & (N_ANALOG - 1);
  unsigned power = avr_regbit_get_array(b->avr, b->adc->adps, 3), clock = 1u << (power ? power : 1);
  bool first = b->adc->first;
  if (!(b->mend & MEND_ADC)) {
    for (int i = 0; i < 8; i++) avr_raise_irq(b->adc_irq + i, (uint32_t)input_mv(b, i));
    return;
  }
  avr_cycle_timer_register(b->avr, (first ? 13 * clock : clock) + clock / 2, on_sample, b);
  /* Just before simavr raises the interrupt. */
  avr_cycle_timer_register(b->avr, (first ? 25 : 13) * clock - 4, on_converted, b);
}

static uint8_t read_low(avr_t *avr, avr_io_addr_t address, void *param) {
  bench_t *b = param;
  avr->data[b->adc->r_adch] = b->adc_result >> 8;
  return avr->data[address] = b->adc_result & 0xFF;
}

static uint8_t read_high(avr_t *avr, avr_io_addr_t address, void *param) {
  (void)param;
  return avr->data[address];
}

static void on_select(avr_irq_t *irq, uint32_t value, void *param) {
  select_t *s = param;
  bench_t *b = s->board;
  int select = value & 1 ? b->mux_select | 1 << s->bit : b->mux_select & ~(1 << s->bit);
  (void)irq;
  if (select == b->mux_select) return;
  b->mux_before_mv = muxed_mv(b);
  b->mux_select = select;
  b->mux_changed = b->avr->cycle;
}

/* A 4067 on one input, its four select pins in order S0 S1 S2 S3, as "PB0PB1PB2PB3". */
void bench_mux(bench_t *b, int input, const char *selects, double tau_s) {
  b->mux_input = input;
  b->mux_tau_s = tau_s;
  for (int bit = 0; bit < 4; bit++) {
    const char *pin = selects + 3 * bit;
    b->selects[bit] = (select_t){b, bit};
    avr_irq_register_notify(pin_irq(b, pin[1], pin[2] - '0'), on_select, &b->selects[bit]);
  }
}

void bench_analog(bench_t *b, int input, const double *time_s, const double *mv, int n) {
  waveform_set(&b->analog[input], time_s, mv, n);
}

void bench_muxed(bench_t *b, int input, const double *time_s, const double *mv, int n) {
  waveform_set(&b->muxed[input], time_s, mv, n);
}

void bench_analog_noise(bench_t *b, double lsb) { b->noise_lsb = lsb; }

/* The last samples taken, oldest first: cycle and input of each; how many there are. */
uint32_t bench_samples(bench_t *b, uint64_t *cycle, int32_t *input, uint32_t n) {
  if (n > N_SAMPLES) n = N_SAMPLES;
  if (n > b->n_samples) n = b->n_samples;
  for (uint32_t i = 0; i < n; i++) {
    uint64_t at = (b->n_samples - n + i) % N_SAMPLES;
    cycle[i] = b->samples[at].cycle;
    input[i] = b->samples[at].input;
  }
  return n;
}

void adc_attach(bench_t *b) {
  b->mux_input = -1;
  b->adc_irq = avr_io_getirq(b->avr, AVR_IOCTL_ADC_GETIRQ, 0);
  avr_irq_register_notify(b->adc_irq + ADC_IRQ_OUT_TRIGGER, on_start, b);
  if (!(b->mend & MEND_ADC)) return;
  avr_io_addr_t low = AVR_DATA_TO_IO(b->adc->r_adcl), high = AVR_DATA_TO_IO(b->adc->r_adch);
  b->avr->io[low].r.c = read_low;
  b->avr->io[low].r.param = b;
  b->avr->io[high].r.c = read_high;
  b->avr->io[high].r.param = b;
}
