// Faults for the bench, which proves that its tests would see them. A lab leaves all of them alone.
//   LL_HX_INTERRUPTS_ON 1   interrupts stay on while a clock pulse to an HX711 is high
//   LL_BUSY_ISR_US n        an interrupt of n us, 1000 times a second, as a careless library would add
//   LL_SETTLE_US 0          (config.h of the insole) no pause after the multiplexer was switched
//   LL_BAUD n               (config.h) another rate than the host's
#pragma once
#include <util/delay.h>
#ifndef LL_HX_INTERRUPTS_ON
#define LL_HX_INTERRUPTS_ON 0
#endif
#ifndef LL_BUSY_ISR_US
#define LL_BUSY_ISR_US 0
#endif

#if LL_BUSY_ISR_US
ISR(TIMER2_COMPA_vect) { _delay_us(LL_BUSY_ISR_US); }
#endif

static inline void begin_faults() {
#if LL_BUSY_ISR_US
  TCCR2A = _BV(WGM21);
  TCCR2B = _BV(CS22);  // 16 MHz / 64
  OCR2A = 249;
  TIMSK2 = _BV(OCIE2A);
#endif
}
