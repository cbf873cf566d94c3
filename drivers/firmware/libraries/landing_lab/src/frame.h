// The wire protocol, as it stands at the top of drivers/host/landing_lab_drivers/wire.py; a test compares the two.
//   COBS( type u8 | sequence u16 | t_us u32 | body | crc u16 ) 00, little endian
#pragma once
#include <stdint.h>
#include <util/crc16.h>

#define LL_PROTOCOL 1
#define LL_FIRMWARE_MAJOR 1
#define LL_FIRMWARE_MINOR 0
#define LL_FIRMWARE_PATCH 0

enum FrameType : uint8_t {
  FRAME_SCAN = 0x01,
  FRAME_INFO = 0x10,
  FRAME_STATUS = 0x11,
  FRAME_PONG = 0x12,
  FRAME_SYNC = 0x13,
  FRAME_ACK = 0x14,
  FRAME_CELL = 0x20,
  FRAME_INFO_REQUEST = 0x81,
  FRAME_START = 0x82,
  FRAME_STOP = 0x83,
  FRAME_PING = 0x84,
};

enum CellFlag : uint8_t { FLAG_SATURATED = 1, FLAG_SUSPECT = 2, FLAG_NOT_READY = 4 };
#define LL_GAIN_SHIFT 4

enum Kind : uint8_t { KIND_INSOLE = 1, KIND_PLATE = 2 };

// For LL_PLACEMENT in config.h.
#define LL_TOTAL 0
#define LL_LEFT 1
#define LL_RIGHT 2

struct __attribute__((packed)) Head {
  uint8_t type;
  uint16_t sequence;
  uint32_t t_us;
};

struct __attribute__((packed)) Info {
  uint8_t protocol;
  uint8_t firmware[3];
  uint8_t kind;
  uint8_t placement;
  char device_id[8];
  uint8_t n_channels;
  uint32_t rate_centihz;
  uint8_t adc_prescaler;
  uint16_t reference_mv;
  uint16_t channel_skew_us;
  uint32_t settle_us;
  uint16_t gain;
};

struct __attribute__((packed)) Status {
  uint32_t dropped_frames;
  uint16_t converter_timeouts;
  uint16_t receive_errors;
};

struct __attribute__((packed)) Pong {
  uint32_t nonce;
  uint32_t t_us;
};

struct __attribute__((packed)) Edge {
  uint8_t rising;
  uint32_t t_us;
};

struct __attribute__((packed)) Reading {
  uint8_t counts[3];
  uint8_t flags;
};

const uint8_t LONGEST_BODY = 32;                    // a SCAN of 16 channels
const uint8_t FRAME_OVERHEAD = sizeof(Head) + 2 + 2;  // head, checksum, COBS byte, closing 00
static_assert(sizeof(Info) == 30 && sizeof(Info) <= LONGEST_BODY, "an INFO body has 30 bytes");

// CRC-16/IBM-3740: the host computes binascii.crc_hqx(payload, 0xFFFF).
static uint16_t checksum(const uint8_t *bytes, uint8_t count) {
  uint16_t crc = 0xFFFF;
  while (count--) crc = _crc_xmodem_update(crc, *bytes++);
  return crc;
}

// `count` payload bytes at coded + 1 become COBS with its closing 00, in place; returns the bytes on the wire.
static uint8_t cobs_encode(uint8_t *coded, uint8_t count) {
  uint8_t code = 1;
  for (uint8_t *byte = coded + count; byte != coded; byte--) {
    if (*byte) {
      code++;
    } else {
      *byte = code;
      code = 1;
    }
  }
  coded[0] = code;
  coded[count + 1] = 0;
  return count + 2;
}

// The payload of `count` bytes between two 00, in place; returns its length, 0 where the codes do not end with them.
static uint8_t cobs_decode(uint8_t *bytes, uint8_t count) {
  uint8_t from = 0, to = 0;
  while (from < count) {
    const uint8_t code = bytes[from];
    if (code > count - from) return 0;
    for (uint8_t i = 1; i < code; i++) bytes[to++] = bytes[from + i];
    from += code;
    if (from < count) bytes[to++] = 0;
  }
  return to;
}
