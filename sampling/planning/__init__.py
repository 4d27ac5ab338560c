"""Before the review: what it takes to reach a goal, what a budget buys, and how likely the goal is met.

The draw itself belongs in `sampling.design`, what is concluded from verdicts in `sampling.estimation`.
"""
