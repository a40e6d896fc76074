"""The reference's part of a row: the program of a worker.

It says "ready" when everything is prepared; then it reads the number of a round from its
input, does the round, and answers with the nanoseconds that this took. Where it cannot go
on it answers "error: " and why.
"""

import os
import random
import shutil
import sys
import tempfile
import time

KEY_LENGTH = 16
VALUE_LENGTH = 256
ENTRY_LENGTH = KEY_LENGTH + VALUE_LENGTH

# Each put writes the whole index: some of a round are enough.
SINGLE_PUTS = 3

# So many at once to prepare, for the same reason.
LARGE_BATCH = 200_000

answers = os.fdopen(os.dup(1), "w", encoding="utf-8", buffering=1)
# What else is printed, by whomever, is no answer.
sys.stdout = sys.stderr


def load(folder):
    """The reference's class, from a folder that holds its package."""
    if not os.path.isfile(os.path.join(folder, "s4db", "__init__.py")):
        fail(f"'{folder}' does not hold a Python package 's4db'")
    sys.path.insert(0, folder)
    try:
        from s4db import S4DB
        return S4DB
    except ImportError as ex:
        fail(f"{sys.executable} {sys.version.split()[0]}: {ex}; the reference needs boto3 and python-snappy")


def fail(why):
    print("error: " + " ".join(str(why).split()), file=answers)
    sys.exit(1)


class Work:
    def __init__(self, s4db, endpoint, bucket, access_key, secret_key, folder, data, *numbers):
        self.s4db = s4db
        self.client = {
            "endpoint_url": endpoint,
            "region_name": "us-east-1",
            "aws_access_key_id": access_key,
            "aws_secret_access_key": secret_key,
        }
        self.bucket = bucket
        self.folder = folder
        self.local = os.path.join(folder, "local")
        self.keys, self.few_keys, self.operations, self.batch = map(int, numbers)
        with open(data, "rb") as file:
            self.data = file.read().decode("ascii")

    def key(self, at):
        return self.data[at * ENTRY_LENGTH:at * ENTRY_LENGTH + KEY_LENGTH]

    def value(self, at):
        return self.data[at * ENTRY_LENGTH + KEY_LENGTH:(at + 1) * ENTRY_LENGTH]

    def batches(self, keys, size):
        for start in range(0, keys, size):
            yield {self.key(at): self.value(at) for at in range(start, min(start + size, keys))}

    def open(self, prefix="db/", local=None):
        return self.s4db(self.bucket, prefix, local or self.local, **self.client)

    def loaded(self):
        """The large database, in the bucket and local; made by whoever needs it first."""
        if not os.path.exists(self.local):
            db = self.open()
            for batch in self.batches(self.keys, LARGE_BATCH):
                db.put(batch)
            db.upload()
        return self.open()

    def batch_put(self):
        batches = list(self.batches(self.few_keys, self.batch))

        def nanos(number):
            with tempfile.TemporaryDirectory(dir=self.folder) as local:
                db = self.open(f"batch-put{number}/", local)
                start = time.perf_counter_ns()
                for batch in batches:
                    db.put(batch)
                return (time.perf_counter_ns() - start) / self.few_keys
        return nanos

    def single_put(self):
        self.loaded()
        copy = os.path.join(self.folder, "single-put")
        shutil.copytree(self.local, copy)
        db = self.open(local=copy)

        def nanos(number):
            draw = random.Random(number)
            times = []
            for _ in range(SINGLE_PUTS):
                pair = {self.key(draw.randrange(self.keys)): self.value(draw.randrange(self.keys))}
                start = time.perf_counter_ns()
                db.put(pair)
                times.append(time.perf_counter_ns() - start)
            return sorted(times)[SINGLE_PUTS // 2]
        return nanos

    def get(self):
        db = self.loaded()

        def nanos(number):
            draw = random.Random(number)
            keys = [self.key(draw.randrange(self.keys)) for _ in range(self.operations)]
            length = 0
            start = time.perf_counter_ns()
            for key in keys:
                length += len(db.get(key))
            took = time.perf_counter_ns() - start
            check(length, self.operations * VALUE_LENGTH)
            return took / self.operations
        return nanos

    def open_and_get(self):
        self.loaded()
        key = self.key(self.keys // 2)

        def nanos(number):
            start = time.perf_counter_ns()
            value = self.open().get(key)
            took = time.perf_counter_ns() - start
            check(len(value), VALUE_LENGTH)
            return took
        return nanos

    def iterate(self):
        db = self.loaded()

        def nanos(number):
            length = 0
            start = time.perf_counter_ns()
            for _, value in db.iter(local=True):
                length += len(value)
            took = time.perf_counter_ns() - start
            check(length, self.keys * VALUE_LENGTH)
            return took / self.keys
        return nanos

    def rebuild(self):
        db = self.loaded()

        def nanos(number):
            start = time.perf_counter_ns()
            db.rebuild_index()
            took = time.perf_counter_ns() - start
            check(len(db.keys()), self.keys)
            return took
        return nanos

    def compact(self):
        db = self.loaded()

        def nanos(number):
            start = time.perf_counter_ns()
            db.compact()
            took = time.perf_counter_ns() - start
            check(len(db.keys()), self.keys)
            return took
        return nanos


WORKS = {
    "batch-put": Work.batch_put,
    "single-put": Work.single_put,
    "get": Work.get,
    "open": Work.open_and_get,
    "iterate": Work.iterate,
    "rebuild": Work.rebuild,
    "compact": Work.compact,
}


def check(got, wanted):
    if got != wanted:
        raise AssertionError(f"got {got} instead of {wanted}")


def main(folder, work, *arguments):
    s4db = load(folder)
    try:
        nanos = None if work == "check" else WORKS[work](Work(s4db, *arguments))
        print("ready", file=answers)
        for line in sys.stdin:
            print(nanos(int(line)), file=answers)
    except Exception as ex:
        fail(f"{work}: {type(ex).__name__}: {ex}")


main(*sys.argv[1:])
