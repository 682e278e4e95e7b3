"""Makes oracle.json: generated outcomes, and what numpy, scipy and statsmodels say of them.

Run it again, from the repository's root, with

    uv run --no-project --python 3.11 --with numpy==2.3.4 --with scipy==1.16.3 \
        --with statsmodels==0.14.5 --with pandas==2.3.3 \
        python test/unit/domain/statistics/statistics-oracle/make_oracle.py
    npx prettier --write test/unit/domain/statistics/statistics-oracle/oracle.json

The tests read the JSON file alone, so none of these packages is needed to run them.
"""

import json
from pathlib import Path

import numpy as np
import scipy
import statsmodels
import statsmodels.api as sm
from scipy import stats
from statsmodels.stats.contingency_tables import mcnemar
from statsmodels.stats.multitest import multipletests

RESAMPLES = 20_000


def exact_mcnemar(gained: int, lost: int) -> float:
    return float(mcnemar([[0, lost], [gained, 0]], exact=True).pvalue)


def clustered_interval(outcomes: np.ndarray, seed: int) -> dict:
    """outcomes: samples x seeds. Bootstrap over rows, and the cluster-robust normal interval."""
    sums, sizes = outcomes.sum(axis=1), np.full(len(outcomes), outcomes.shape[1])
    drawn = stats.bootstrap(
        (sums, sizes),
        lambda sums, sizes, axis=-1: sums.sum(axis=axis) / sizes.sum(axis=axis),
        paired=True,
        vectorized=True,
        n_resamples=RESAMPLES,
        method="percentile",
        rng=np.random.default_rng(seed),
    ).confidence_interval
    clusters = np.repeat(np.arange(len(outcomes)), outcomes.shape[1])
    fit = sm.OLS(outcomes.ravel().astype(float), np.ones(outcomes.size)).fit(
        cov_type="cluster", cov_kwds={"groups": clusters}
    )
    robust_low, robust_high = fit.conf_int()[0]
    return {
        "estimate": float(outcomes.mean()),
        "low": float(drawn.low),
        "high": float(drawn.high),
        "robustLow": float(robust_low),
        "robustHigh": float(robust_high),
    }


def paired_bootstrap(base: np.ndarray, variant: np.ndarray, seed: int) -> dict:
    differences = variant.mean(axis=1) - base.mean(axis=1)
    result = stats.bootstrap(
        (differences,),
        np.mean,
        n_resamples=RESAMPLES,
        method="percentile",
        rng=np.random.default_rng(seed),
    )
    draws = result.bootstrap_distribution
    tail = min((draws <= 0).sum(), (draws >= 0).sum()) + 1
    return {
        "estimate": float(differences.mean()),
        "low": float(result.confidence_interval.low),
        "high": float(result.confidence_interval.high),
        "p": float(min(1, 2 * tail / (len(draws) + 1))),
        "wilcoxonP": float(stats.wilcoxon(differences, zero_method="zsplit").pvalue),
    }


def make_deviations(random: np.random.Generator) -> list:
    vectors = [random.normal(random.uniform(-5, 5), 2, size=size).tolist() for size in (2, 3, 5, 17)]
    return [
        {"values": vector, "mean": float(np.mean(vector)), "std": float(np.std(vector, ddof=1))}
        for vector in vectors
    ]


def make_mcnemar(random: np.random.Generator) -> list:
    cases = [(0, 1), (4, 4), (5, 0)] + [
        (int(random.integers(0, 200)), int(random.integers(0, 200))) for _ in range(20)
    ]
    return [{"gained": g, "lost": l, "p": exact_mcnemar(g, l)} for g, l in cases]


def make_holm(random: np.random.Generator) -> list:
    families = [random.beta(0.4, 2, size=size).tolist() for size in (1, 2, 4, 7)]
    families.append([0.02, 0.02, 0.5, 0.02])
    return [
        {"given": family, "adjusted": multipletests(family, method="holm")[1].tolist()}
        for family in families
    ]


def make_quantiles(random: np.random.Generator) -> list:
    values = random.normal(size=41)
    return [
        {"values": values.tolist(), "share": share, "quantile": float(np.quantile(values, share))}
        for share in (0, 0.025, 0.3, 0.5, 0.975, 1)
    ]


def make_estimators(random: np.random.Generator) -> list:
    cases = []
    for size, digits in ((40, 6), (150, 1)):
        wrong = random.random(size) < 0.35
        margins = np.round(np.clip(random.beta(2, 1, size) - 0.25 * wrong, 0, 1), digits)
        ranked = stats.mannwhitneyu(margins[~wrong], margins[wrong], alternative="two-sided")
        thresholds = []
        for tau in (0.2, 0.5, 0.8, 0.95, 1.01):
            flagged = margins < tau
            hits, alarms = int((flagged & wrong).sum()), int((flagged & ~wrong).sum())
            tpr, fpr = hits / int(wrong.sum()), alarms / int((~wrong).sum())
            precision = hits / max(1, hits + alarms)
            f1 = 0.0 if hits == 0 else float(stats.hmean([precision, tpr]))
            thresholds.append({"tau": tau, "tpr": tpr, "fpr": fpr, "f1": f1, "j": tpr - fpr})
        cases.append(
            {
                "margins": margins.tolist(),
                "wrong": wrong.astype(int).tolist(),
                "auroc": float(ranked.statistic / (wrong.sum() * (~wrong).sum())),
                "thresholds": thresholds,
            }
        )
    return cases


def make_sweep(random: np.random.Generator, seeds: int) -> dict:
    """Outcomes of base, a method and a control on three benchmarks, samples with their own ease."""
    benchmarks = {}
    for name, size, gain in (("first", 60, 0.18), ("second", 90, 0.03), ("third", 40, 0.1)):
        ease = random.beta(1.2, 1.0, size)
        draw = lambda shift: (  # noqa: E731
            random.random((size, seeds)) < np.clip(ease + shift, 0, 1)[:, None]
        ).astype(int)
        answers = {"base": draw(0.0), "tt-si": draw(gain), "copy-rule": draw(gain / 2)}
        figures = {}
        for position, (variant, outcomes) in enumerate(answers.items()):
            shares = outcomes.mean(axis=0)
            base, control = answers["base"], answers["copy-rule"]
            gained = ((base == 0) & (outcomes == 1)).sum(axis=0)
            lost = ((base == 1) & (outcomes == 0)).sum(axis=0)
            figures[variant] = {
                "mean": float(shares.mean()),
                "std": float(shares.std(ddof=1)) if seeds > 1 else None,
                "interval": clustered_interval(outcomes, position),
                "gained": gained.tolist(),
                "lost": lost.tolist(),
                "mcnemar": [exact_mcnemar(int(g), int(l)) for g, l in zip(gained, lost)],
                "bootstrap": paired_bootstrap(base, outcomes, position)
                if variant != "base"
                else None,
                "againstControl": {
                    "gained": int(((control == 0) & (outcomes == 1)).sum()),
                    "lost": int(((control == 1) & (outcomes == 0)).sum()),
                    "bootstrapP": paired_bootstrap(control, outcomes, position)["p"]
                    if variant == "tt-si"
                    else None,
                },
            }
        benchmarks[name] = {
            "outcomes": {key: ["".join(map(str, row)) for row in a] for key, a in answers.items()},
            "figures": figures,
        }
    for variant in ("tt-si", "copy-rule"):
        own = [benchmark["figures"][variant] for benchmark in benchmarks.values()]
        key = (lambda f: f["mcnemar"][0]) if seeds == 1 else (lambda f: f["bootstrap"]["p"])
        for figure, adjusted in zip(own, multipletests([key(f) for f in own], method="holm")[1]):
            figure["holm"] = float(adjusted)
    return {"seeds": seeds, "benchmarks": benchmarks}


def main() -> None:
    random = np.random.default_rng(20_260_101)
    oracle = {
        "madeBy": {
            "numpy": np.__version__,
            "scipy": scipy.__version__,
            "statsmodels": statsmodels.__version__,
        },
        "deviations": make_deviations(random),
        "mcnemar": make_mcnemar(random),
        "holm": make_holm(random),
        "quantiles": make_quantiles(random),
        "estimators": make_estimators(random),
        "sweeps": [make_sweep(random, 1), make_sweep(random, 3)],
    }
    path = Path(__file__).with_name("oracle.json")
    path.write_text(json.dumps(oracle, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
