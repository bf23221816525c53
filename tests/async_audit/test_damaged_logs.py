"""Real logs with damage chosen by a seeded generator: whatever is left of them, the checker gives an orderly answer."""

import random
import re

import pytest
from audit import HERE
from django.core.management import call_command

REPORT = re.compile(
    r"(.+:\d+: SynchronousOnlyOperation, \d+ times?: .+\n(      .+\n)+)*(Found \d+|No) Synchronous.+\.\n"
)


def cut(data, other, dice):
    return data[dice.randrange(len(data)) :][: dice.randrange(len(data))]


def drop_lines(data, other, dice):
    return b"".join(line for line in data.splitlines(keepends=True) if dice.random() < 0.8)


def interleave(data, other, dice):
    lines = [data.splitlines(keepends=True), other.splitlines(keepends=True)]
    taken = []
    while any(lines):
        taken.append(dice.choice([left for left in lines if left]).pop(0))
    return b"".join(taken)


def shuffle(data, other, dice):
    lines = data.splitlines(keepends=True)
    dice.shuffle(lines)
    return b"".join(lines)


def change_bytes(data, other, dice):
    damaged = bytearray(data)
    for _ in range(len(data) // 50):
        damaged[dice.randrange(len(data))] = dice.choice(b'\x00\x1b\xff\n\r \t"{}[]\\|+:0')
    return bytes(damaged)


def join_lines(data, other, dice):
    return b"".join(line.rstrip(b"\n") if dice.random() < 0.2 else line for line in data.splitlines(keepends=True))


def insert_from_other(data, other, dice):
    place, start = dice.randrange(len(data)), dice.randrange(len(other))
    return data[:place] + other[start : start + 500] + data[place:]


DAMAGES = [cut, drop_lines, interleave, shuffle, change_bytes, join_lines, insert_from_other]


@pytest.mark.parametrize("seed", range(12))
def test_a_damaged_log_is_reported_on(logs, tmp_path, settings, capsys, seed):
    settings.BASE_DIR = HERE
    dice = random.Random(seed)
    files = sorted([*logs.iterdir(), *(HERE / "logs").iterdir()])
    codes = set()
    for file in files:
        data = file.read_bytes()
        for damage in dice.sample(DAMAGES, 2):
            data = damage(data or b"\n", dice.choice(files).read_bytes(), dice)
        damaged = tmp_path / "damaged.log"
        damaged.write_bytes(data)
        try:
            call_command("check_async_errors", log=[str(damaged)])
            codes.add(0)
        except SystemExit as end:
            codes.add(end.code)
        output = capsys.readouterr()
        assert REPORT.fullmatch(output.out), (file.name, output.out)
        assert not output.err
    assert codes == {0, 1}
