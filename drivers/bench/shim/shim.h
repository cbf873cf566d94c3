/* What the files of the shim share. One bench_t is one board: an ATmega run by libsimavr, and what hangs on its pins.
 *
 * simavr 1.6 differs from the silicon in these places; each is mended where it is named, and tests/bench/test_shim.py
 * measures every one, so that a simavr that got it right is not corrected a second time:
 *   UART  counts a parity bit that is not sent (11 bit times for 8N1)                                    uart.c
 *   UART  receives into 64 bytes (silicon: two and the shift register)                                   uart.c
 *   ADC   converts when ADCL is read, with the multiplexer of that moment, and knows eight inputs        adc.c
 *   IRQ   charges nothing for entering an interrupt (silicon: 4 cycles, 5 with a 3-byte program counter) board.c
 *   PORT  an internal pull-up overrides what drives the pin whenever the port is written                 board.c
 */
#pragma once
#include <stdbool.h>
#include <stdint.h>
#include <simavr/avr_adc.h>
#include <simavr/avr_ioport.h>
#include <simavr/avr_uart.h>
#include <simavr/sim_avr.h>
#include <simavr/sim_elf.h>

#define N_ANALOG 16   /* ADC inputs of the ATmega2560 */
#define N_MUXED 16    /* inputs of a 4067 */
#define N_HX711 16
#define RING (1u << 20)
#define N_SAMPLES 1024

enum { MEND_UART = 1, MEND_ADC = 2, MEND_IRQ = 4 };
enum { FLOAT_NOT = 0, FLOAT_WEAK = 1, FLOAT_STRONG = 2 }; /* weak: the internal pull-up wins */

typedef struct {
  int n, hint;
  double *time_s, *value; /* linear between the points, held beyond them */
} waveform_t;

typedef struct { /* the same fields, in the same order, as Counters in shim.py */
  uint64_t cycles, sent_bytes, unread_bytes, received_bytes, receive_overruns, conversions, resets, flipped_bits;
  double behind_s, cpu_s, wall_s;
} counters_t;

typedef struct { /* the same as ChipCounters in shim.py */
  uint64_t conversions, reads, overwritten, interrupted, spurious, powered_down;
  double longest_high_us, longest_read_us;
  int32_t gain, bits; /* bits: clock pulses of the read-out that is under way */
} chip_counters_t;

typedef struct bench bench_t;

typedef struct {
  bench_t *board;
  char dout_port;
  int dout_bit, floating;
  double rate_hz, noise_counts;
  waveform_t counts; /* at gain 128 on channel A */
  int sck, dout, ready, bits, next_gain, settling;
  int32_t output, history[4];
  uint64_t period, due, sck_rise, first_rise;
  avr_irq_t *sck_irq;
  chip_counters_t seen;
} hx711_t;

typedef struct {
  bench_t *board;
  int bit;
} select_t;

struct bench {
  avr_t *avr;
  elf_firmware_t firmware;
  avr_uart_t *uart;
  avr_adc_t *adc;
  avr_irq_t *adc_irq, *uart_in;
  int mend;
  double hz;        /* cycles per true second: the crystal's error is in here, F_CPU stays 16 MHz */
  double origin_s;  /* when the waveforms begin */
  uint64_t random;
  struct { uint8_t mask, value; } pulled[128]; /* by port letter */
  counters_t seen;
  uint64_t interrupts[64];
  /* uart.c: sent by the board and not yet read; written by the host and not yet on the wire */
  uint8_t *out, *in;
  uint32_t out_w, out_r, in_w, in_r;
  bool feeding;
  double host_baud, flip_rate;
  /* adc.c */
  waveform_t analog[N_ANALOG], muxed[N_MUXED];
  double noise_lsb;
  int mux_input, mux_select;
  select_t selects[4];
  double mux_tau_s, mux_before_mv;
  uint64_t mux_changed;
  int adc_input;
  uint16_t adc_held, adc_result;
  struct { uint64_t cycle; int input; } samples[N_SAMPLES];
  uint64_t n_samples;
  /* hx711.c */
  hx711_t chips[N_HX711];
  int n_chips;
  /* terminal.c */
  int master;
  char path[64];
  bool host_open, reset_on_open;
  volatile bool stop;
  double served_at_s, speed;
  uint64_t served_from;
};

/* board.c */
double bench_time_s(bench_t *b);
int bench_run_until(bench_t *b, uint64_t cycle);
void bench_reset(bench_t *b);
double draw_uniform(bench_t *b);
double draw_normal(bench_t *b);
avr_irq_t *pin_irq(bench_t *b, char port, int bit);
void drive_pin(bench_t *b, char port, int bit, int level);
void release_pin(bench_t *b, char port, int bit, int level);

/* waveform.c */
void waveform_set(waveform_t *w, const double *time_s, const double *value, int n);
double waveform_at(bench_t *b, waveform_t *w, double time_s);
void waveform_free(waveform_t *w);

/* uart.c */
void uart_attach(bench_t *b);
void uart_after_reset(bench_t *b);
uint32_t bench_read(bench_t *b, uint8_t *to, uint32_t n);
void bench_write(bench_t *b, const uint8_t *from, uint32_t n);

/* adc.c, hx711.c */
void adc_attach(bench_t *b);
void hx711_after_reset(bench_t *b);
