// Counts how often the calling thread asks for memory, for tests of code that must not.
#ifndef UNFOLD_ALLOCATION_COUNTER_H
#define UNFOLD_ALLOCATION_COUNTER_H

// Whether allocations can be counted on this platform.
int allocation_counter_is_available(void);

// Starts to count the calling thread's allocations of more than `ignored` bytes from zero.
void allocation_counter_start(unsigned long ignored);

// Stops, and returns how many there were.
long allocation_counter_stop(void);

#endif
