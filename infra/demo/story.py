"""The story of a course through the gateway, from its instructor's registration to a student who has completed it.

    story.py [--stack STACK.JSON]      prints each request as the curl command that sends it, with its status and time

Exit status 0 only if all of it held. The end-to-end tests tell the same story, a step a test.
"""
import argparse
import secrets
import sys
import time
import urllib.parse
from collections.abc import Callable

import curl
from client import Client, Exchange, StoryFailed
from instructing import Instructing
from maildir import Maildir
from stack import NoStack, Stack
from studying import Studying


class Story(Instructing, Studying):
    """The steps in order. Names are new in each run, so that it can be told many times to one stack."""

    STEPS = [
        Instructing.instructor_registers, Instructing.course_is_written, Instructing.course_is_edited, Instructing.video_is_uploaded,
        Instructing.video_becomes_ready, Instructing.course_is_published, Instructing.search_finds_it,
        Studying.student_registers, Studying.student_looks_around, Studying.student_enrols, Studying.student_plays, Studying.other_paths_are_refused,
        Studying.progress_is_reported, Studying.course_is_completed, Studying.one_trace_runs_through, Studying.segment_from_the_edge,
    ]

    def __init__(self, stack: Stack, listener: Callable[[Exchange], None] | None = None, say: Callable[[str], None] = lambda text: None):
        self.stack = stack
        self.client = Client(stack["gateway"], listener)
        self.edge = Client(stack["edge"], listener)
        self.mail = Maildir(stack["mailbox"])
        self.say = say
        self.title = f"Rabbits {secrets.token_hex(4)} for beginners"

    def check(self, holds: bool, what: str) -> None:
        if not holds:
            raise StoryFailed(f"this was to hold: {what}")

    def _search_path(self) -> str:
        return "/v1/search?" + urllib.parse.urlencode({"q": self.title})


def show(exchange: Exchange) -> None:
    print(f"  $ {curl.command(exchange)}\n    {exchange.answer.status}  {exchange.answer.seconds * 1000:.0f} ms", flush=True)


def tell(story: Story) -> None:
    for number, step in enumerate(Story.STEPS, 1):
        print(f"\n{number}. {step.__doc__}", flush=True)
        begin = time.monotonic()
        step(story)
        print(f"    {time.monotonic() - begin:.1f} s", flush=True)


def main() -> int:
    parser = argparse.ArgumentParser(description="Tells the story of a course to a running stack, request by request.")
    parser.add_argument("--stack", help="the stack.json of the stack (default: LYCEUM_STACK_JSON, else .dev/stack.json)")
    begin = time.monotonic()
    try:
        story = Story(Stack.named(parser.parse_args().stack), show, lambda text: print(f"    {text}", flush=True))
        tell(story)
    except (StoryFailed, NoStack) as problem:
        print(f"\nFAILED: {problem}", file=sys.stderr)
        return 1
    status = story.edge.exchanges[-1].answer.status
    print(f"\nAll of it held, in {time.monotonic() - begin:.1f} s. A segment through the CDN's edge: {status}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
