"""grown.py REPORTS LIBRARY FEW MANY: compares what LeakSanitizer found after FEW and after MANY rounds of a library's tests.

Exit status 1 when a leak grew, or AddressSanitizer had something to say."""
import collections
import pathlib
import re
import sys

HEAD = re.compile(r"(?:Direct|Indirect) leak of (\d+) byte\(s\) in (\d+) object\(s\) allocated from:")
FRAME = re.compile(r"#\d+ 0x[0-9a-f]+ (?:in (\S+)|\((\S+))")
# A fault of another kind ends the program before anything is counted.
FAULT = "ERROR: AddressSanitizer"
# So many frames tell one place from another.
DEPTH = 12

Stack = tuple[str, ...]


def leaks(files: list[pathlib.Path]) -> collections.Counter[Stack]:
    """How many objects leaked, by the stack that allocated them."""
    found: collections.Counter[Stack] = collections.Counter()
    for file in files:
        for block in file.read_text(errors="replace").split("\n\n"):
            head = HEAD.search(block)
            if head is None:
                continue
            frames = [match.group(1) or match.group(2) or "?" for match in FRAME.finditer(block)]
            found[tuple(frames[:DEPTH])] += int(head.group(2))
    return found


def main(folder: pathlib.Path, library: str, few: int, many: int) -> int:
    reports = {times: sorted(folder.glob(f"{library}.{times}.*")) for times in (few, many)}
    for file in [*reports[few], *reports[many]]:
        if FAULT in (text := file.read_text(errors="replace")):
            print(f"{library:<14} ended by a fault:\n{text[:2000]}")
            return 1
    before, after = leaks(reports[few]), leaks(reports[many])
    grown = {stack: (before[stack], count) for stack, count in after.items() if count - before[stack] >= many - few}
    print(f"{library:<14} {sum(before.values()):>5} objects after {few} round, {sum(after.values()):>5} after {many}: {'GROWS' if grown else 'nothing grows'}")
    for stack, (first, last) in sorted(grown.items(), key=lambda item: -item[1][1])[:5]:
        print(f"    {first} → {last} objects from")
        for frame in stack:
            print(f"        {frame}")
    return 1 if grown else 0


sys.exit(main(pathlib.Path(sys.argv[1]), sys.argv[2], int(sys.argv[3]), int(sys.argv[4])))
