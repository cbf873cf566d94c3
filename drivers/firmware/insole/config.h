// Edit these values for your insole, then flash it.
#pragma once

// Name of this insole, 1 to 8 letters and digits, different for every board: calibrations are filed under it.
#ifndef LL_DEVICE_ID
#define LL_DEVICE_ID "INS-L"
#endif

// Which foot: LL_LEFT or LL_RIGHT.
#ifndef LL_PLACEMENT
#define LL_PLACEMENT LL_LEFT
#endif

// Number of sensors, 1 to 16. More than the board has analogue pins (Uno 6, Nano 8, Mega 16) go through a CD74HC4067.
#ifndef LL_CHANNELS
#define LL_CHANNELS 8
#endif

// 1: through a CD74HC4067 in any case. 0: never.
#ifndef LL_MULTIPLEXER
#define LL_MULTIPLEXER (LL_CHANNELS > NUM_ANALOG_INPUTS)
#endif

// Scans per second.
#ifndef LL_RATE_HZ
#define LL_RATE_HZ 1000
#endif

// Bits per second; the host uses 500000. A genuine Uno loses bytes above that.
#ifndef LL_BAUD
#define LL_BAUD 500000
#endif

// Converter clock is 16 MHz divided by this: 16, 32, 64 or 128. Slower is more exact.
#ifndef LL_ADC_PRESCALER
#define LL_ADC_PRESCALER (LL_CHANNELS > 8 ? 32 : 64)
#endif

// Pause after the multiplexer was switched, in microseconds.
#ifndef LL_SETTLE_US
#define LL_SETTLE_US 4
#endif

// Supply of sensors and converter in millivolts (the 5V pin); the computed conductance does not depend on it.
#ifndef LL_REFERENCE_MV
#define LL_REFERENCE_MV 5000
#endif
