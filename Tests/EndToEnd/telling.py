"""One story for all tests of a run: told as far as a test needs it, each step once."""
from client import StoryFailed
from stack import Stack
from story import Story


class Telling:
    def __init__(self, stack: Stack):
        self.heard: list[str] = []
        self.story = Story(stack, say=self.heard.append)
        self.next = 0
        self.broken: str | None = None

    def until(self, step) -> Story:
        """Tells the steps up to this one. A step after a broken one fails and says which one broke."""
        place = Story.STEPS.index(step)
        while self.next <= place:
            if self.broken:
                raise StoryFailed(f"the story ended before, at {self.broken}")
            current = Story.STEPS[self.next]
            try:
                current(self.story)
            except Exception:
                self.broken = current.__name__
                raise
            self.next += 1
        return self.story

    def to_the_end(self) -> Story:
        return self.until(Story.STEPS[-1])
