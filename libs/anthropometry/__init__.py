"""What is known of people's bodies in numbers: the 15 measurements, their statistics, and what is plausible.

    measurements.py   the 15 definitions, in the order that every array follows
    gaussian.py       the arithmetic: conditional distributions and Mahalanobis distances
    population.py     statistics of a population, and the estimate of what a person left out
    plausibility.py   whether given measurements can belong to one person, and which one cannot

Three conventions, and what they leave open:

* `upper_arm_girth` is the tape around the biceps of the body as it stands, arm relaxed. The population
  measured it with the biceps flexed. This version takes the numbers as they are: a girth that was asked
  for is delivered as asked, and one that is estimated is that of a flexed arm, so a little too large.
* `waist_girth` lies at the level of the navel (omphalion), and so does the lower end of `back_length`, in
  the population as here. The population records no girth of the natural waist, so nothing here estimates
  it: the tape reports it beside the 15, read from the finished body.
* The population is an army's: 17 to 58 years old and leaner than civilians. Estimates are theirs as they
  stand; the judgement of what is plausible widens them (see `plausibility`).
"""
