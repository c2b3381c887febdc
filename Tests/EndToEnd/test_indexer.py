"""`lyceum-indexer` by hand: nothing to do on a good day, and an index that was dropped comes back whole."""
import pytest
import requests
from lyceum import Program
from waiting import until

ALIAS = "courses"


@pytest.fixture(scope="module")
def indexer(stack) -> Program:
    return Program(stack, "lyceum-indexer")


def found(story) -> set[str]:
    return {item["id"] for item in story.client.ask("GET", story._search_path(), quiet=True).json["items"]}


def has_nothing_to_do(indexer) -> bool:
    done = indexer.run("sync")
    assert done.returncode == 0, done.stderr
    return "nothing to do" in done.stdout


def test_on_a_good_day_there_is_nothing_to_do(story, indexer):
    until("the index is true to the database", lambda: indexer.run("verify").returncode == 0, 60)
    # Those who enrolled a moment ago may still be told of while it looks.
    until("there is nothing to do", lambda: has_nothing_to_do(indexer), 60)


def test_an_index_that_was_dropped_is_restored_and_verify_says_so(story, stack, indexer):
    whole = story.client.ask("GET", "/v1/search?limit=1").json["total"]
    assert story.course.id in found(story)
    engine = stack["stores"]["elasticsearch"]
    indices = list(requests.get(f"{engine}/_alias/{ALIAS}", timeout=10).json())
    assert indices
    for index in indices:
        requests.delete(f"{engine}/{index}", timeout=30).raise_for_status()
    assert indexer.run("verify").returncode != 0
    done = indexer.run("rebuild", seconds=300)
    assert done.returncode == 0, done.stderr
    verified = indexer.run("verify")
    assert verified.returncode == 0, verified.stdout + verified.stderr
    until("search finds the course again", lambda: story.course.id in found(story), 10)
    assert story.client.ask("GET", "/v1/search?limit=1").json["total"] == whole
    until("there is nothing to do", lambda: has_nothing_to_do(indexer), 60)


def test_rebuild_of_a_whole_index_changes_no_answer(story, indexer):
    before = story.client.ask("GET", story._search_path()).json
    assert indexer.run("rebuild", seconds=300).returncode == 0
    assert story.client.ask("GET", story._search_path()).json == before


def test_help_is_a_pleasure_to_read(indexer):
    done = indexer.run("--help")
    assert done.returncode == 0 and all(verb in done.stdout for verb in ("sync", "rebuild", "verify"))
