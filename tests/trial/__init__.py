"""The trial: the whole exchange as processes, killed with SIGKILL at random moments, and what must hold nevertheless.

`python -m tests.trial --seed 7 --trials 300 --engine sqlite` (`make trial`). It stands among the tests because it needs
throwaway databases and invented people, and because nothing that kills processes belongs into production.
"""
