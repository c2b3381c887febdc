"""report.py RESULTS [FAILED_SUITE…]: a line per suite from the JUnit files in RESULTS, what failed in it beneath, then the sum.

What failed is told once more at the very end, since the end of a long log is what one sees. Exit status 1 when anything failed."""
import pathlib
import sys
import xml.etree.ElementTree as ElementTree

ORDER = ["checks", "tools", "doors", "ArchitectureTests"]
# Characters of a line about a failure, and how many of them a suite shows.
LONGEST, MOST = 300, 10


def count(path: pathlib.Path) -> tuple[int, list[str]]:
    """How many cases passed, and a line for each that failed."""
    try:
        cases = list(ElementTree.parse(path).getroot().iter("testcase"))
    except ElementTree.ParseError:
        return 0, ["was ended while it wrote its results"]
    failed = [line for case in cases if (line := failure(case))]
    skipped = sum(case.find("skipped") is not None for case in cases)
    return len(cases) - len(failed) - skipped, failed


def failure(case: ElementTree.Element) -> str | None:
    """The name of the case and the first line of why it failed; None when it did not."""
    for child in case:
        if child.tag in ("failure", "error"):
            why = (child.get("message") or child.text or "").strip().partition("\n")[0]
            return f"{case.get('classname', '')}.{case.get('name', '')}: {why}"[:LONGEST]
    return None


def main(results: pathlib.Path, broken: set[str]) -> int:
    files = {path.stem: path for path in results.glob("*.xml")}
    total_passed = total_failed = 0
    shown: list[str] = []
    rest = sorted((broken | set(files)) - set(ORDER) - {"end-to-end"})
    for name in [*ORDER, *rest, "end-to-end"]:
        if name not in files and name not in broken:
            continue
        passed, failed = count(files[name]) if name in files else (0, [])
        if not failed and (name in broken or passed == 0):
            failed = ["ended badly without a failed case (a crash, a deadline), or ran nothing"]
        seconds = (results / f"{name}.seconds").read_text().strip() if (results / f"{name}.seconds").exists() else "-"
        print(f"{name:<22} {passed:>6} passed {len(failed):>6} failed {seconds:>6} s")
        for line in failed[:MOST]:
            print(f"    ✘ {line}")
            shown.append(line)
        total_passed, total_failed = total_passed + passed, total_failed + len(failed)
    print(f"{total_passed} passed, {total_failed} failed")
    for line in shown[:MOST]:
        print(f"✘ {line}")
    return 1 if total_failed or not total_passed else 0


sys.exit(main(pathlib.Path(sys.argv[1]), set(sys.argv[2:])))
