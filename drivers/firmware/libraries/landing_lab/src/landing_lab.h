// Include this after config.h.
#pragma once
#if !defined(__AVR_ATmega328P__) && !defined(__AVR_ATmega2560__)
#error "landing-lab knows the ATmega328P (Uno, Nano) and the ATmega2560 (Mega); choose one of these boards"
#endif
#if F_CPU != 16000000L
#error "landing-lab needs a board that runs at 16 MHz"
#endif
#include "pins.h"
#include "faults.h"
#include "frame.h"
#include "uart.h"
#include "board.h"
