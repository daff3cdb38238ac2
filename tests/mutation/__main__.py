"""Runs mutmut anew, and fails when a mutant survives that survivors.yaml does not name, or when it names one that is killed.

A survivor is named by its function and by the lines that differ, since the numbers that mutmut gives change with every edit.
"""

import re
import shutil
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Final, NamedTuple

import yaml

NAMED: Final = Path(__file__).with_name("survivors.yaml")
MUTMUT: Final = Path(sys.executable).with_name("mutmut")
FOLDER: Final = Path("mutants")
RUN_SECONDS: Final = 3 * 3600
"""After which a run is given up, on a machine that has much else to do; it takes about half an hour alone."""
NOTICED: Final = ("killed", "timeout")
"""A change that makes the tests run for ever is noticed; on a busy machine a survivor may be taken for one of those."""
RESULT: Final = re.compile(r"^ *(?P<name>\S+__mutmut_\d+): (?P<status>.+)$", re.MULTILINE)


class Mutant(NamedTuple):
    """One change of one function; `before` and `after` are the lines that differ, without their indentation."""

    function: str
    before: str
    after: str


def mutmut(*arguments: str) -> str:
    return subprocess.run([MUTMUT, *arguments], check=True, capture_output=True, text=True).stdout


def run() -> None:
    """One mutant at a time; mutmut ends each whose tests take much longer than they should."""
    shutil.rmtree(FOLDER, ignore_errors=True)
    subprocess.run([MUTMUT, "run", "--max-children", "1"], check=True, timeout=RUN_SECONDS)


def statuses() -> dict[str, str]:
    """The status of every mutant by mutmut's name for it."""
    return {found["name"]: found["status"] for found in RESULT.finditer(mutmut("results", "--all", "true"))}


def mutant(name: str) -> Mutant:
    changed = [line for line in mutmut("show", name).splitlines() if re.match(r"[-+](?![-+]{2} )", line)]
    before, after = (" ".join(line[1:].strip() for line in changed if line[0] == sign) for sign in "-+")
    module, _, mangled = name.partition("__mutmut_")[0].rpartition(".")
    return Mutant(f"{module}.{re.sub('^x[_ǁ]', '', mangled).replace('ǁ', '.')}", before, after)


def named_survivors() -> set[Mutant]:
    changes = yaml.safe_load(NAMED.read_text("utf-8"))
    return {Mutant(each["function"], each["before"], after) for each in changes for after in each["after"]}


def main() -> int:
    run()
    found = statuses()
    print(f"{len(found)} mutants:", ", ".join(f"{count} {status}" for status, count in Counter(found.values()).most_common()))
    survivors = {mutant(name): name for name, status in found.items() if status not in NOTICED}
    unclear = {mutant(name) for name, status in found.items() if status == "timeout"}
    named = named_survivors()
    unnamed, stale = survivors.keys() - named, named - survivors.keys() - unclear
    for each in unnamed:
        print(f"not noticed by any test, and not named in {NAMED.name}: {survivors[each]}", *each, sep="\n  ")
    for each in stale:
        print(f"named in {NAMED.name}, but noticed by a test or gone:", *each, sep="\n  ")
    return 1 if unnamed or stale else 0


if __name__ == "__main__":
    sys.exit(main())
