"""report.py RESULTS [FAILED_SUITE…]: a line per suite from the JUnit files in RESULTS, then the sum. Exit status 1 when anything failed."""
import pathlib
import sys
import xml.etree.ElementTree as ElementTree

ORDER = ["checks", "doors", "ArchitectureTests"]


def count(path: pathlib.Path) -> tuple[int, int]:
    """Passed and failed cases."""
    cases = list(ElementTree.parse(path).getroot().iter("testcase"))
    failed = sum(any(child.tag in ("failure", "error") for child in case) for case in cases)
    skipped = sum(case.find("skipped") is not None for case in cases)
    return len(cases) - failed - skipped, failed


def main(results: pathlib.Path, broken: set[str]) -> int:
    files = {path.stem: path for path in results.glob("*.xml")}
    total_passed = total_failed = 0
    rest = sorted((broken | set(files)) - set(ORDER) - {"end-to-end"})
    for name in [*ORDER, *rest, "end-to-end"]:
        if name not in files and name not in broken:
            continue
        passed, failed = count(files[name]) if name in files else (0, 0)
        # A suite that ends badly without a failed case (a crash), or that runs nothing, has failed.
        if failed == 0 and (name in broken or passed == 0):
            failed = 1
        seconds = (results / f"{name}.seconds").read_text().strip() if (results / f"{name}.seconds").exists() else "-"
        print(f"{name:<22} {passed:>6} passed {failed:>6} failed {seconds:>6} s")
        total_passed, total_failed = total_passed + passed, total_failed + failed
    print(f"{total_passed} passed, {total_failed} failed")
    return 1 if total_failed or not total_passed else 0


sys.exit(main(pathlib.Path(sys.argv[1]), set(sys.argv[2:])))
