// What is known about each cell of a plate: when it is ready, its rate, whether it answers, whether it has settled.
#pragma once
#include <Arduino.h>
#include "hx711.h"

// Four conversions of settling by the data sheet, a second source says more.
const uint8_t SETTLING_READINGS = 8;
const uint32_t SILENT_US = 350000;
// After a reading DOUT stays high until the next conversion. With the fastest clock an HX711 takes (144 a second) and
// seven others read before it, that is 5 ms.
const uint32_t SHORTEST_US = 3000;
const uint8_t RATE_KNOWN_READINGS = 4;
const uint16_t RATE_READINGS = 256;

class Cell {
 public:
  void begin(const Hx711Pins &pins) {
    pins_ = &pins;
    hx711_begin(pins);
  }

  // Note when DOUT fell. All cells are looked at after each reading, so that a time is late by one reading at most.
  void look(uint32_t now_us) {
    if (ready_ || !hx711_ready(*pins_)) return;
    if (now_us - taken_us_ < SHORTEST_US) {
      noisy_ = true;
      return;
    }
    ready_ = true;
    ready_us_ = now_us;
  }

  bool ready() const { return ready_; }
  uint32_t ready_us() const { return ready_us_; }

  // The reading that waits; false where it is none or has not settled. suspect: the line was low when it could not
  // be, or the reading came too early.
  bool take(uint8_t gain_pulses, int32_t &counts, uint32_t &t_us, bool &suspect) {
    ready_ = false;
    // A dip of a floating line is over by now; a chip waits until it is read.
    if (!hx711_ready(*pins_)) return false;
    const bool whole = hx711_take(*pins_, gain_pulses, counts);
    taken_us_ = micros();
    t_us = ready_us_;
    suspect = noisy_;
    noisy_ = false;
    if (!whole) return false;
    if (!suspect) {
      silent_us_ = taken_us_;
      suspect = judge();
    }
    if (!unsettled_) return true;
    unsettled_--;
    return false;
  }

  // True every 350 ms without a conversion; what comes after must settle anew.
  bool timed_out(uint32_t now_us) {
    if (now_us - silent_us_ < SILENT_US) return false;
    silent_us_ = now_us;
    unsettled_ = SETTLING_READINGS;
    readings_ = 0;
    period_us_ = 0;
    return true;
  }

  bool rate_known() const { return period_us_ && readings_ >= RATE_KNOWN_READINGS; }

  // Between conversions, on the board's clock; 0 where the chip does not answer.
  uint32_t period_us() const { return period_us_; }

 private:
  // Whether this reading came earlier than a conversion can be ready. Measures the period over up to 255 conversions
  // in a row, from the second reading on: the first may have waited before the board looked.
  bool judge() {
    const uint32_t interval_us = ready_us_ - last_us_;
    last_us_ = ready_us_;
    if (!readings_) {
      readings_ = 1;
      return false;
    }
    const bool known = readings_ > 2;
    const bool early = known && interval_us < period_us_ / 2;
    if (readings_ == 1 || early || (known && interval_us > period_us_ + period_us_ / 2)) {
      readings_ = 2;
      first_us_ = ready_us_;
    } else if (readings_ < RATE_READINGS) {
      readings_++;
      period_us_ = (ready_us_ - first_us_) / (readings_ - 2);
    }
    return early;
  }

  const Hx711Pins *pins_;
  uint32_t ready_us_, taken_us_, last_us_, silent_us_, first_us_, period_us_;
  uint16_t readings_;
  uint8_t unsettled_ = SETTLING_READINGS;
  bool ready_, noisy_;
};
