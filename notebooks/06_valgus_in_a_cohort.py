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
# # Knee valgus in a cohort, done wrong and done right
#
# Raters watch landings and say who shows knee valgus. Is that related to what the plates and the field tests
# say? This notebook makes the usual mistakes on cohorts in which **nothing** is related to anything, counts
# what they find, and then does it right.
#
# You need `landing-lab[analysis]` (`make lab` installs it) and no data: every cohort is simulated, so that the
# truth is known. Nothing here is a statement about injuries: what is modelled is what a rater saw.

# %%
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from scipy.stats import binomtest, linregress, sem
from sklearn.feature_selection import SelectKBest
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import KFold, StratifiedGroupKFold, StratifiedKFold, cross_val_score
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

import landing_lab as ll

# %% [markdown]
# ## Mistake 1: trials counted as subjects
#
# A null cohort: 24 athletes, 10 trials each. `x` (say, a contact time) and `outcome` (say, a peak force) differ
# between athletes, and somewhat less from trial to trial (one trial has an ICC of 0.8, as good landing metrics
# have). The two have nothing to do with each other.

# %%
NOTHING = ll.CohortSetting.null(n_athletes=24, n_sessions=1, n_limbs=1, n_trials=10, change_sd=0.5, trial_sd=0.5)
null_cohorts = [pd.DataFrame(ll.simulate_cohort(NOTHING, seed=seed).trials) for seed in range(200)]
null_cohorts[0].head(3)

# %% [markdown]
# Three tests of the same question, in each of 200 such cohorts: a regression over all 240 trials as if they
# were 240 people; the same over 24 athletes' means; and `ll.fit_gee`, which uses all trials and knows whose
# they are. A right test at 5 % is wrong in 5 % of null cohorts.


# %%
def pooled(trials):
    return linregress(trials["x"], trials["outcome"]).pvalue


def of_means(trials):
    means = trials.groupby("participant")[["x", "outcome"]].mean()
    return linregress(means["x"], means["outcome"]).pvalue


def by_gee(trials):
    return ll.fit_gee(trials, outcome="outcome", predictors=["x"]).effect("x", "between").p_value


TESTS = {"pooled trials": pooled, "athletes' means": of_means, "ll.fit_gee, between": by_gee}
p = pd.DataFrame({name: [test(trials) for trials in null_cohorts] for name, test in TESTS.items()})

# %%
found = {}
for name in TESTS:
    wrong = int((p[name] < 0.05).sum())
    exact = binomtest(wrong, len(p), 0.05)
    low, high = exact.proportion_ci()
    found[name] = (100 * wrong / len(p), 100 * low, 100 * high, exact.pvalue)
false_positives = pd.DataFrame(found, index=["found, %", "from", "to", "p: is it 5 %?"]).T
false_positives.round(3)

# %% [markdown]
# "from" and "to" are the exact 95 % interval over the 200 cohorts. (Where everybody has equally many trials, the last
# two are nearly the same test.) Pooling does not gain power, it invents findings.
#
# ## Mistake 2: the same athlete to learn from and to test on
#
# 60 athletes with ten landings each and six numbers per landing; what the rater says of an athlete has nothing
# to do with any of them, so the true AUC of every model is 0.50. A nearest-neighbour classifier is judged by
# cross-validation, once with landings dealt into folds at random, once with athletes. All of it 20 times, in 20
# null cohorts.

# %%
SIXTY = ll.CohortSetting.null(n_athletes=60, n_sessions=1, n_limbs=1, n_trials=10, change_sd=0.5)
BY_ATHLETE = StratifiedGroupKFold(5, shuffle=True, random_state=1)
RANDOM = KFold(5, shuffle=True, random_state=1)
ATHLETES = StratifiedKFold(5, shuffle=True, random_state=1)  # of tables with one row per athlete


def landings_of(seed):
    drawn = [ll.simulate_cohort(SIXTY, seed=10 * seed + i) for i in range(6)]
    table = pd.DataFrame({f"x{i}": cohort.trials["x"] for i, cohort in enumerate(drawn)})
    athletes = pd.DataFrame(drawn[0].athletes).set_index("participant")
    who = pd.Series(drawn[0].trials["participant"])
    return table, who, who.map(athletes["valgus_rated"]).astype(int)


def auc_of(model, x, y, folds, athlete=None):
    return cross_val_score(model, x, y, groups=athlete, cv=folds, scoring="roc_auc").mean()


def mean_of(name, wrong, right):
    print(f"{name}: AUC {np.mean(wrong):.2f} ± {sem(wrong):.2f}, done right {np.mean(right):.2f} ± {sem(right):.2f}")
    return np.array(wrong), np.array(right)


knn = make_pipeline(StandardScaler(), KNeighborsClassifier(5))
leaks = {}
sixties = [landings_of(seed) for seed in range(20)]
leaks["athletes in\ntwo folds"] = mean_of(
    "athletes in two folds",
    [auc_of(knn, x, y, RANDOM) for x, who, y in sixties],
    [auc_of(knn, x, y, BY_ATHLETE, who) for x, who, y in sixties],
)

# %% [markdown]
# (± is the standard error over the 20 cohorts.) The first way recognises athletes, not valgus.
# `ll.fit_logistic` deals athletes into folds by itself, and refuses folds of your own that split one:

# %%
landings, who, seen = sixties[0]
table = landings.assign(participant=who, valgus=seen)
try:
    ll.fit_logistic(
        table, outcome="valgus", predictors=list(landings), folds=list(RANDOM.split(table)), unit_of_analysis="trial"
    )
    refused = ""
except ll.LandingLabError as error:
    refused = str(error)
print(refused)

# %% [markdown]
# ## Mistake 3: choosing predictors before splitting
#
# 60 athletes and 300 candidate numbers, all of them noise. The five that fit best are chosen with **all**
# athletes in view, then cross-validated neatly. Beside it the same choice made inside each fold.

# %%
NOISE = ll.CohortSetting.null(n_athletes=60, coefficients=(0.0,) * 300)
best_five = SelectKBest(k=5)
outside, inside = [], []
for seed in range(20):
    athletes = pd.DataFrame(ll.simulate_cohort(NOISE, seed=seed).athletes)
    x, y = athletes.filter(regex="^z"), athletes["valgus_rated"].astype(int)
    outside.append(auc_of(LogisticRegression(), best_five.fit_transform(x, y), y, ATHLETES))
    inside.append(auc_of(make_pipeline(best_five, LogisticRegression()), x, y, ATHLETES))
leaks["predictors\nchosen before"] = mean_of("predictors chosen before", outside, inside)

# %% [markdown]
# No software can see what you looked at before: `ll.fit_logistic` with those five would believe you. Name
# predictors before you look (`primary=`), and report how many you had.
#
# ## Mistake 4: filling gaps before splitting
#
# 120 athletes, 20 numbers of noise, 40 % of the values missing. Filling a gap with the mean of all athletes
# tells nothing of their rating (printed last). Filling it with the mean of *those with the same rating* (which a
# table's group means do, or an imputation that uses the outcome column) writes the answer into the data.

# %%
GAPS = ll.CohortSetting.null(n_athletes=120, missing=0.4, coefficients=(0.0,) * 20)
fill = make_pipeline(SimpleImputer(), LogisticRegression())
by_rating, by_mean, in_folds = [], [], []
for seed in range(20):
    athletes = pd.DataFrame(ll.simulate_cohort(GAPS, seed=seed).athletes)
    x, y = athletes.filter(regex="^z"), athletes["valgus_rated"].astype(int)
    by_rating.append(auc_of(LogisticRegression(), x.fillna(x.groupby(y).transform("mean")), y, ATHLETES))
    by_mean.append(auc_of(LogisticRegression(), x.fillna(x.mean()), y, ATHLETES))
    in_folds.append(auc_of(fill, x, y, ATHLETES))
leaks["gaps filled\nby rating"] = mean_of("gaps filled by rating", by_rating, in_folds)
print(f"gaps filled by the mean of all, before splitting: AUC {np.mean(by_mean):.2f} ± {sem(by_mean):.2f}")

# %% [markdown]
# ## Done right: within and between athletes
#
# Now a cohort with a relation, and a treacherous one: **athletes** with a larger `x` have a larger outcome
# (+1.0 per unit), but **within** an athlete a landing with a larger `x` has a smaller one (-0.5 per unit).
# Pooled trials give a number that is true of nobody.

# %%
TRUTH = {"between": 1.0, "within": -0.5}
cohort = ll.simulate_cohort(ll.CohortSetting(n_athletes=60, n_sessions=1, n_limbs=1, n_trials=10, **TRUTH), seed=11)
trials = pd.DataFrame(cohort.trials)
mixed = ll.fit_mixed(trials, outcome="outcome", predictors=["x"], primary=["x"])
gee = ll.fit_gee(trials, outcome="outcome", predictors=["x"])
naive = linregress(trials["x"], trials["outcome"])
rows = [
    {"model": name, "part": one.part, "effect": one.value, "from": one.low, "to": one.high}
    for name, model in (("fit_mixed", mixed), ("fit_gee", gee))
    for one in model.coefficients
    if one.part != "intercept"
]
rows.append({"model": "pooled trials", "part": "pooled", "effect": naive.slope,
             "from": naive.slope - 1.96 * naive.stderr, "to": naive.slope + 1.96 * naive.stderr})  # fmt: skip
pd.DataFrame(rows).round(2)

# %%
for sentence in mixed.warnings:
    print(sentence)

# %% [markdown]
# `between_corrected` is the effect of an athlete's true level: the mean of ten trials still holds a little
# trial noise, which pulls the plain `between` towards the effect within.

# %%
ll.plot(mixed)

# %% [markdown]
# ## Done right: a yes-or-no outcome
#
# First the question that comes before data: how many athletes? For five predictors, 30 % with valgus, and an
# AUC of 0.75 hoped for:

# %%
needed = ll.sample_size(prevalence=0.3, predictors_n=5, c_statistic=0.75)
print(needed.sentence)

# %% [markdown]
# So 400 athletes from three teams, a relation that is known (log odds of 0.8 and -0.5 per SD of the first two
# predictors, nothing in the other three), gaps, and one model, fitted and tuned inside folds that keep athletes
# together.

# %%
PREDICTORS = ["z1", "z2", "z3", "z4", "z5"]
large = ll.simulate_cohort(ll.CohortSetting(n_athletes=400, missing=0.1), seed=21)
study = pd.DataFrame(large.athletes)
model = ll.fit_logistic(
    study, outcome="valgus_rated", predictors=PREDICTORS, primary=["z1", "z2"], groups=["sex"], seed=1,
    definition="a trained rater says that the knee moved inwards in the landing",
)  # fmt: skip
model

# %% [markdown]
# Ranking (AUC), probabilities (calibration), and what acting on the model gains over *training everyone*
# (decision curve), all on athletes whom the fitted fold never saw:

# %%
ll.plot(model)

# %%
pd.DataFrame({name: [met, numbers] for name, (met, numbers) in model.model.criteria.items()}, index=["met", "found"]).T

# %% [markdown]
# Each sex apart, the declared predictors with their adjusted p (permutation over athletes, Holm), and the
# decision in words:

# %%
for group in model.groups:
    ranked = group.ranked
    print(
        f"{group.level}: {group.n_athletes} athletes, {100 * group.observed:.0f} % with valgus, "
        f"{100 * group.predicted:.0f} % predicted, AUC {ranked.auc:.2f} ({ranked.auc_low:.2f} to {ranked.auc_high:.2f})"
    )
for test in model.primary:
    print(f"{test.predictor}: p = {test.p_value:.3f}, adjusted for both {test.p_holm:.3f}")
print(model.decision.sentence)

# %% [markdown]
# A model leaves the laboratory with its card (TRIPOD+AI): what the run knows is filled in, the rest waits for
# you. Items by number, such as where the data come from:

# %%
card = ll.model_card(model, facts={"5a": "Three simulated teams; no person was measured."})
print(f"{card['filled']} of {card['items']} items are filled, {card['items'] - card['filled']} wait for the laboratory")
print(card["intended_use"])

# %% [markdown]
# ## Why 24 athletes cannot carry a model
#
# The same relation, 24 athletes: with so few, seven or so have valgus, and `ll.fit_logistic` refuses.

# %%
few = pd.DataFrame(ll.simulate_cohort(ll.CohortSetting(n_athletes=24), seed=1).athletes)
try:
    ll.fit_logistic(few, outcome="valgus_rated", predictors=PREDICTORS)
    too_few = ""
except ll.LandingLabError as error:
    too_few = str(error)
print(too_few)

# %% [markdown]
# What would have happened without the refusal: 100 studies of 24 and 100 of 400 athletes, each fitted by plain
# logistic regression and judged twice: on its own athletes, as is often published, and on 4000 new ones.

# %%
new = ll.simulate_cohort(ll.CohortSetting(n_athletes=4000), seed=99).athletes
new_x, new_y = np.column_stack([new[name] for name in PREDICTORS]), np.asarray(new["valgus_rated"], int)


def one_study(n, seed):
    made = ll.simulate_cohort(ll.CohortSetting(n_athletes=n), seed=seed).athletes
    x, y = np.column_stack([made[name] for name in PREDICTORS]), np.asarray(made["valgus_rated"], int)
    if min(y.sum(), n - y.sum()) < 2:
        return None
    fitted = LogisticRegression(C=np.inf, max_iter=1000).fit(x, y)
    return roc_auc_score(y, fitted.decision_function(x)), roc_auc_score(new_y, fitted.decision_function(new_x))


studies = {n: np.array([one for one in (one_study(n, 1000 + i) for i in range(100)) if one]) for n in (24, 400)}
pd.DataFrame(
    {f"{n} athletes": {"own athletes: mean AUC": both[:, 0].mean(), "new athletes: mean AUC": both[:, 1].mean(),
                       "new athletes: worst tenth below": np.quantile(both[:, 1], 0.1)} for n, both in studies.items()}
).round(2)  # fmt: skip

# %% [markdown]
# ## The picture

# %%
WRONG, RIGHT = "#C24E00", "#0072B2"
figure, (left, middle, right) = plt.subplots(1, 3, figsize=(13, 4.3), layout="constrained")
colours = [WRONG, RIGHT, RIGHT]
values = false_positives["found, %"]
left.bar(range(3), values, color=colours, width=0.6)
left.errorbar(range(3), values, yerr=[values - false_positives["from"], false_positives["to"] - values], fmt="none",
              color="black", capsize=4)  # fmt: skip
left.axhline(5, color="black", lw=1, ls="--")
left.text(2.45, 6, "5 %", ha="right")
left.set_xticks(range(3), ["pooled\ntrials", "athletes'\nmeans", "ll.fit_gee"])
left.set_ylabel("“significant” in 200 null cohorts, %")
left.set_title("Nothing is there: how often it is found", fontsize=11)

for place, pair in enumerate(leaks.values()):
    for aucs, shift, colour in zip(pair, (-0.18, 0.18), (WRONG, RIGHT), strict=True):
        middle.plot(place + shift + np.linspace(-0.1, 0.1, len(aucs)), aucs, ".", color=colour, alpha=0.5)
        middle.hlines(aucs.mean(), place + shift - 0.15, place + shift + 0.15, color=colour, lw=2)
middle.axhline(0.5, color="black", lw=1, ls="--")
middle.set_xticks(range(3), list(leaks))
middle.set_xlim(-0.5, 2.5)
middle.set_ylabel("AUC in 20 null cohorts, and their mean")
middle.plot([], [], "o", color=WRONG, label="done wrong")
middle.plot([], [], "o", color=RIGHT, label="inside the folds, by athlete")
middle.legend(loc="upper right", frameon=False, fontsize=9)
middle.set_title("Nothing is there: what leaks make of it", fontsize=11)

for place, both in enumerate(studies.values()):
    for column, shift, colour in ((0, -0.2, WRONG), (1, 0.2, RIGHT)):
        drawn_at = place + shift + np.linspace(-0.12, 0.12, len(both))
        right.plot(drawn_at, both[:, column], ".", color=colour, alpha=0.5, ms=5)
right.set_xticks([0, 1], [f"{n} athletes" for n in studies])
right.set_ylabel("AUC")
right.plot([], [], "o", color=WRONG, label="on its own athletes")
right.plot([], [], "o", color=RIGHT, label="on 4000 new athletes")
right.legend(loc="lower right", frameon=False, fontsize=9)
right.set_title("A true relation: 100 studies each", fontsize=11)
for axes in (left, middle, right):
    axes.spines[["top", "right"]].set_visible(False)

# %%
pooled_found, low, high, _ = found["pooled trials"]
means_found = found["athletes' means"][0]
assert low > 20
assert all(found[name][3] > 0.01 for name in ("athletes' means", "ll.fit_gee, between"))
assert "is in two folds" in refused
assert "too few to fit anything" in too_few
for wrong, right in leaks.values():
    assert np.mean(wrong) - 4 * sem(wrong) > 0.55
    assert abs(np.mean(right) - 0.5) < 4 * sem(right)
for part, truth in TRUTH.items():
    effect = mixed.effect("x", "between_corrected" if part == "between" else part)
    assert effect.low < truth < effect.high
assert abs(np.mean(by_mean) - 0.5) < 4 * sem(by_mean)
assert model.discrimination.auc_low > 0.5
own, fresh = studies[24].mean(axis=0)
own_se, fresh_se = sem(studies[24])
assert own - fresh > 5 * np.hypot(own_se, fresh_se)
assert needed.athletes > 10 * 24
print(
    f"Where nothing was related, pooled trials found something in {pooled_found:.0f} % of 200 cohorts ({low:.0f} to "
    f"{high:.0f} %) and athletes' means in {means_found:.1f} %; a model of 24 "
    f"athletes looked like an AUC of {own:.2f} ± {own_se:.2f} on its own athletes and had {fresh:.2f} ± {fresh_se:.2f} "
    f"on new ones, and {needed.athletes} athletes would be needed."
)
