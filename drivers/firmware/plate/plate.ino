// landing-lab force plate. Each cell's HX711 runs free; its reading is sent at once, with the time it was ready.
// Every reading takes a sequence number, also one that had to be dropped: a loss is always visible.
#include "config.h"
#include <landing_lab.h>
#include <cells.h>

static_assert(LL_CELLS >= 1 && LL_CELLS <= 8, "LL_CELLS is 1 to 8");
static_assert(LL_GAIN == 128 || LL_GAIN == 64 || LL_GAIN == 32, "LL_GAIN is 128, 64 or 32");

const uint8_t GAIN_PULSES = LL_GAIN == 128 ? 1 : LL_GAIN == 32 ? 2 : 3;
const uint8_t GAIN_BITS = (GAIN_PULSES - 1) << LL_GAIN_SHIFT;
const int32_t HIGHEST = 0x7FFFFF, LOWEST = -0x800000;
// By then a chip at 10 readings a second has settled after power-up and given four of them.
const uint16_t RATE_WITHIN_MS = 800;

static Cell cells[LL_CELLS];
static uint16_t sequence;
static bool rate_was_awaited;

static void send_reading(uint8_t c, uint32_t t_us, int32_t counts, uint8_t flags) {
  const uint16_t number = sequence++;
  if (!frame_fits(sizeof(Reading))) {
    dropped_frames++;
    return;
  }
  Reading *reading = reinterpret_cast<Reading *>(frame_begin(FRAME_CELL + c, number, t_us));
  reading->counts[0] = counts;
  reading->counts[1] = counts >> 8;
  reading->counts[2] = counts >> 16;
  reading->flags = flags | GAIN_BITS;
  frame_send(sizeof(Reading));
}

// Look at all cells; the one whose reading has waited longest, so that readings leave in the order of their times.
static uint8_t longest_waiting() {
  const uint32_t now_us = micros();
  uint8_t longest = LL_CELLS;
  uint32_t longest_us = 0;
  for (uint8_t c = 0; c < LL_CELLS; c++) {
    cells[c].look(now_us);
    const uint32_t waited_us = now_us - cells[c].ready_us();
    if (cells[c].ready() && (longest == LL_CELLS || waited_us > longest_us)) {
      longest = c;
      longest_us = waited_us;
    }
  }
  return longest;
}

static void serve(uint8_t c) {
  int32_t counts;
  uint32_t t_us;
  bool suspect;
  if (!cells[c].take(GAIN_PULSES, counts, t_us, suspect) || !streaming) return;
  uint8_t flags = suspect ? FLAG_SUSPECT : 0;
  if (counts >= HIGHEST || counts <= LOWEST) flags |= FLAG_SATURATED;
  send_reading(c, t_us, counts, flags);
}

static void miss(uint8_t c) {
  const uint32_t now_us = micros();
  if (!cells[c].timed_out(now_us) || !streaming) return;
  count_up(converter_timeouts);
  send_reading(c, now_us, 0, FLAG_NOT_READY);
}

static void start_measuring() {}
static void stop_measuring() {}
static uint16_t next_sequence() { return sequence; }

static bool describe(Info &info) {
  uint32_t slowest_us = 0;
  for (uint8_t c = 0; c < LL_CELLS; c++) {
    if (!cells[c].rate_known() && !rate_was_awaited) return false;
    if (cells[c].period_us() > slowest_us) slowest_us = cells[c].period_us();
  }
  if (!slowest_us) slowest_us = 1000000 / LL_NOMINAL_SPS;
  info.kind = KIND_PLATE;
  info.n_channels = LL_CELLS;
  info.rate_centihz = (100000000 + slowest_us / 2) / slowest_us;
  info.reference_mv = LL_REFERENCE_MV;
  info.settle_us = 4 * slowest_us;
  info.gain = LL_GAIN;
  return true;
}

void setup() {
  for (uint8_t c = 0; c < LL_CELLS; c++) cells[c].begin(hx711_pins[c]);
  begin_board();
}

// Chips are read also while the board is silent: a reading is then never stale, and their rate is known.
void loop() {
  const bool free_to_send = converse();
  // Also while readings must wait: when each was ready is noted here, and the chip keeps it until its next conversion.
  const uint8_t waiting = longest_waiting();
  if (waiting < LL_CELLS) {
    if (free_to_send) serve(waiting);
  } else if (free_to_send) {
    for (uint8_t c = 0; c < LL_CELLS; c++) miss(c);
  }
  if (!rate_was_awaited && millis() >= RATE_WITHIN_MS) rate_was_awaited = true;
}
