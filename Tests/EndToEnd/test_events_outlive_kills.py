"""A short storm of kills; `make faults` has the long one."""
from event_storm import Plan
from storm_story import tell_storm

PLAN = Plan(changes=200, subjects=5, pause_ms=30, kills=10, kill_every=(0.2, 0.8), broker_kills=1)
SEED = 6


def test_events_outlive_kills_of_every_process(stack, supervised, tmp_path):
    tell_storm(stack, supervised, PLAN, SEED, tmp_path)
