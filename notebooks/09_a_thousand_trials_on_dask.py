# ---
# jupyter:
#   jupytext:
#     text_representation:
#       extension: .py
#       format_name: percent
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # A thousand trials on Dask
#
# One machine analyses a study; a cluster analyses a laboratory's archive. This notebook analyses a thousand
# trials in one process, then on a Dask cluster of two workers, then on one that loses a worker in the middle,
# and compares the three results number by number.
#
# You need `landing-lab[dask]` (`make lab` installs it). The cluster is made here, on this machine; nothing leaves it.

# %%
import logging
import os
import signal
import time

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from distributed import Client, LocalCluster, as_completed

import landing_lab as ll

# %% [markdown]
# ## The trials
#
# Simulating is the slow part, and this notebook has a minute. So there are 50 landings of 50 simulated athletes, each
# **measured twenty times**, by plates whose noise (1.5 N) and offset differ every time: 1000 recordings, all
# different, of 50 landings. A batch is what one worker does at a
# stretch, here one athlete's twenty trials.
#
# Everything random depends on the number of the batch alone, never on who computes it or when. That is what
# makes results of a cluster repeatable.

# %%
ATHLETES, TRIALS, RATE_HZ, NOISE_N = 50, 20, 1000.0, 1.5
COLUMNS = ["athlete", "trial", "name", "side", "value", "unit", "sd", "status"]


def analysed(athlete):
    """All metrics of one athlete's twenty trials, and who computed them from when to when."""
    started = time.time()
    landing = ll.simulate_drop_jump(seed=athlete, noise_n=0.0, step_n=0.0, sample_rate_hz=RATE_HZ)
    left, right = landing.recording.streams["force"].samples.T
    rng = np.random.default_rng([2026, athlete])
    rows = []
    for trial in range(TRIALS):
        noise_n = rng.normal(0.0, NOISE_N, (2, len(left)))
        feet = np.array([left, right]) + noise_n + rng.uniform(-8.0, 8.0, (2, 1))
        result = ll.analyse(ll.from_arrays(left=feet[0], right=feet[1], sample_rate_hz=RATE_HZ))
        rows += [(athlete, trial, m.name, m.side, m.value, m.unit, m.sd, m.status) for m in result.first.table]
    table = pd.DataFrame(rows, columns=COLUMNS)
    table["true_contact_s"] = landing.truth.metrics["contact_time_s", "total"]
    return table, (os.getpid(), started, time.time())


table, _ = analysed(0)
table[table["name"].isin(["contact_time_s", "jump_height_flight_time_m"])].head(4)

# %% [markdown]
# ## One process

# %%
began = time.perf_counter()
alone = [analysed(athlete)[0] for athlete in range(ATHLETES)]
alone_s = time.perf_counter() - began
alone = pd.concat(alone, ignore_index=True)
trials = alone.drop_duplicates(["athlete", "trial"])
print(f"{len(trials)} trials, {len(alone)} rows: {alone_s:.1f} s, {1000 * alone_s / len(trials):.0f} ms per trial")

# %% [markdown]
# ## Two workers
#
# Two processes on this machine that talk over the loopback interface, without a dashboard. Each loads
# landing-lab once, before the clock starts, as workers that run for days do.

# %%
cluster = LocalCluster(
    n_workers=2, threads_per_worker=1, processes=True, host="127.0.0.1", dashboard_address="127.0.0.1:0",
    silence_logs=logging.CRITICAL,
)  # fmt: skip
client = Client(cluster)
client.run(analysed, 0)
workers = client.run(os.getpid)
print(f"{len(workers)} workers, processes of their own: {os.getpid() not in workers.values()}")


# %%
def on_cluster(after=None, held_back=0):
    """Every batch on the cluster, in the order of the batches.

    after(n, worker) is called when n of them are fetched, the last one computed by that worker. The last `held_back`
    are handed out when all others are done and there are two workers (again).
    """
    place, done = {}, {}

    def handed_out(batches):
        futures = client.map(analysed, batches, pure=False)
        place.update(zip([future.key for future in futures], batches, strict=True))
        return futures

    arriving = as_completed(handed_out(range(ATHLETES - held_back)), with_results=True)
    for future, result in arriving:
        done[place[future.key]] = result
        if after is not None:
            after(len(done), result[1][0])
        if held_back and len(done) == ATHLETES - held_back:
            client.wait_for_workers(2, timeout=300)
            arriving.update(handed_out(range(ATHLETES - held_back, ATHLETES)))
    ordered = [done[n] for n in range(ATHLETES)]
    return pd.concat([table for table, _ in ordered], ignore_index=True), [who for _, who in ordered]


began = time.perf_counter()
shared, _ = on_cluster()
shared_s = time.perf_counter() - began
ratio = shared_s / alone_s
print(f"time on two workers / time in one process = {ratio:.2f}")
print(f"identical to the last bit: {shared.equals(alone)}")

# %% [markdown]
# The ratio is of this run, on this machine, beside whatever else it did.
#
# ## A worker dies
#
# Now the worker that computed the second batch to arrive is killed (as by a power cut, without a word). Dask notices,
# starts another, and hands out again what was lost. Twenty batches are held back until the new one is there, so that
# it has something to do.

# %%
KILL_AT, HELD_BACK = 2, 20
killed = []


def kill_one(n, worker):
    if n == KILL_AT:
        os.kill(worker, getattr(signal, "SIGKILL", signal.SIGTERM))
        killed.append((worker, time.time()))


survived, spans = on_cluster(kill_one, HELD_BACK)
spans = pd.DataFrame(spans, columns=["worker", "from_s", "to_s"])
victim, killed_at_s = killed[0]
newcomers = sorted(set(spans["worker"]) - set(workers.values()))
print(f"identical to the last bit: {survived.equals(alone)}; workers that came to help: {len(newcomers)}")

# %%
client.close()
cluster.close()

# %% [markdown]
# ## On your own cluster
#
# For folders of recorded sessions nobody writes such a loop: `landing-lab cohort` shares sessions out by
# itself. On the machine that schedules, on each worker (same Python, same landing-lab, and the dataset visible
# under the same path), and where you work:
#
# ```
# dask scheduler                                             prints its address, such as tcp://192.168.1.5:8786
# dask worker tcp://192.168.1.5:8786 --nworkers 4 --nthreads 1
# landing-lab cohort /data/study --dask tcp://192.168.1.5:8786
# landing-lab cohort /data/study --recompute --dask tcp://192.168.1.5:8786     every number again from the raw files
# ```
#
# The table is the same to the byte as without `--dask`; a worker that is lost costs time only; a session that
# ends every worker which tries it is named and left out. An address that does not answer is one sentence within
# seconds.
#
# ## The picture

# %%
contacts = survived[(survived["name"] == "contact_time_s") & (survived["side"] == "total")]
errors = (contacts["value"] - contacts["true_contact_s"]) / contacts["sd"]
within = 100 * (errors.abs() < 2).mean()

figure, (left, right) = plt.subplots(1, 2, figsize=(13, 4.2), layout="constrained", width_ratios=(1.5, 1))
zero_s = spans["from_s"].min()
order = list(dict.fromkeys([victim, *workers.values(), *newcomers]))
for row, worker in enumerate(order):
    own = spans[spans["worker"] == worker]
    colour = "#C24E00" if worker == victim else "#0072B2"
    bars = [(a - zero_s, b - a) for a, b in zip(own["from_s"], own["to_s"], strict=True)]
    left.broken_barh(bars, (row - 0.3, 0.6), facecolors=colour, edgecolor="white", lw=0.5)
left.axvline(killed_at_s - zero_s, color="black", lw=1, ls="--")
left.annotate("killed", (killed_at_s - zero_s, -0.42), xytext=(4, 0), textcoords="offset points", va="top")
names = {victim: "worker 1", **{w: "worker 2" for w in workers.values() if w != victim}}
left.set_yticks(range(len(order)), [names.get(worker, "its successor") for worker in order])
left.set_ylim(len(order) - 0.4, -0.6)
left.set_xlabel("time, s")
left.set_title("Who computed which batch (a box each)", fontsize=11)
right.hist(errors, bins=40, color="#0072B2")
for limit in (-2, 2):
    right.axvline(limit, color="black", lw=1, ls="--")
right.set_xlabel("error of contact time, in its own SD")
right.set_ylabel("trials")
right.set_title(f"{len(contacts)} contact times against the truth", fontsize=11)
for axes in (left, right):
    axes.spines[["top", "right"]].set_visible(False)

# %%
assert len(trials) == ATHLETES * TRIALS == 1000
assert alone["value"].notna().sum() > 20 * len(trials)
assert shared.equals(alone)
assert survived.equals(alone)
assert (spans["worker"] == victim).sum() > 0  # what it had done and sent was kept
assert newcomers  # Dask started one in the place of the dead, and it worked
assert victim in workers.values()
assert len(contacts) == 1000
assert within > 90
print(
    f"1000 trials gave the same {len(alone)} rows to the last bit in one process, on two workers (in {ratio:.2f} of "
    f"the time) and on a cluster that lost a worker after {KILL_AT} of {ATHLETES} batches; {within:.0f} % of contact "
    f"times lie within two of their own standard deviations of the truth."
)
