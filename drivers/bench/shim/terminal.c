/* The UART on a pseudo terminal, at the pace of real time. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <poll.h>
#include <pty.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>
#include "shim.h"

static double clock_s(clockid_t which) {
  struct timespec t;
  clock_gettime(which, &t);
  return t.tv_sec + t.tv_nsec * 1e-9;
}

/* Path of the terminal to open; NULL where there is none to be had. */
const char *bench_terminal(bench_t *b, bool reset_on_open) {
  int slave;
  struct termios raw;
  if (openpty(&b->master, &slave, b->path, NULL, NULL)) return NULL;
  tcgetattr(slave, &raw);
  cfmakeraw(&raw);
  tcsetattr(slave, TCSANOW, &raw);
  close(slave);
  fcntl(b->master, F_SETFL, O_NONBLOCK);
  b->reset_on_open = reset_on_open;
  return b->path;
}

static void to_host(bench_t *b) {
  uint8_t bytes[4096];
  while (b->out_r != b->out_w) {
    uint32_t n = 0;
    for (uint32_t i = b->out_r; n < sizeof bytes && i != b->out_w; i++) bytes[n++] = b->out[i % RING];
    ssize_t taken = write(b->master, bytes, n);
    if (taken <= 0) return; /* the host does not read: kept, up to RING bytes */
    b->out_r += taken;
  }
}

static void pump(bench_t *b) {
  uint8_t bytes[4096];
  ssize_t n;
  struct pollfd p = {.fd = b->master, .events = POLLIN};
  poll(&p, 1, 0);
  bool open = !(p.revents & POLLHUP);
  if (!open || (!b->host_open && b->reset_on_open)) b->out_r = b->out_w; /* nobody heard that */
  if (open && !b->host_open && b->reset_on_open) bench_reset(b);
  b->host_open = open;
  if (!open) return;
  while ((n = read(b->master, bytes, sizeof bytes)) > 0) bench_write(b, bytes, n);
  to_host(b);
}

/* Sleep until then; by how many seconds it is too late. */
static double wait_until(double due_s) {
  double left = due_s - clock_s(CLOCK_MONOTONIC);
  if (left < 0) return -left;
  struct timespec t = {(time_t)left, (long)((left - (time_t)left) * 1e9)};
  nanosleep(&t, NULL);
  return 0;
}

/* Serve the terminals of n boards until bench_stop of the first; speed 1 is real time. All boards reach the same instant
 * before the next slice begins, so that on a busy machine all of them are late together. */
void bench_serve(bench_t **boards, int n, double speed, double slice_s) {
  double start_s = clock_s(CLOCK_MONOTONIC), cpu = clock_s(CLOCK_THREAD_CPUTIME_ID);
  counters_t *seen = &boards[0]->seen;
  for (int i = 0; i < n; i++) {
    boards[i]->served_at_s = start_s;
    boards[i]->served_from = boards[i]->avr->cycle;
    boards[i]->speed = speed;
  }
  seen->behind_s = 0;
  for (uint64_t slice = 1; !boards[0]->stop; slice++) {
    double until_s = slice * slice_s;
    for (int i = 0; i < n; i++) {
      int state = bench_run_until(boards[i], boards[i]->served_from + (uint64_t)(until_s * boards[i]->hz));
      if (state == cpu_Done || state == cpu_Crashed) return;
      pump(boards[i]);
    }
    double late_s = wait_until(start_s + until_s / speed);
    if (late_s > seen->behind_s) seen->behind_s = late_s;
    seen->wall_s = clock_s(CLOCK_MONOTONIC) - start_s;
    seen->cpu_s = clock_s(CLOCK_THREAD_CPUTIME_ID) - cpu;
  }
}

/* Waveforms begin at this instant of the monotonic clock, the same for all boards of one process. */
void bench_begin_at(bench_t *b, double monotonic_s) {
  b->origin_s = b->served_from / b->hz + (monotonic_s - b->served_at_s) * b->speed;
}

void bench_stop(bench_t *b) { b->stop = true; }
