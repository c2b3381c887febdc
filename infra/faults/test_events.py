"""`kill -9` of writers, relays, consumers and the broker while a thousand events go through: nothing lost, nothing twice, order kept, the poison redriven."""
from event_storm import Plan
from storm_story import tell_storm

PLAN = Plan(changes=1000, subjects=10, pause_ms=80, kills=60, kill_every=(0.2, 1.5), broker_kills=3)


def test_events_outlive_kills_of_every_process(stack, supervised, seed, tmp_path, tell):
    tell(tell_storm(stack, supervised, PLAN, seed, tmp_path))
