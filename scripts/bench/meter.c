/*
 * Runs commands, one after another or all at once, and says what they cost: wall-clock time, the
 * processor time that the kernel counted for them and for all they started, and their peak memory.
 *
 *   meter plain|crowd|memory < commands
 *
 * Standard input is fields that each end in a zero byte. A command is: its standard input (a file), what
 * takes its standard output and error (a file), its folder, the number of its arguments and these, the
 * program first, the number of its variables and these.
 *
 * Prints a line a command: its exit code, its wall-clock time in nanoseconds, its peak memory in KiB and,
 * of that, what lies in no file (with `memory`; else 0). A last line: the wall-clock time of all in
 * nanoseconds, and their processor time in microseconds.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

struct command {
  const char *input, *output, *folder;
  char **arguments, **variables;
  pid_t pid;
  int exit_code;
  long long started, wall;
  long peak, in_no_file;
};

static char *text;
static size_t length, position;
static long long processor;

static void fail(const char *what) {
  fprintf(stderr, "meter: %s: %s\n", what, strerror(errno));
  exit(2);
}

static long long now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return time.tv_sec * 1000000000LL + time.tv_nsec;
}

static void read_all(void) {
  size_t room = 0;
  for (;;) {
    if (length == room && !(text = realloc(text, room = room * 2 + 65536))) fail("memory");
    ssize_t got = read(0, text + length, room - length);
    if (got < 0) fail("standard input");
    if (got == 0) return;
    length += (size_t)got;
  }
}

static char *field(void) {
  char *from = text + position;
  char *end = position < length ? memchr(from, 0, length - position) : NULL;
  if (!end) errno = EPROTO, fail("commands");
  position = (size_t)(end - text) + 1;
  return from;
}

static char **fields(void) {
  long count = atol(field());
  char **all = calloc((size_t)count + 1, sizeof *all);
  if (!all) fail("memory");
  for (long index = 0; index < count; index++) all[index] = field();
  return all;
}

static struct command *read_commands(size_t *number) {
  struct command *commands = NULL;
  read_all();
  for (*number = 0; position < length; ++*number) {
    commands = realloc(commands, (*number + 1) * sizeof *commands);
    if (!commands) fail("memory");
    struct command *command = &commands[*number];
    memset(command, 0, sizeof *command);
    command->input = field(), command->output = field(), command->folder = field();
    command->arguments = fields(), command->variables = fields();
  }
  return commands;
}

/* Starts a command, at once or when it is told to go on. */
static void start(struct command *command, int waits) {
  command->started = now();
  command->pid = fork();
  if (command->pid < 0) fail("fork");
  if (command->pid > 0) return;
  int input = open(command->input, O_RDONLY);
  int output = open(command->output, O_WRONLY | O_CREAT | O_TRUNC, 0600);
  if (input < 0 || output < 0 || chdir(command->folder) != 0) _exit(126);
  dup2(input, 0), dup2(output, 1), dup2(output, 2);
  if (input > 2) close(input);
  if (output > 2) close(output);
  if (waits) raise(SIGSTOP);
  execvpe(command->arguments[0], command->arguments, command->variables);
  _exit(127);
}

/* Waits for any process, ours or one that was left to us, and counts its time when it has ended. */
static pid_t next(int *status, struct rusage *usage) {
  pid_t pid;
  do pid = wait4(-1, status, __WALL, usage);
  while (pid < 0 && errno == EINTR);
  if (pid > 0 && !WIFSTOPPED(*status)) {
    processor += usage->ru_utime.tv_sec * 1000000LL + usage->ru_utime.tv_usec;
    processor += usage->ru_stime.tv_sec * 1000000LL + usage->ru_stime.tv_usec;
  }
  return pid;
}

static void finish(struct command *command, int status, const struct rusage *usage) {
  command->wall = now() - command->started;
  command->exit_code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  command->peak = usage->ru_maxrss;
}

static void wait_for(struct command *commands, size_t number) {
  int status;
  struct rusage usage;
  for (size_t left = number; left > 0;) {
    pid_t pid = next(&status, &usage);
    if (pid < 0) fail("wait");
    for (size_t index = 0; index < number; index++) {
      if (commands[index].pid != pid) continue;
      finish(&commands[index], status, &usage);
      left--;
    }
  }
}

static long kilobytes(const char *line, const char *name) {
  size_t size = strlen(name);
  return strncmp(line, name, size) == 0 ? atol(line + size) : 0;
}

/*
 * Of a process that is just ending: the most memory it had, less what it has of files, which is the
 * most it had of those. (What it has in no file is no peak any more: Node has let its heap go.)
 */
static long memory_in_no_file(pid_t pid) {
  char path[64], line[256];
  long found = 0;
  snprintf(path, sizeof path, "/proc/%d/status", pid);
  FILE *file = fopen(path, "r");
  if (!file) fail(path);
  while (fgets(line, sizeof line, file)) {
    found += kilobytes(line, "VmHWM:") - kilobytes(line, "RssFile:") - kilobytes(line, "RssShmem:");
  }
  fclose(file);
  return found;
}

/* Runs a command that is stopped as it ends, while its memory is still there. */
static void run_watched(struct command *command) {
  int status;
  struct rusage usage;
  start(command, 1);
  if (waitpid(command->pid, &status, WUNTRACED) < 0) fail("wait");
  if (ptrace(PTRACE_SEIZE, command->pid, 0, PTRACE_O_TRACEEXIT) != 0) fail("ptrace");
  kill(command->pid, SIGCONT);
  for (;;) {
    pid_t pid = next(&status, &usage);
    if (pid < 0) fail("wait");
    if (pid != command->pid) continue;
    if (!WIFSTOPPED(status)) break;
    int event = status >> 16;
    if (event == PTRACE_EVENT_EXIT) command->in_no_file = memory_in_no_file(pid);
    /* A signal is the command's; any other stop is for us alone. */
    int number = event ? 0 : WSTOPSIG(status);
    if (ptrace(PTRACE_CONT, pid, 0, number) != 0) fail("ptrace");
  }
  finish(command, status, &usage);
}

int main(int given, char **arguments) {
  const char *way = given == 2 ? arguments[1] : "";
  int crowd = strcmp(way, "crowd") == 0, memory = strcmp(way, "memory") == 0;
  if (!crowd && !memory && strcmp(way, "plain") != 0) {
    fprintf(stderr, "usage: meter plain|crowd|memory < commands\n");
    return 2;
  }
  size_t number;
  struct command *commands = read_commands(&number);
  /* Wine's processes start others as nobody's children: they are ours then, and are counted. */
  if (prctl(PR_SET_CHILD_SUBREAPER, 1) != 0) fail("prctl");
  long long started = now();
  for (size_t index = 0; index < number; index++) {
    if (memory) run_watched(&commands[index]);
    else start(&commands[index], 0);
    if (!memory && !crowd) wait_for(&commands[index], 1);
  }
  if (crowd) wait_for(commands, number);
  long long wall = now() - started;
  int status;
  struct rusage usage;
  /* What they left behind ends soon after them. If it does not, there is no figure: this ends us. */
  alarm(10);
  while (next(&status, &usage) > 0) continue;
  for (size_t index = 0; index < number; index++) {
    struct command *command = &commands[index];
    printf("%d %lld %ld %ld\n", command->exit_code, command->wall, command->peak,
           command->in_no_file);
  }
  printf("%lld %lld\n", wall, processor);
  return 0;
}
