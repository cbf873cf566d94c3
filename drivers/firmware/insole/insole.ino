// landing-lab pressure insole. Timer 1 starts a scan, the converter's interrupt walks the channels, loop() sends.
// Every tick takes a sequence number, also one whose scan had to be dropped: a loss is always visible.
#include "config.h"
#include <landing_lab.h>

static_assert(LL_CHANNELS >= 1 && LL_CHANNELS <= 16, "LL_CHANNELS is 1 to 16");
static_assert(LL_RATE_HZ >= 31 && LL_RATE_HZ <= 10000, "LL_RATE_HZ is 31 to 10000");
static_assert(LL_ADC_PRESCALER == 16 || LL_ADC_PRESCALER == 32 || LL_ADC_PRESCALER == 64 || LL_ADC_PRESCALER == 128,
              "LL_ADC_PRESCALER is 16, 32, 64 or 128");

const uint32_t TIMER_HZ = 2000000;
const uint16_t TICK = TIMER_HZ / LL_RATE_HZ;
const uint8_t PRESCALER_BITS = LL_ADC_PRESCALER == 16 ? 4 : LL_ADC_PRESCALER == 32 ? 5 : LL_ADC_PRESCALER == 64 ? 6 : 7;
const uint8_t SCAN_BYTES = 2 * LL_CHANNELS;
const uint8_t SCANS = 4;

struct Scan {
  uint16_t sequence;
  uint32_t t_us;
  uint16_t counts[LL_CHANNELS];
};

static Scan scans[SCANS];
static volatile uint8_t scans_end, scans_start, channel;
static volatile bool scanning;
static volatile uint16_t ticks;
static uint16_t upcoming;
static uint16_t channel_skew_us;

static inline void convert(uint8_t c) {
#if LL_MULTIPLEXER
  LL_SELECT_PORT = (LL_SELECT_PORT & 0xF0) | c;
  _delay_us(LL_SETTLE_US);
#else
#if defined(MUX5)
  ADCSRB = c & 8 ? _BV(MUX5) : 0;
#endif
  ADMUX = _BV(REFS0) | (c & 7);
#endif
  ADCSRA |= _BV(ADSC);
}

ISR(TIMER1_COMPA_vect) {
  const uint16_t sequence = ticks;
  ticks = sequence + 1;
  if (scanning || static_cast<uint8_t>(scans_end - scans_start) >= SCANS) {
    dropped_frames++;
    return;
  }
  scanning = true;
  channel = 0;
  convert(0);
  Scan &scan = scans[scans_end % SCANS];
  scan.t_us = micros();
  scan.sequence = sequence;
}

ISR(ADC_vect) {
  // A conversion that was under way at STOP belongs to no scan.
  if (!scanning) return;
  const uint16_t counts = ADC;
  const uint8_t c = channel;
  const uint8_t end = scans_end;
  if (c + 1 < LL_CHANNELS) {
    convert(c + 1);
    channel = c + 1;
  } else {
    scans_end = end + 1;
    scanning = false;
  }
  scans[end % SCANS].counts[c] = counts;
}

static void send_scan() {
  keep_order();
  const Scan &scan = scans[scans_start % SCANS];
  uint8_t *body = frame_begin(FRAME_SCAN, scan.sequence, scan.t_us);
  memcpy(body, scan.counts, SCAN_BYTES);
  upcoming = scan.sequence + 1;
  keep_order();
  scans_start = scans_start + 1;
  frame_send(SCAN_BYTES);
}

static void start_measuring() {
  noInterrupts();
  upcoming = ticks;
  TCNT1 = 0;
  TIFR1 = _BV(OCF1A);
  TIMSK1 = _BV(OCIE1A);
  interrupts();
}

static void stop_measuring() {
  noInterrupts();
  TIMSK1 = 0;
  scanning = false;
  scans_start = scans_end;
  interrupts();
}

static uint16_t next_sequence() { return upcoming; }

static bool describe(Info &info) {
  info.kind = KIND_INSOLE;
  info.n_channels = LL_CHANNELS;
  info.rate_centihz = TIMER_HZ * 100 / TICK;
  info.adc_prescaler = LL_ADC_PRESCALER;
  info.reference_mv = LL_REFERENCE_MV;
  info.channel_skew_us = channel_skew_us;
  info.settle_us = LL_MULTIPLEXER ? LL_SETTLE_US : 0;
  info.gain = 1;
  return true;
}

// One walk over the channels without the timer; its duration in microseconds.
static uint16_t walk_us() {
  TCNT1 = 0;
  scanning = true;
  channel = 0;
  convert(0);
  while (scanning) {}
  scans_start = scans_end;
  return TCNT1 / (TIMER_HZ / 1000000);
}

void setup() {
  begin_board();
#if LL_MULTIPLEXER
  LL_SELECT_DDR |= 0x0F;
  DIDR0 = 1;
#else
  DIDR0 = 0xFF >> (LL_CHANNELS < 8 ? 8 - LL_CHANNELS : 0);
#if defined(DIDR2)
  DIDR2 = 0xFF >> (16 - (LL_CHANNELS < 8 ? 8 : LL_CHANNELS));
#endif
#endif
  ADMUX = _BV(REFS0);
  ADCSRA = _BV(ADEN) | _BV(ADIE) | PRESCALER_BITS;
  TCCR1A = 0;
  TCCR1B = _BV(WGM12) | _BV(CS11);  // clear on compare, 16 MHz / 8
  OCR1A = 0xFFFF;
  walk_us();  // the converter's first conversion takes twice as long
  channel_skew_us = walk_us() / LL_CHANNELS;
  OCR1A = TICK - 1;
}

void loop() {
  const bool free_to_send = converse();
  if (free_to_send && scans_start != scans_end && frame_fits(SCAN_BYTES)) send_scan();
}
