// Edit these values for your plate, then flash it.
#pragma once

// Name of this board, 1 to 8 letters and digits, different for every board: calibrations are filed under it.
#ifndef LL_DEVICE_ID
#define LL_DEVICE_ID "PLATE"
#endif

// LL_TOTAL for a board that serves both plates (cells 1-4 left, 5-8 right) or one plate under both feet;
// LL_LEFT or LL_RIGHT for a board under one foot.
#ifndef LL_PLACEMENT
#define LL_PLACEMENT LL_TOTAL
#endif

// Number of load cells, 1 to 8, each with an HX711 of its own.
#ifndef LL_CELLS
#define LL_CELLS 8
#endif

// Gain of the HX711: 128 (or 64) for cells on its inputs A+ A-, 32 for cells on B+ B-.
#ifndef LL_GAIN
#define LL_GAIN 128
#endif

// Bits per second; the host uses 500000. A genuine Uno loses bytes above that.
#ifndef LL_BAUD
#define LL_BAUD 500000
#endif

// Supply of the modules' analogue side in millivolts; counts do not depend on it.
#ifndef LL_REFERENCE_MV
#define LL_REFERENCE_MV 5000
#endif

// What is reported where no chip answers; otherwise the board reports the rate it measures, of its slowest chip.
#ifndef LL_NOMINAL_SPS
#define LL_NOMINAL_SPS 80
#endif
