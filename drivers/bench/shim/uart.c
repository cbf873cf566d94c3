/* Bytes between the board's UART 0 and the host, at the speed of the wire. */
#include <stdlib.h>
#include "shim.h"

/* simavr also counts a parity bit; this is set anew before every byte, so a right simavr stays right. */
static void mend_byte_time(bench_t *b) {
  if (!(b->mend & MEND_UART)) return;
  avr_uart_t *u = b->uart;
  avr_t *a = b->avr;
  unsigned divisor = (avr_regbit_get(a, u->ubrrl) | avr_regbit_get(a, u->ubrrh) << 8) + 1;
  u->cycles_per_byte = divisor * (avr_regbit_get(a, u->u2x) ? 8 : 16) * 10; /* 8N1: start, eight, stop */
}

uint32_t bench_byte_cycles(bench_t *b) {
  mend_byte_time(b);
  return b->uart->cycles_per_byte;
}

/* One byte as a receiver samples it whose bit time differs from the sender's; the line rests before and after. */
static uint8_t as_heard(uint8_t byte, double sent_bit, double heard_bit) {
  uint8_t heard = 0;
  for (int i = 0; i < 8; i++) {
    int k = (int)((1.5 + i) * heard_bit / sent_bit);
    heard |= (k == 0 ? 0 : k <= 8 ? byte >> (k - 1) & 1 : 1) << i;
  }
  return heard;
}

static double host_bit(bench_t *b) { return b->host_baud > 0 ? b->hz / b->host_baud : b->uart->cycles_per_byte / 10.0; }

static void on_sent(avr_irq_t *irq, uint32_t value, void *param) {
  bench_t *b = param;
  (void)irq;
  mend_byte_time(b);
  uint8_t byte = as_heard(value, b->uart->cycles_per_byte / 10.0, host_bit(b));
  if (b->flip_rate > 0 && draw_uniform(b) < b->flip_rate) {
    byte ^= 1 << (int)(draw_uniform(b) * 8);
    b->seen.flipped_bits++;
  }
  b->seen.sent_bytes++;
  if (b->out_w - b->out_r >= RING) b->seen.unread_bytes++;
  else b->out[b->out_w++ % RING] = byte;
}

static avr_cycle_count_t feed(avr_t *avr, avr_cycle_count_t when, void *param) {
  bench_t *b = param;
  (void)avr;
  if (b->in_r == b->in_w) {
    b->feeding = false;
    return 0;
  }
  mend_byte_time(b);
  uint8_t byte = as_heard(b->in[b->in_r++ % RING], host_bit(b), b->uart->cycles_per_byte / 10.0);
  b->seen.received_bytes++;
  /* simavr would keep 64 bytes; silicon keeps two, and a third waits in its shift register. */
  if (((b->uart->input.write - b->uart->input.read) & 63) >= 3) b->seen.receive_overruns++;
  else avr_raise_irq(b->uart_in, byte);
  return when + (avr_cycle_count_t)(10 * host_bit(b));
}

void bench_write(bench_t *b, const uint8_t *from, uint32_t n) {
  while (n--) b->in[b->in_w++ % RING] = *from++;
  if (b->feeding || b->in_r == b->in_w) return;
  b->feeding = true;
  avr_cycle_timer_register(b->avr, (avr_cycle_count_t)(10 * host_bit(b)) + 1, feed, b);
}

uint32_t bench_read(bench_t *b, uint8_t *to, uint32_t n) {
  uint32_t k = 0;
  while (k < n && b->out_r != b->out_w) to[k++] = b->out[b->out_r++ % RING];
  return k;
}

void bench_set_line(bench_t *b, double host_baud, double flip_rate) {
  b->host_baud = host_baud;
  b->flip_rate = flip_rate;
}

void uart_after_reset(bench_t *b) {
  b->feeding = false;
  b->in_r = b->in_w;
}

void uart_attach(bench_t *b) {
  uint32_t no_flags = 0; /* else simavr sleeps while the firmware polls, and echoes lines to the terminal */
  b->out = malloc(RING);
  b->in = malloc(RING);
  avr_ioctl(b->avr, AVR_IOCTL_UART_SET_FLAGS('0'), &no_flags);
  avr_irq_register_notify(avr_io_getirq(b->avr, AVR_IOCTL_UART_GETIRQ('0'), UART_IRQ_OUTPUT), on_sent, b);
  b->uart_in = avr_io_getirq(b->avr, AVR_IOCTL_UART_GETIRQ('0'), UART_IRQ_INPUT);
}
