// HX711 converters, each with a clock and a data pin of its own. No call waits for a chip.
#pragma once
#include <Arduino.h>
#include "faults.h"
#include "pins.h"

struct Hx711Pins {
  volatile uint8_t *data_port;  // PINx, PORTx stands two above
  uint8_t data_bit;
  volatile uint8_t *clock_port;  // PORTx, DDRx stands one below
  uint8_t clock_bit;
};

#define LL_CELL_ROW(number, data_pin, data_port, data_bit, clock_pin, clock_port, clock_bit) \
  {&PIN##data_port, _BV(data_bit), &PORT##clock_port, _BV(clock_bit)},
static const Hx711Pins hx711_pins[] = {LL_CELL_PINS(LL_CELL_ROW)};

// A chip holds DOUT low while a reading waits. Pulled up, an absent chip or a loose wire looks like one that never has.
static inline bool hx711_ready(const Hx711Pins &pins) { return !(*pins.data_port & pins.data_bit); }

// Switch a chip off and on: SCK high for more than 60 us. It then settles anew, at gain 128.
static void hx711_restart(const Hx711Pins &pins) {
  *pins.clock_port |= pins.clock_bit;
  _delay_us(80);
  *pins.clock_port &= ~pins.clock_bit;
}

// Idle is SCK low; DOUT is pulled up by the board. The chip kept its supply through a reset of the board, which may
// have come in the middle of a reading: it starts anew, or it might wait for the rest of those clock pulses for good.
static void hx711_begin(const Hx711Pins &pins) {
  *pins.clock_port &= ~pins.clock_bit;
  *(pins.clock_port - 1) |= pins.clock_bit;
  *(pins.data_port + 2) |= pins.data_bit;
  hx711_restart(pins);
}

// One clock pulse, about 1 us; DOUT is sampled just before it ends. A pulse longer than 60 us would switch the chip
// off, so no interrupt may come while SCK is high; between pulses any may.
static inline bool hx711_pulse(const Hx711Pins &pins) {
  const uint8_t status = SREG;
  if (!LL_HX_INTERRUPTS_ON) cli();
  *pins.clock_port |= pins.clock_bit;
  const bool bit = *pins.data_port & pins.data_bit;
  *pins.clock_port &= ~pins.clock_bit;
  SREG = status;
  return bit;
}

static uint8_t hx711_byte(const Hx711Pins &pins) {
  uint8_t byte = 0;
  for (uint8_t i = 8; i; i--) byte = byte << 1 | hx711_pulse(pins);
  return byte;
}

// Take the waiting reading; gain_pulses 1, 2 or 3 choose gain 128, 32 or 64 for the next. False where DOUT is not
// high afterwards, as an HX711 leaves it: then these bits are no reading (a shorted or unpowered data line).
static bool hx711_take(const Hx711Pins &pins, uint8_t gain_pulses, int32_t &counts) {
  const uint8_t high = hx711_byte(pins), middle = hx711_byte(pins), low = hx711_byte(pins);
  while (gain_pulses--) hx711_pulse(pins);
  counts = static_cast<int32_t>(static_cast<int8_t>(high)) * 65536 + (static_cast<uint16_t>(middle) << 8 | low);
  return !hx711_ready(pins);
}
