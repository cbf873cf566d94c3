/* A board's life: made from an ELF file, run, reset, freed; its pins and its interrupts. */
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <simavr/avr_extint.h>
#include "shim.h"

#define RUN_CYCLES 4000 /* simavr may run so many cycles before it comes back */

double bench_time_s(bench_t *b) { return b->avr->cycle / b->hz; }

double draw_uniform(bench_t *b) { /* xorshift64: the same run gives the same bytes */
  b->random ^= b->random << 13;
  b->random ^= b->random >> 7;
  b->random ^= b->random << 17;
  return (b->random >> 11) * 0x1p-53;
}

double draw_normal(bench_t *b) {
  double u = fmax(draw_uniform(b), 1e-300);
  return sqrt(-2 * log(u)) * cos(2 * M_PI * draw_uniform(b));
}

avr_irq_t *pin_irq(bench_t *b, char port, int bit) {
  return avr_io_getirq(b->avr, AVR_IOCTL_IOPORT_GETIRQ(port), bit);
}

static void set_external(bench_t *b, char port) {
  avr_ioport_external_t e = {.name = port, .mask = b->pulled[(int)port].mask, .value = b->pulled[(int)port].value};
  avr_ioctl(b->avr, AVR_IOCTL_IOPORT_SET_EXTERNAL(port), &e);
}

/* Something outside holds this pin at a level, against any pull-up. */
void drive_pin(bench_t *b, char port, int bit, int level) {
  uint8_t mask = 1 << bit, value = b->pulled[(int)port].value;
  b->pulled[(int)port].mask |= mask;
  b->pulled[(int)port].value = level ? value | mask : value & ~mask;
  set_external(b, port);
  avr_raise_irq(pin_irq(b, port, bit), level);
}

/* Nothing holds this pin: high with the internal pull-up on, else at the given level. */
void release_pin(bench_t *b, char port, int bit, int level) {
  avr_ioport_state_t state;
  avr_ioctl(b->avr, AVR_IOCTL_IOPORT_GETSTATE(port), &state);
  if (state.ddr >> bit & 1) return;
  avr_raise_irq(pin_irq(b, port, bit), state.port >> bit & 1 ? 1 : level);
}

void bench_drive(bench_t *b, const char *pin, int level) { drive_pin(b, pin[1], pin[2] - '0', level); }

typedef struct {
  bench_t *board;
  int vector;
} vector_t;

static void on_interrupt(avr_irq_t *irq, uint32_t running, void *param) {
  vector_t *v = param;
  bench_t *b = v->board;
  (void)irq;
  if (!running) return;
  b->interrupts[v->vector & 63]++;
  if (b->mend & MEND_IRQ) b->avr->cycle += b->avr->address_size == 3 ? 5 : 4;
}

/* simavr looks at each low INT pin in every cycle in case it asks for an interrupt by level; no sketch of ours uses that,
 * and it takes four times as long. */
static void no_level_interrupts(bench_t *b) {
  for (int i = 0; i < EXTINT_COUNT; i++) avr_extint_set_strict_lvl_trig(b->avr, i, 0);
}

static bool attach(bench_t *b) {
  avr_t *a = b->avr;
  for (avr_io_t *io = a->io_port; io; io = io->next) {
    if (!strcmp(io->kind, "uart") && ((avr_uart_t *)io)->name == '0') b->uart = (avr_uart_t *)io;
    if (!strcmp(io->kind, "adc")) b->adc = (avr_adc_t *)io;
  }
  if (!b->uart || !b->adc) return false;
  no_level_interrupts(b);
  uart_attach(b);
  adc_attach(b);
  for (int i = 0; i < a->interrupts.vector_count; i++) {
    vector_t *v = malloc(sizeof *v); /* lives as long as the process: simavr keeps it */
    *v = (vector_t){b, a->interrupts.vector[i]->vector};
    avr_irq_register_notify(a->interrupts.vector[i]->irq + AVR_INT_IRQ_RUNNING, on_interrupt, v);
  }
  return true;
}

/* simavr would print what it loads to the standard output. */
static void log_errors(avr_t *avr, const int level, const char *format, va_list values) {
  (void)avr;
  if (level == LOG_ERROR) vfprintf(stderr, format, values);
}

/* clock_ppm: how much too fast the crystal runs; everything outside the ATmega keeps true time. NULL: cannot be. */
bench_t *bench_new(const char *elf, const char *mcu, uint32_t f_cpu, double clock_ppm, int mend, uint64_t seed) {
  bench_t *b = calloc(1, sizeof *b);
  avr_global_logger_set(log_errors);
  b->mend = mend;
  b->hz = f_cpu * (1 + clock_ppm * 1e-6);
  b->random = 88172645463325252ull ^ seed * 0x9E3779B97F4A7C15ull;
  b->master = -1;
  b->avr = avr_make_mcu_by_name(mcu);
  if (!b->avr || elf_read_firmware(elf, &b->firmware)) {
    free(b);
    return NULL;
  }
  snprintf(b->firmware.mmcu, sizeof b->firmware.mmcu, "%s", mcu);
  b->firmware.frequency = f_cpu;
  avr_init(b->avr);
  b->avr->log = LOG_ERROR;
  avr_load_firmware(b->avr, &b->firmware);
  b->avr->frequency = f_cpu;
  b->avr->vcc = b->avr->avcc = b->avr->aref = 5000;
  b->avr->run_cycle_limit = RUN_CYCLES;
  if (!attach(b)) {
    free(b);
    return NULL;
  }
  return b;
}

void bench_reset(bench_t *b) {
  avr_reset(b->avr);
  no_level_interrupts(b);
  b->avr->run_cycle_limit = RUN_CYCLES;
  b->seen.resets++;
  uart_after_reset(b);
  hx711_after_reset(b);
}

/* Run up to a cycle; simavr's state, of which 5 (done) and 6 (crashed) are the end. */
int bench_run_until(bench_t *b, uint64_t cycle) {
  int state = b->avr->state;
  while (b->avr->cycle < cycle) {
    state = avr_run(b->avr);
    if (state == cpu_Done || state == cpu_Crashed) break;
  }
  return state;
}

/* Waveforms begin now. */
void bench_begin(bench_t *b, double at_s) { b->origin_s = at_s; }

void bench_counters(bench_t *b, counters_t *to) {
  b->seen.cycles = b->avr->cycle;
  *to = b->seen;
}

uint64_t bench_cycle(bench_t *b) { return b->avr->cycle; }
void bench_interrupts(bench_t *b, uint64_t *to) { memcpy(to, b->interrupts, sizeof b->interrupts); }

void bench_free(bench_t *b) {
  if (b->master >= 0) close(b->master);
  avr_terminate(b->avr);
  for (int i = 0; i < N_ANALOG; i++) waveform_free(&b->analog[i]);
  for (int i = 0; i < N_MUXED; i++) waveform_free(&b->muxed[i]);
  for (int i = 0; i < b->n_chips; i++) waveform_free(&b->chips[i].counts);
  free(b->firmware.flash);
  free(b->out);
  free(b->in);
  free(b);
}
