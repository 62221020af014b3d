"""How often the forecast's interval holds what comes: `python -m benchmarks.forecasts [--series 1000] [--weeks 60]`.

Series of weekly counts like those of the press (negative binomial, a mean of 11, a variance of 2.75 times the mean), each forecast
from all but its last weeks. Beside it, how often each method was chosen and its mean error beside the naive one.
"""

from __future__ import annotations

import argparse
import json
from collections import Counter

import numpy

from reports import forecast


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--series", type=int, default=1000)
    parser.add_argument("--weeks", type=int, default=60)
    parser.add_argument("--mean", type=float, default=11)
    parser.add_argument("--width", type=float, default=2.75)
    said = parser.parse_args()
    chance, held, used = numpy.random.default_rng(said.weeks), [0] * forecast.HORIZON, Counter[str]()
    errors = {"used": 0.0, "naive": 0.0}
    for _ in range(said.series):
        drawn = chance.negative_binomial(said.mean / (said.width - 1), 1 / said.width, said.weeks + forecast.HORIZON)
        series = [int(count) for count in drawn]
        made = forecast.forecast(series[: said.weeks])
        assert made
        used[made.method] += 1
        for ahead, (step, came) in enumerate(zip(made.steps, series[said.weeks :], strict=True)):
            held[ahead] += step.low <= came <= step.high
            errors["used"] += abs(came - step.level)
            errors["naive"] += abs(came - series[said.weeks - 1])
    all_ = said.series * forecast.HORIZON
    print(
        json.dumps(
            {
                "nominal": forecast.SURE,
                "held": round(sum(held) / all_, 3),
                "held by weeks ahead": [round(number / said.series, 3) for number in held],
                "methods used": dict(used),
                "mean absolute error": {name: round(value / all_, 2) for name, value in errors.items()},
            },
            indent=1,
            ensure_ascii=False,
        )
    )


if __name__ == "__main__":
    main()
