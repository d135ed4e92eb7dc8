#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Breaks the core on purpose, one place at a time, and tells which tests notice it.

    scripts/mutants.py                 the model tests and the exhaustive test; what they do not
                                       notice is shown to the other tests that need no kernel
    scripts/mutants.py --all           all of these tests, each time
    scripts/mutants.py --only heap.h   those of one file
    scripts/mutants.py --list          what would be tried

Works in a copy of the tree. Ends with 1 when a mutant was noticed by no test, or does not apply.
"""
import argparse
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent

# file in src/, what is there, what is put there instead; what is there must be unique in the file.
MUTANTS = [
    # Layout
    ("block.h", "(head >> BLOCK_SPAN_SHIFT) << BLOCK_ALIGN_SHIFT",
     "(head >> (BLOCK_SPAN_SHIFT + 1)) << BLOCK_ALIGN_SHIFT"),
    ("block.h", "(head & BLOCK_PREV_FREE) != 0", "(head & BLOCK_PREV_FREE) == 0"),
    ("block.h", "(head & BLOCK_TAG_MASK) == 0", "(head & BLOCK_OWNER_MASK) == 0"),
    ("block.h", "| prev_free | BLOCK_USED | owner;", "| prev_free | BLOCK_USED | (owner & 7);"),
    ("block.h", "(head & ~(uint32_t)BLOCK_OWNER_MASK) | owner", "head | owner"),
    # Free lists
    ("freelist.h", "distance < list->reach && distance", "distance < list->reach - 1 && distance"),
    ("freelist.h", "offset = offset != 0 ? offset : bin[3];", ""),
    ("freelist.h", "list->bitmap |= freelist_bit(bin);", "list->bitmap = freelist_bit(bin);"),
    ("freelist.h", "freelist_block(list, next)->link = freelist_next_link(list, b);", "freelist_block(list, next)->link = link;"),
    ("freelist.h", "    b->link = link;\n    *freelist_link", "    b->link = freelist_head(list, bin);\n    *freelist_link"),
    ("freelist.h", "} else if (next < offset) {", "} else if (next > offset) {"),
    ("freelist.h", "freelist_block(list, next)->link != link)) {", "false)) {"),
    ("freelist.h", "list->bitmap ^= freelist_bit(bin); /*", "list->bitmap &= freelist_bit(bin); /*"),
    ("freelist.h", "freelist_block(list, next)->link = link;\n    } else {", "freelist_block(list, next)->link = next;\n    } else {"),
    ("freelist.h", "        if (bin <= FREELIST_LAST_BIN) {\n            list", "        if (bin < FREELIST_LAST_BIN) {\n            list"),
    ("freelist.h", "if (block_free_span(b->head) >= need) {", "if (block_free_span(b->head) > need) {"),
    ("freelist.h", "UINT32_C(0xfffffffe) << (bin / ", "UINT32_C(0xffffffff) << (bin / "),
    ("freelist.h", "UINT32_C(0xfffffffe) << (bin - ", "UINT32_C(0xffffffff) << (bin - "),
    ("freelist.h", "offset = --looks != 0 ? b->next", "offset = --looks != 1 ? b->next"),
    ("freelist.h", "need >= FREELIST_LAST_BIN_SPAN ? FREELIST_LAST_LOOKS", "need > 2 * FREELIST_LAST_BIN_SPAN ? FREELIST_LAST_LOOKS"),
    ("freelist.h", "return *freelist_link(list, link) == freelist_offset(list, b);", "return true;"),
    ("freelist.c", "sure = span > sure ? span : sure;", "sure = span;"),
    ("freelist.c", "octave : octave + (octave >> 1)", "octave : octave + (octave >> 2)"),
    ("freelist.c", "4,  8,  12, 16,", "4,  8,  16, 16,"),
    # Heaps
    ("heap.h", "behind < heap->list.reach", "behind < heap->list.reach - 1"),
    ("heap.h", "size <= BLOCK_MIN_SPAN - BLOCK_HEAD_BYTES", "size <= BLOCK_MIN_SPAN"),
    ("heap.h", "(uint32_t)size + BLOCK_HEAD_BYTES + HL_ALIGN - 1", "(uint32_t)size + HL_ALIGN - 1"),
    ("heap.h", "rest >= HEAP_CUT_HIGH_SPAN && (span", "(span"),
    ("heap.h", "(span ^ rest) <= span >> 2", "(span ^ rest) <= span >> 1"),
    ("heap.h", "    if (heap->free < heap->min_free) {", "    if (heap->free > heap->min_free) {"),
    ("heap.h", "    if (*cursor == head) {", "    if (*cursor != head) {"),
    ("heap.h", "if (!block_is_free_head(head) || span < BLOCK_MIN_SPAN || span > room ||",
     "if (!block_is_free_head(head) || span < BLOCK_MIN_SPAN ||"),
    ("heap.c", "(uint32_t)alignment + BLOCK_MIN_SPAN - HL_ALIGN", "(uint32_t)alignment - HL_ALIGN"),
    ("heap.h", "return span - need < BLOCK_MIN_SPAN", "return span - need <= BLOCK_MIN_SPAN"),
    ("heap.h", "span > room ||\n        *block_foot(block_at(b, span)) != head) {", "span > room) {"),
    ("heap.c", "        prev_free = BLOCK_PREV_FREE;\n", "        prev_free = 0;\n"),
    ("heap.h", "        b->head &= ~BLOCK_PREV_FREE; /* no rest", "        /* no rest"),
    ("heap.h", "        block_at(b, whole)->head &= ~BLOCK_PREV_FREE;\n", ""),
    ("heap.h", "return block_prev_free(next->head) ? HL_FAULT_NEIGHBOUR", "return false ? HL_FAULT_NEIGHBOUR"),
    ("heap.h", "block_before(b, span)->head != foot", "block_before(b, span)->head == foot"),
    ("heap.h", "(uintptr_t)ptr % HL_ALIGN != 0", "(uintptr_t)ptr % 2 != 0"),
    ("heap.h", "    if (!block_used(head)) {\n        return HL_FAULT_NOT_USED;", "    if (false) {\n        return HL_FAULT_NOT_USED;"),
    ("heap.h", "return block_span(head) - BLOCK_MIN_SPAN > room ?", "return block_span(head) > room + BLOCK_MIN_SPAN ?"),
    ("heap.h", "    if (fault == 0 && block_prev_free(b->head)) {", "    if (fault != 0 && block_prev_free(b->head)) {"),
    ("heap.h", "        b->head = 0; /* or", "        /* or"),
    ("heap.h", "        heap_forget_head(cursor, b, behind);\n", ""),
    ("heap.h", "        heap_forget_head(cursor, next, behind);\n", ""),
    ("heap.h", "    heap->free += span;\n", "    heap->free += span - 1;\n"),
    ("heap.c", "end - start < shift + BLOCK_MIN_SPAN + BLOCK_HEAD_BYTES", "end - start < shift + BLOCK_MIN_SPAN"),
    ("heap.c", "list->reach = span - BLOCK_MIN_SPAN + 1;", "list->reach = span + 1;"),
    ("heap.c", "if (gap != 0 && gap < BLOCK_MIN_SPAN)", "if (false)"),
    ("heap.c", "available - need < BLOCK_MIN_SPAN ? available", "available - need > BLOCK_MIN_SPAN ? available"),
    ("heap.c", "owner, head & BLOCK_PREV_FREE);", "owner, 0);"),
    ("heap.c", "tail < next ? behind : tail", "tail"),
    ("heap.c", "        heap->free += old_span - span;", "        heap->free -= old_span - span;"),
    ("heap.c", "        behind->head |= BLOCK_PREV_FREE;\n", ""),
    # Ledger
    ("ledger.h", "    if (current > account->peak) {", "    if (current >= account->peak + 16) {"),
    ("ledger.h", "size > ledger->tallies[id].trigger;", "size >= ledger->tallies[id].trigger;"),
    ("ledger.h", "        left = ledger_subtract(&ledger->balances[id], size);",
     "        (void)ledger_subtract(&ledger->balances[id], size);"),
    ("ledger.h", "id < ledger->ids && row[id].current >= size", "id < ledger->ids && row[id].current > size"),
    ("ledger.h", "id < ledger->ids && row[id].current >= size", "row[id].current >= size"),
    ("ledger.h", "    return left == 0;", "    return left != 0;"),
    ("ledger.h", "    row[id].blocks--; /*", "    /*"),
    ("ledger.h", "        notice->limit.size = to;", "        notice->limit.size = from;"),
    ("ledger.h", "if (bytes > ledger->tallies[id].largest_refused)", "if (bytes < ledger->tallies[id].largest_refused)"),
    ("ledger.h", "ledger->balances[id].current != 0 ? CARD_OWING", "ledger->balances[id].current == 0 ? CARD_OWING"),
    ("ledger.c", "if (id == 0 || ledger->balances[id].current == 0) {", "if (true) {"),
    ("instance.c", "desc->size > instance_book_room(hl)", "false"),
    ("tasks.c", "    hl->foreign -= size;\n", ""),
    ("ledger.c", "if (card->state == CARD_KEPT) {", "if (card->state != CARD_KEPT) {"),
    ("ledger.c", "card->serial = ++ledger->last_serial;", "card->serial = ledger->last_serial++;"),
    ("ledger.c", "    card->is_folded = 0;\n", ""),
    ("ledger.c", "    clear_books(ledger, id);\n    card", "    card"),
    ("ledger.c", "ledger->keep_deleted ? CARD_KEPT : CARD_GONE", "ledger->keep_deleted ? CARD_GONE : CARD_KEPT"),
    ("ledger.c", "tally->limit < tally->warning ? tally->limit", "tally->limit > tally->warning ? tally->limit"),
    ("ledger.c", "after > before &&", "true &&"),
    ("ledger.c", "bool over_limit = before <= tally->limit", "bool over_limit = before < tally->limit"),
    ("ledger.c", "bool over_warning = before <= tally->warning &&", "bool over_warning ="),
    ("ledger.c", "            .limit = refused || over_limit,", "            .limit = over_limit,"),
    ("ledger.c", "(allowance == LEDGER_NO_LIMIT ? 0 : allowance)", "0"),
    ("ledger.c", "    ledger->vacant_last = (uint8_t)id;\n    ledger->vacant++;\n}\n\nvoid",
     "    ledger->vacant++;\n}\n\nvoid"),
    # Instance
    ("instance.h", "if (++heap >= behind)", "if (++heap > behind)"),
    ("instance.c", "start < (uintptr_t)other->start + other->size &&", "start + 64 < (uintptr_t)other->start + other->size &&"),
    ("instance.c", "index < 0 ? HL_FAULT_OUTSIDE", "index <= 0 ? HL_FAULT_OUTSIDE"),
    # Allocation
    ("alloc.c", "(words[word] & caps) != 0 &&", "(words[0] & caps) != 0 &&"),
    ("instance.h", "(instance_heap_caps(heap) & caps) == caps", "(instance_heap_caps(heap) & caps) != 0"),
    ("alloc.c", "if (hl_port_current(hl) != owner) {", "if (hl_port_current(hl) == owner) {"),
    ("aligned.c", "(alignment & (alignment - 1)) != 0", "(alignment & (alignment - 1)) == 1"),
    ("alloc.c", "if (common != 0 || ++heap >= behind)", "if (++heap >= behind)"),
    ("alloc.c", "HL_UNLIKELY(heap == NULL || caps == 0 ||", "HL_UNLIKELY(heap == NULL ||"),
    ("alloc.c", "if (block_owner(head) == id) {\n        return;", "if (block_owner(head) == id + 1) {\n        return;"),
    ("alloc.c", "found->block->head = block_with_owner(head, id);", ";"),
    ("alloc.c", "high > low_mask ||", "high > low_mask + 1 ||"),
    ("realloc.c", "size < old_size ? size : old_size", "size / 2 < old_size ? size / 2 : old_size"),
    ("realloc.c", "block_owner(head) == request.id ? block_size", "block_owner(head) != request.id ? block_size"),
    ("realloc.c", "need == 0 || !may_stay(found->heap, target)", "need == 0"),
    ("realloc.c", "    if (ledger_credit(&hl->ledger, row, owner, from)) {", "    if (ledger_credit(&hl->ledger, row, id, from)) {"),
    ("realloc.c", "resized == RESIZED_NO_ROOM) {\n            old", "resized != RESIZED_DONE) {\n            old"),
    # Tasks
    ("tasks.c", "i < sizeof(cut->bytes) - 1; i++", "i < sizeof(cut->bytes); i++"),
    ("tasks.c", "(alive == *best_alive ? card->serial > *best_serial : alive)", "card->serial > *best_serial"),
    ("tasks.c", "!card->is_folded && card->as.handle", "card->as.handle"),
    ("tasks.c", "size > instance_book_room(hl) ||", "size > instance_book_room(hl) - 8 ||"),
    ("tasks.c", "(row[id].current == size) != (row[id].blocks == 1)", "false"),
    ("tasks.c", "if (!ledger_is_open(&hl->ledger, task)) {", "if (ledger_is_open(&hl->ledger, task)) {"),
    # Folding
    ("fold.c", "HL_TASK_FIRST + 3) >> 2", "HL_TASK_FIRST + 2) >> 2"),
    ("fold.c", "bool a_is_older = ledger_serial(&hl->ledger, a) < ", "bool a_is_older = ledger_serial(&hl->ledger, a) > "),
    ("fold.c", "fold->look + 1U >= ledger->ids", "fold->look + 2U >= ledger->ids"),
    ("fold.c", "if (from->is_folded && from->as.folded == 0)", "if (from->is_folded)"),
    ("fold.c", "    ledger->folded++;\n", ""),
    ("fold.c", "to->serial == fold->to_serial && to->state", "to->state"),
    ("fold.c", "from->serial == fold->from_serial && from->state", "from->state"),
    ("fold.c", "} else if (hl->walking) {", "} else if (false) {"),
    ("fold.c", "heap_is_foreign(&hl->heaps[i]) && hl", "hl"),
    ("fold.c", "looks < HL_WALK_STEP && hl->cursor", "looks < 4 * HL_WALK_STEP && hl->cursor"),
    # Walks and reports
    ("walk.c", "hl->walking ? HL_ERR_BUSY : 0", "hl->changed ? HL_ERR_BUSY : 0"),
    ("walk.c", "        hl->changed = false;\n", ""),
    ("walk.c", "hl->fold.entered = false;", ";"),
    ("walk.c", "*block_foot(next) != b->head", "false"),
    ("walk.c", "block_prev_free(next->head) == block_used(b->head)", "false"),
    ("walk.c", "fault == 0 && b == heap->list.first", "fault != 0 && b == heap->list.first"),
    ("facts.c", "rest >= whole - part", "rest > whole - part"),
    ("facts.c", "size < survey->smallest_free", "size > survey->smallest_free"),
    ("facts.c", "of.sure > facts->sure ? of.sure", "of.sure < facts->sure ? of.sure"),
    ("check.c", "if (owner == checking->owner) {", "if (owner != checking->owner) {"),
    ("check.c", "            result = check_walk(checking);", "            result = 0;"),
    ("check.c", "if (filled && block_is_free_head", "if (block_is_free_head"),
    ("entry.c", "balances[id].peak != 0", "balances[id].current != 0"),
    ("snapshot.c", "tasks[at - 1].serial < outline->serial", "tasks[at - 1].serial > outline->serial"),
    ("snapshot.c", "more = !hl->changed && list_run", "more = list_run"),
    ("snapshot.c", "*block_foot(block_of(behind)) != head", "false"),
    ("snapshot.c", "->head) || user < last + BLOCK_MIN_SPAN", "->head)"),
    ("snapshot.c", "to == line->end || next >= end", "next >= end"),
    ("entry.c", "serial <= newest", "serial < newest"),
    ("snapshot.c", "if (out->tasks[middle].serial > serial) {", "if (out->tasks[middle].serial >= serial) {"),
]

# Broken places that no test can notice, because nothing that anybody sees depends on them.
EQUIVALENT = [
    ("freelist.h", "distance % HL_ALIGN == 0;", "distance % 2 == 0;",
     "a link to the middle of a block leads to words that do not link back: noticed one look later, "
     "by an access that only UBSan sees to be misaligned"),
    ("heap.h", "if (size - 1 >= BLOCK_MAX_SPAN - BLOCK_HEAD_BYTES)",
     "if (size - 1 > BLOCK_MAX_SPAN - BLOCK_HEAD_BYTES)",
     "the one size in question is larger than any heap: the lists have nothing for it either"),
    ("heap.c", "alignment > BLOCK_MAX_SPAN - need", "alignment > BLOCK_MAX_SPAN",
     "the sum still fits in 32 bits, and no heap has so much"),
    ("alloc.c", "(words[0] & caps) == 0) &&", "true) &&",
     "a heap that had no room is asked again, in vain"),
    ("heap.h", "    if (room == 0) {\n", "    if (room == 1) {\n",
     "the same fault follows from whatever is read before the heap; only the read is spared"),
    ("heap.c", "if (gap != 0 && gap < BLOCK_MIN_SPAN)", "if (gap != 0 && gap <= BLOCK_MIN_SPAN)",
     "the next place at least BLOCK_MIN_SPAN further on is the same one then"),
    ("heap.c", "if (next_free && need <= span)", "if (next_free && need < span)",
     "a free neighbour is at least BLOCK_MIN_SPAN: the line below gives the same"),
    ("heap.c", "        next->head = 0; /*", "        /*",
     "the head of a free block has no U bit: it does not look like a live one without that, either"),
    ("ledger.h", "    if (to > from) {", "    if (to >= from) {",
     "charging 0 bytes to a task that owns the block changes nothing"),
    ("ledger.c", "    card->refuse = 0;\n", "",
     "without a limit it means nothing, and hl_task_limit sets both"),
    ("instance.c", "fault <= HL_FAULT_SIZE ? ptr", "fault < HL_FAULT_SIZE ? ptr",
     "`where` is the same block then"),
]

# Both of the first are always run; the others when those notice nothing.
FIRST_TESTS = ["test_model", "test_exhaustive"]
OTHER_TESTS = ["test_model_few_ids", "test_model_large", "test_model_lean"]
ENVIRONMENT = {
    "HL_TEST_OPS": "100000",
    "HL_TEST_SEED": "1",
    "HL_TEST_SHRINK": "0",
    "HL_EXHAUSTIVE_DEPTH": "6",
}
TIMEOUT = 120


def copy_tree(to):
    ignore = shutil.ignore_patterns("build", ".git")
    shutil.copytree(ROOT, to, ignore=ignore, dirs_exist_ok=True)


def configure(tree):
    subprocess.run(
        ["cmake", "-S", tree, "-B", tree / "build", "-G", "Ninja", "-DHL_WITH_FREERTOS=OFF",
         "-DHL_BUILD_TESTS=ON", "-DHL_WERROR=OFF", "-DCMAKE_BUILD_TYPE=None",
         "-DCMAKE_C_FLAGS=-O1", "-DHL_TEST_OPS=100000"],
        check=True, stdout=subprocess.DEVNULL)


def build(tree, tests):
    command = ["ninja", "-C", tree / "build"] + tests
    return subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL).returncode == 0


def run_program(command, **environment):
    """True when it passes."""
    environment = {**os.environ, **ENVIRONMENT, **environment}
    process = subprocess.Popen(command, env=environment, start_new_session=True,
                               stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        return process.wait(TIMEOUT) == 0
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        return False


def run_ctest(tree):
    """The names of the tests that fail."""
    done = subprocess.run(
        ["ctest", "--test-dir", tree / "build", "-j", str(os.cpu_count()), "--timeout", str(TIMEOUT)],
        env={**os.environ, **ENVIRONMENT}, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
        text=True)
    return [line.split()[3] for line in done.stdout.splitlines() if "***" in line and "Test" in line]


def noticed_by(tree, everything, last_resort=True):
    """The names of the tests that notice what is in the tree now. Unless `everything` is wanted, the
    tests beside the model tests are run for what those do not notice only."""
    if everything:
        return run_ctest(tree) if build(tree, []) else ["compiler"]
    programs = tree / "build/bin/test"
    for tests in FIRST_TESTS, OTHER_TESTS:
        if not build(tree, tests):
            return ["compiler"]
        noticed = [test for test in tests if not run_program([programs / test])]
        if noticed:
            return noticed
    corpus = sorted((tree / "fuzz/corpus").iterdir())
    if not run_program([programs / "test_model_few_ids", *corpus]):
        return ["corpus"]
    if not run_program([programs / "test_model"], HL_TEST_OPS="2000000"):
        return ["test_model (2,000,000 operations)"]
    return run_ctest(tree) if last_resort and build(tree, []) else []


def shorten(text):
    return " ".join(text.split()) or "(nothing)"


def try_mutant(tree, mutant, everything):
    name, old, new = mutant
    path = tree / "src" / name
    text = path.read_text()
    if text.count(old) != 1:
        return None
    path.write_text(text.replace(old, new))
    try:
        return noticed_by(tree, everything)
    finally:
        path.write_text(text)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--all", action="store_true", help="run all tests that need no kernel")
    parser.add_argument("--only", metavar="TEXT", help="mutants whose file or text contains TEXT")
    parser.add_argument("--first", metavar="N", type=int, default=1, help="begin with number N")
    parser.add_argument("--list", action="store_true", help="only list the mutants")
    options = parser.parse_args()
    chosen = [(i, m) for i, m in enumerate(MUTANTS, 1)
              if i >= options.first and (not options.only or any(options.only in part for part in m))]
    if options.list:
        for i, (name, old, new) in chosen:
            print(f"{i:3}  {name:11}  {shorten(old)}  ->  {shorten(new)}")
        print("\nNot tried, as nothing depends on them:")
        for name, old, new, reason in EQUIVALENT:
            print(f"     {name:11}  {shorten(old)}  ->  {shorten(new)}: {reason}")
        return 0

    with tempfile.TemporaryDirectory(prefix="mutants.") as folder:
        tree = Path(folder)
        copy_tree(tree)
        configure(tree)
        if noticed_by(tree, options.all, last_resort=False):
            print("mutants: tests fail before anything is broken", file=sys.stderr)
            return 2
        survived = stale = 0
        for i, mutant in chosen:
            tests = try_mutant(tree, mutant, options.all)
            if tests is None:
                stale += 1
                verdict = "DOES NOT APPLY"
            elif not tests:
                survived += 1
                verdict = "SURVIVES"
            else:
                verdict = ", ".join(test.removeprefix("test_") for test in tests[:5])
                if len(tests) > 5:
                    verdict += f" and {len(tests) - 5} more"
            print(f"{i:3}  {mutant[0]:11}  {shorten(mutant[1])}  ->  {shorten(mutant[2])}\n"
                  f"     {verdict}", flush=True)
    print(f"{len(chosen)} mutants: {len(chosen) - survived - stale} noticed, {survived} survive, "
          f"{stale} do not apply")
    return 1 if survived or stale else 0


if __name__ == "__main__":
    sys.exit(main())
