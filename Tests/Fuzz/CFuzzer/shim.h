#pragma once
#include <stddef.h>
#include <stdint.h>

/* libFuzzer's own loop: the linker finds it by -sanitize=fuzzer. */
int LLVMFuzzerRunDriver(int *argc, char ***argv, int (*one_input)(const uint8_t *data, size_t size));
