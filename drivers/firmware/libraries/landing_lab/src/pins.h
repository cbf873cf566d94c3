// Which pin does what. Tests, the bench and the wiring diagrams read these tables: one entry a line.
#pragma once

// SYNC(pin, port, bit): any edge is reported with its time; pulled up, so it may stay unconnected.
// CELL(number, DOUT pin, port, bit, SCK pin, port, bit): one HX711.
// SELECT(line, pin, port, bit): select lines of the 16:1 multiplexer CD74HC4067, whose output goes to A0.
// Analogue channels without a multiplexer are A0, A1, ... in order.
#if defined(__AVR_ATmega2560__)
#define LL_SYNC(SYNC) SYNC(D2, E, 4)
#define LL_CELL_PINS(CELL)                                       \
  CELL(0, D22, A, 0, D30, C, 7)                                  \
  CELL(1, D23, A, 1, D31, C, 6)                                  \
  CELL(2, D24, A, 2, D32, C, 5)                                  \
  CELL(3, D25, A, 3, D33, C, 4)                                  \
  CELL(4, D26, A, 4, D34, C, 3)                                  \
  CELL(5, D27, A, 5, D35, C, 2)                                  \
  CELL(6, D28, A, 6, D36, C, 1)                                  \
  CELL(7, D29, A, 7, D37, C, 0)
#define LL_SELECT_PINS(SELECT)                                   \
  SELECT(0, D53, B, 0)                                           \
  SELECT(1, D52, B, 1)                                           \
  SELECT(2, D51, B, 2)                                           \
  SELECT(3, D50, B, 3)
#else
#define LL_SYNC(SYNC) SYNC(D2, D, 2)
#define LL_CELL_PINS(CELL)                                       \
  CELL(0, D4, D, 4, D8, B, 0)                                    \
  CELL(1, D5, D, 5, D9, B, 1)                                    \
  CELL(2, D6, D, 6, D10, B, 2)                                   \
  CELL(3, D7, D, 7, D11, B, 3)                                   \
  CELL(4, A0, C, 0, A4, C, 4)                                    \
  CELL(5, A1, C, 1, A5, C, 5)                                    \
  CELL(6, A2, C, 2, D12, B, 4)                                   \
  CELL(7, A3, C, 3, D3, D, 3)
#define LL_SELECT_PINS(SELECT)                                   \
  SELECT(0, D8, B, 0)                                            \
  SELECT(1, D9, B, 1)                                            \
  SELECT(2, D10, B, 2)                                           \
  SELECT(3, D11, B, 3)
#endif

// The scan writes all four select lines at once: they are bits 0-3 of one port.
#define LL_SELECT_PORT PORTB
#define LL_SELECT_DDR DDRB
