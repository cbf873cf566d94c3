// What every board does: silent until START, answers requests, tells its status once a second, reports sync edges.
#pragma once
#include <Arduino.h>
#include "frame.h"
#include "pins.h"
#include "uart.h"

static_assert(sizeof(LL_DEVICE_ID) - 1 >= 1 && sizeof(LL_DEVICE_ID) - 1 <= 8, "LL_DEVICE_ID has 1 to 8 characters");
static_assert(LL_PLACEMENT <= LL_RIGHT, "LL_PLACEMENT is LL_TOTAL, LL_LEFT or LL_RIGHT");

// The sketch defines these. describe fills what differs between sketches; false: not known yet, the host asks again.
static bool describe(Info &info);
static void start_measuring();
static void stop_measuring();
static uint16_t next_sequence();

static bool streaming;
static volatile uint32_t dropped_frames;
static uint16_t converter_timeouts, receive_errors;

const uint8_t LONGEST_ANSWER = sizeof(Info) + FRAME_OVERHEAD;
const uint32_t STATUS_EVERY_US = 1000000;

static inline void count_up(uint16_t &counter) {
  if (counter != 0xFFFF) counter++;
}

template <typename T>
static T read_shared(const volatile T &shared) {
  const uint8_t status = SREG;
  cli();
  const T value = shared;
  SREG = status;
  return value;
}

// ---- frames out ----

static uint8_t frame[LONGEST_BODY + FRAME_OVERHEAD];

// Where the body of a new frame goes.
static uint8_t *frame_begin(uint8_t type, uint16_t sequence, uint32_t t_us) {
  Head *head = reinterpret_cast<Head *>(frame + 1);
  head->type = type;
  head->sequence = sequence;
  head->t_us = t_us;
  return frame + 1 + sizeof(Head);
}

static inline bool frame_fits(uint8_t body_bytes) { return uart_room() >= body_bytes + FRAME_OVERHEAD; }

// Queue the frame begun last; the caller made sure that it fits.
static void frame_send(uint8_t body_bytes) {
  const uint8_t count = sizeof(Head) + body_bytes;
  const uint16_t crc = checksum(frame + 1, count);
  frame[1 + count] = crc;
  frame[2 + count] = crc >> 8;
  uart_write(frame, cobs_encode(frame, count + 2));
}

template <typename T>
static T *control_begin(uint8_t type) {
  return reinterpret_cast<T *>(frame_begin(type, next_sequence(), micros()));
}

// ---- sync edges ----

const uint8_t EDGE_RING = 8;
static volatile uint32_t edge_us[EDGE_RING];
static volatile uint8_t edge_rising[EDGE_RING];
static volatile uint8_t edge_end, edge_start;

#define LL_SYNC_PIN(pin, port, bit) (PIN##port & _BV(bit))
static void on_sync_edge() {
  const uint8_t end = edge_end;
  // Of a bouncing switch the first edges count; there is no room for more.
  if (!streaming || static_cast<uint8_t>(end - edge_start) >= EDGE_RING) return;
  edge_us[end % EDGE_RING] = micros();
  edge_rising[end % EDGE_RING] = LL_SYNC(LL_SYNC_PIN) != 0;
  edge_end = end + 1;
}

static void tell_edges() {
  while (edge_start != edge_end && frame_fits(sizeof(Edge))) {
    const uint8_t at = edge_start % EDGE_RING;
    Edge *edge = control_begin<Edge>(FRAME_SYNC);
    edge->rising = edge_rising[at];
    edge->t_us = edge_us[at];
    frame_send(sizeof(Edge));
    edge_start = edge_start + 1;
  }
}

// ---- status ----

static uint32_t status_us;

static void tell_status() {
  if (micros() - status_us < STATUS_EVERY_US || !frame_fits(sizeof(Status))) return;
  status_us += STATUS_EVERY_US;
  Status *status = control_begin<Status>(FRAME_STATUS);
  status->dropped_frames = read_shared(dropped_frames);
  status->converter_timeouts = converter_timeouts;
  status->receive_errors = receive_errors;
  frame_send(sizeof(Status));
}

// ---- requests in ----

const uint8_t LONGEST_REQUEST = 24;
static uint8_t request[LONGEST_REQUEST];
static uint8_t request_body_bytes;

// Take one byte from the host; true where it ends a whole request, which then stands in `request`.
static bool take_byte(uint8_t byte) {
  static uint8_t length;
  static bool too_long;
  if (byte) {
    if (length < LONGEST_REQUEST) request[length++] = byte;
    else too_long = true;
    return false;
  }
  const uint8_t coded = length;
  const bool refused = too_long;
  length = 0;
  too_long = false;
  if (!coded) return false;
  const uint8_t count = refused ? 0 : cobs_decode(request, coded);
  if (count >= sizeof(Head) + 2) {
    const uint8_t payload = count - 2;
    const uint16_t stated = request[payload] | static_cast<uint16_t>(request[payload + 1]) << 8;
    if (checksum(request, payload) == stated) {
      request_body_bytes = payload - sizeof(Head);
      return true;
    }
  }
  count_up(receive_errors);
  return false;
}

static void acknowledge() {
  *control_begin<uint8_t>(FRAME_ACK) = request[0];
  frame_send(1);
}

static void tell_info() {
  Info *info = control_begin<Info>(FRAME_INFO);
  memset(info, 0, sizeof(Info));
  info->protocol = LL_PROTOCOL;
  info->firmware[0] = LL_FIRMWARE_MAJOR;
  info->firmware[1] = LL_FIRMWARE_MINOR;
  info->firmware[2] = LL_FIRMWARE_PATCH;
  info->placement = LL_PLACEMENT;
  memcpy(info->device_id, LL_DEVICE_ID, sizeof(LL_DEVICE_ID) - 1);
  if (describe(*info)) frame_send(sizeof(Info));
}

static void tell_pong() {
  Pong *pong = control_begin<Pong>(FRAME_PONG);
  memcpy(&pong->nonce, request + sizeof(Head), sizeof pong->nonce);
  pong->t_us = read_shared(request_end_us);
  frame_send(sizeof(Pong));
}

static void answer() {
  const uint8_t type = request[0];
  if (type == FRAME_INFO_REQUEST) {
    tell_info();
  } else if (type == FRAME_PING && request_body_bytes == 4) {
    tell_pong();
  } else if (type == FRAME_STOP) {
    if (streaming) stop_measuring();
    streaming = false;
    acknowledge();
  } else if (type == FRAME_START) {
    acknowledge();
    if (streaming) return;
    edge_start = edge_end;
    status_us = micros();
    streaming = true;
    start_measuring();
  }
}

// ---- for the sketch ----

#define LL_SYNC_PULL_UP(pin, port, bit) PORT##port |= _BV(bit)
static void begin_board() {
  LL_SYNC(LL_SYNC_PULL_UP);
  uart_begin();
  attachInterrupt(digitalPinToInterrupt(2), on_sync_edge, CHANGE);
  begin_faults();
}

// Call in every loop; false where measurement frames must wait so that an answer finds room.
static bool converse() {
  while (uart_waiting()) {
    if (uart_room() < LONGEST_ANSWER) return false;
    if (take_byte(uart_read())) answer();
  }
  if (streaming) {
    tell_edges();
    tell_status();
  }
  return true;
}
