/* What differs between Windows and Linux: sockets, locks, memory that a caller frees, this process. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef uint16_t wide; /* a character of a text */
typedef int32_t result; /* an HRESULT */

#ifdef _WIN32
#include <winsock2.h>
#include <objbase.h>
#define EXPORT __declspec(dllexport)
typedef SOCKET connection;
#define NO_CONNECTION INVALID_SOCKET
#define SEND_FLAGS 0
static SRWLOCK lock = SRWLOCK_INIT;
static INIT_ONCE sockets_started = INIT_ONCE_STATIC_INIT;

static void take_lock(void) { AcquireSRWLockExclusive(&lock); }
static void leave_lock(void) { ReleaseSRWLockExclusive(&lock); }
static BOOL CALLBACK start_sockets(INIT_ONCE *once, void *parameter, void **context) {
  WSADATA data;
  (void)once, (void)parameter, (void)context;
  return WSAStartup(MAKEWORD(2, 2), &data) == 0;
}
/* At the first use: Windows forbids it while a library is being loaded. */
static void prepare_sockets(void) { InitOnceExecuteOnce(&sockets_started, start_sockets, NULL, NULL); }
static void drop(connection c) { closesocket(c); }
static wide *give(size_t characters) { return CoTaskMemAlloc(characters * sizeof(wide)); }
static unsigned long process_id(void) { return GetCurrentProcessId(); }
static void program_path(char *path, unsigned size) { GetModuleFileNameA(NULL, path, size); }
static void end_process(void) { TerminateProcess(GetCurrentProcess(), 1); }
/* Not getenv: the environment of the process, not that of a C library. */
static int variable(const char *name, char *value, unsigned size) {
  DWORD length = GetEnvironmentVariableA(name, value, size);
  return length > 0 && length < size;
}

#else
#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>
#define EXPORT __attribute__((visibility("default")))
typedef int connection;
#define NO_CONNECTION (-1)
#define SEND_FLAGS MSG_NOSIGNAL /* a caller that does not expect a signal must not die of it */
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

static void take_lock(void) { pthread_mutex_lock(&lock); }
static void leave_lock(void) { pthread_mutex_unlock(&lock); }
static void prepare_sockets(void) {}
static void drop(connection c) { close(c); }
static unsigned long process_id(void) { return (unsigned long)getpid(); }
static void program_path(char *path, unsigned size) {
  ssize_t length = readlink("/proc/self/exe", path, size - 1);
  path[length < 0 ? 0 : length] = 0;
}
static void end_process(void) { kill(getpid(), SIGKILL); }
static int variable(const char *name, char *value, unsigned size) {
  const char *found = getenv(name);
  return found && *found && snprintf(value, size, "%s", found) < (int)size;
}

/* What Windows has of its own: here they are functions of these libraries, and counted. */
static long texts_given;
static wide *give(size_t characters) {
  __atomic_add_fetch(&texts_given, 1, __ATOMIC_SEQ_CST);
  return malloc(characters * sizeof(wide));
}
EXPORT void CoTaskMemFree(void *memory) {
  if (memory) __atomic_sub_fetch(&texts_given, 1, __ATOMIC_SEQ_CST);
  free(memory);
}
EXPORT int lstrlenW(const wide *text) {
  int length = 0;
  while (text && text[length]) length++;
  return length;
}
/* For tests: how many texts were given out of this library and not freed by it. */
EXPORT int SimulatorTexts(void) { return (int)texts_given; }
#endif
