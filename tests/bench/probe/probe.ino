// Measures the simulator from inside and prints name=value lines at 115200 baud; test_shim.py knows the silicon's
// values, from the datasheets of the ATmega328P and 2560.
#include <Arduino.h>
#include <avr/interrupt.h>

extern "C" {
uint8_t buffer[16] __attribute__((used, externally_visible));
void __attribute__((noinline, naked, used, externally_visible)) nothing() { __asm__ __volatile__("ret"); }
}
static volatile uint16_t ticks, edges, changes;

static void say(const __FlashStringHelper *name, long value) {
  Serial.print(name);
  Serial.print('=');
  Serial.println(value);
  Serial.flush();
}

// Cycles of eight repetitions of some instructions, by timer 1 at the full clock.
#define CYCLES(name, code)                                                                                    \
  do {                                                                                                        \
    noInterrupts();                                                                                           \
    TCNT1 = 0;                                                                                                \
    uint16_t from = TCNT1;                                                                                    \
    __asm__ __volatile__(code code code code code code code code ::: "r18", "r19", "r26", "r27", "r30", "r31", "memory"); \
    uint16_t to = TCNT1;                                                                                      \
    interrupts();                                                                                             \
    say(F(name), to - from - reading);                                                                        \
  } while (0)

static void measure_instructions() {
  TCCR1A = 0;
  TCCR1B = _BV(CS10);
  noInterrupts();
  TCNT1 = 0;
  uint16_t from = TCNT1;
  __asm__ __volatile__("" ::: "memory");
  uint16_t to = TCNT1;
  interrupts();
  uint16_t reading = to - from;
  CYCLES("nop", "nop\n");
  CYCLES("lds", "lds r18, buffer\n");
  CYCLES("sts", "sts buffer, r18\n");
  CYCLES("push_pop", "push r18\npop r18\n");
  CYCLES("mul", "mul r18, r19\nclr r1\n");
  CYCLES("call_ret", "call nothing\n");
  CYCLES("rjmp", "rjmp .+0\n");
  CYCLES("sbi", "sbi 0x1e, 0\n");
  CYCLES("skip_two_words", "clr r18\nsbrc r18, 0\nlds r19, buffer\n");
}

// Nothing but reti: entry 4 (5), jump at the vector 3, reti 4 (5) cycles.
ISR(TIMER2_COMPA_vect, ISR_NAKED) { __asm__ __volatile__("reti"); }

static uint16_t spin() { // 40 000 cycles and a little
  TCNT1 = 0;
  uint16_t n = 10000;
  __asm__ __volatile__("1: sbiw %0, 1\n brne 1b\n" : "+w"(n));
  return TCNT1;
}

static void measure_interrupts() {
  uint8_t timer0 = TIMSK0;
  TIMSK0 = 0; // micros() would interrupt too
  uint16_t alone = spin();
  TCCR2A = _BV(WGM21);
  TCCR2B = _BV(CS21);
  OCR2A = 31; // every 256 cycles
  TCNT2 = 0;
  TIMSK2 = _BV(OCIE2A);
  uint16_t interrupted = spin();
  TIMSK2 = 0;
  TIMSK0 = timer0;
  say(F("interrupts_cost"), interrupted - alone);
}

static void measure_converter() {
  ADMUX = _BV(REFS0) | 3;
  ADCSRB = 0;
  ADCSRA = _BV(ADEN) | 6; // 16 MHz / 64
  for (uint8_t i = 0; i < 2; i++) { // the first conversion after switching on is longer
    TCNT1 = 0;
    ADCSRA |= _BV(ADSC);
    while (ADCSRA & _BV(ADSC)) ;
    say(i ? F("conversion_cycles") : F("first_conversion_cycles"), TCNT1);
  }
  ADCSRA |= _BV(ADSC);
  delayMicroseconds(10); // past the sample, before the result: what the multiplexer does now is too late
  ADMUX = _BV(REFS0) | 5;
  while (ADCSRA & _BV(ADSC)) ;
  say(F("selected_at_the_start"), ADC);
  say(F("A5"), analogRead(A5));
#if defined(__AVR_ATmega2560__)
  say(F("A15"), analogRead(A15));
#endif
}

ISR(TIMER1_COMPA_vect) { ticks++; }
ISR(INT0_vect) { edges++; }
ISR(PCINT0_vect) { changes++; }

static void measure_clocks() {
  TCCR1B = _BV(WGM12) | _BV(CS11);
  OCR1A = 1999; // 1 kHz
  ticks = 0;
  TIMSK1 = _BV(OCIE1A);
  delay(50);
  TIMSK1 = 0;
  say(F("ticks_in_50_ms"), ticks);
  uint32_t last = micros();
  uint16_t backwards = 0;
  for (uint16_t i = 0; i < 5000; i++) {
    noInterrupts();
    uint32_t now = micros();
    interrupts();
    if (now < last) backwards++;
    last = now;
  }
  say(F("micros_went_back"), backwards);
  uint32_t from = micros();
  for (uint8_t i = 0; i < 100; i++) Serial.write('.');
  Serial.flush();
  uint32_t took = micros() - from;
  Serial.println();
  say(F("us_of_100_bytes"), took);
}

// INT0 and a pin change interrupt, by an output that the board toggles itself.
static void measure_edges() {
#if defined(__AVR_ATmega2560__)
  const uint8_t pin = _BV(0); // INT0 is PD0
#else
  const uint8_t pin = _BV(2); // INT0 is PD2
#endif
  DDRD |= pin;
  PORTD &= (uint8_t)~pin;
  EICRA = _BV(ISC01) | _BV(ISC00); // rising
  EIFR = 1;
  EIMSK = 1;
  for (uint8_t i = 0; i < 5; i++) {
    PORTD |= pin;
    PORTD &= (uint8_t)~pin;
  }
  EIMSK = 0;
  say(F("int0_rising"), edges);
  DDRB |= _BV(4);
  PORTB &= (uint8_t)~_BV(4);
  PCMSK0 = _BV(4);
  PCIFR = 1;
  PCICR = 1;
  for (uint8_t i = 0; i < 5; i++) {
    PORTB |= _BV(4);
    __asm__ __volatile__("nop\nnop\nnop\n");
    PORTB &= (uint8_t)~_BV(4);
    __asm__ __volatile__("nop\nnop\nnop\n");
  }
  PCICR = 0;
  say(F("pin_changes"), changes);
}

void setup() {
  Serial.begin(115200);
  measure_instructions();
  measure_interrupts();
  measure_converter();
  measure_clocks();
  measure_edges();
  Serial.println(F("done"));
  Serial.flush();
}
void loop() {}
