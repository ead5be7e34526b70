#ifndef UNFOLD_CMPI_SHIM_H
#define UNFOLD_CMPI_SHIM_H

#include <mpi.h>
#include <sys/prctl.h>

// Swift cannot see these macros: casts of addresses, or of numbers to pointers, by implementation.

static inline MPI_Comm unfold_mpi_world(void) { return MPI_COMM_WORLD; }
static inline MPI_Datatype unfold_mpi_byte(void) { return MPI_BYTE; }
static inline MPI_Request unfold_mpi_no_request(void) { return MPI_REQUEST_NULL; }

// Errors come back as numbers, so that a rank that is lost can be named.
static inline int unfold_mpi_return_errors(void) {
  return MPI_Comm_set_errhandler(MPI_COMM_WORLD, MPI_ERRORS_RETURN);
}

static inline int unfold_mpi_test_all(int count, MPI_Request *requests, int *done) {
  return MPI_Testall(count, requests, done, MPI_STATUSES_IGNORE);
}

// Ranks of the job on this machine; 0 where MPI does not tell.
static inline int unfold_mpi_neighbours(void) {
  MPI_Comm here;
  int count = 0;
  if (MPI_Comm_split_type(MPI_COMM_WORLD, MPI_COMM_TYPE_SHARED, 0, MPI_INFO_NULL, &here) != MPI_SUCCESS)
    return 0;
  MPI_Comm_size(here, &count);
  MPI_Comm_free(&here);
  return count;
}

// Lets this thread sleep for some microseconds when it asks for that, and not for fifty more.
static inline void unfold_mpi_sleep_briefly(void) { prctl(PR_SET_TIMERSLACK, 1000UL, 0UL, 0UL, 0UL); }

#endif
