// Serial port 0 with a transmit ring of 255 bytes: HardwareSerial has 63, which is one and a half scans of 16 channels.
// Whoever writes asks uart_room() first; nothing here waits.
#pragma once
#include <Arduino.h>

static_assert((F_CPU / 4 / LL_BAUD - 1) / 2 <= 4095, "LL_BAUD is too low for the serial port");
// Half a bit is lost after ten at 5 %; the host's own error needs room too.
static_assert(F_CPU / 8 / ((F_CPU / 4 / LL_BAUD - 1) / 2 + 1) * 1000 > LL_BAUD * 975UL &&
                  F_CPU / 8 / ((F_CPU / 4 / LL_BAUD - 1) / 2 + 1) * 1000 < LL_BAUD * 1025UL,
              "a 16 MHz board cannot make LL_BAUD; use 115200, 250000, 500000 or 1000000");

#if defined(USART0_UDRE_vect)
#define LL_UDRE_vect USART0_UDRE_vect
#define LL_RX_vect USART0_RX_vect
#else
#define LL_UDRE_vect USART_UDRE_vect
#define LL_RX_vect USART_RX_vect
#endif

// For rings that an interrupt shares: the compiler moves no access to their bytes across this, or it could let an index
// pass before the bytes that it stands for.
static inline void keep_order() { __asm__ volatile("" ::: "memory"); }

static uint8_t sent_ring[256];
static volatile uint8_t sent_end, sent_start;
const uint8_t RECEIVED_RING = 64;
static uint8_t received_ring[RECEIVED_RING];
static volatile uint8_t received_end, received_start;
static volatile uint32_t request_end_us;

ISR(LL_UDRE_vect) {
  uint8_t start = sent_start;
  UDR0 = sent_ring[start++];
  sent_start = start;
  if (start == sent_end) UCSR0B &= ~_BV(UDRIE0);
}

ISR(LL_RX_vect) {
  static bool between = true;
  const uint8_t byte = UDR0;
  // A request ends here. The 00 that a host puts in front of the next one must not move the time.
  if (!byte && !between) request_end_us = micros();
  between = !byte;
  const uint8_t end = received_end, next = (end + 1) & (RECEIVED_RING - 1);
  // With a full ring the byte is lost, and the request it belongs to fails its checksum.
  if (next == received_start) return;
  received_ring[end] = byte;
  received_end = next;
}

static void uart_begin() {
  const uint16_t divider = (F_CPU / 4 / LL_BAUD - 1) / 2;
  UCSR0A = _BV(U2X0);
  UBRR0H = divider >> 8;
  UBRR0L = divider;
  UCSR0C = _BV(UCSZ01) | _BV(UCSZ00);
  UCSR0B = _BV(RXEN0) | _BV(TXEN0) | _BV(RXCIE0);
}

static inline uint8_t uart_room() { return sent_start - sent_end - 1; }

static void uart_write(const uint8_t *bytes, uint8_t count) {
  uint8_t end = sent_end;
  while (count--) sent_ring[end++] = *bytes++;
  keep_order();
  sent_end = end;
  const uint8_t status = SREG;
  cli();
  UCSR0B |= _BV(UDRIE0);
  SREG = status;
}

static inline bool uart_waiting() { return received_start != received_end; }

static inline uint8_t uart_read() {
  const uint8_t start = received_start;
  keep_order();
  const uint8_t byte = received_ring[start];
  keep_order();
  received_start = (start + 1) & (RECEIVED_RING - 1);
  return byte;
}
