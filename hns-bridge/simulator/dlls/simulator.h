/* One call to the simulator, and the handles of what was opened. docs/simulator.md has the protocol. */
#include "platform.h"

#define RPC_S_SERVER_UNAVAILABLE_HRESULT ((result)0x800706BAu)
#define RPC_S_CALL_FAILED_HRESULT ((result)0x800706BEu)
#define INVALID_HANDLE_HRESULT ((result)0x80070006u)

/* Bytes that grow. */
struct bytes {
  char *at;
  size_t length, room;
};

static void append(struct bytes *b, const char *bytes, size_t length) {
  if (b->length + length + 1 > b->room) {
    b->room = (b->length + length + 1) * 2;
    b->at = realloc(b->at, b->room);
  }
  memcpy(b->at + b->length, bytes, length);
  b->length += length;
  b->at[b->length] = 0;
}

static void append_text(struct bytes *b, const char *text) { append(b, text, strlen(text)); }

/* A field: a tab, then "-" for no text, or "=" and the text, all but printable ASCII as \uXXXX. */
static void append_field(struct bytes *b, const wide *text) {
  char escaped[8];
  append_text(b, text ? "\t=" : "\t-");
  for (; text && *text; text++) {
    char plain = (char)*text;
    if (*text >= 0x20 && *text < 0x7f && *text != '\\') append(b, &plain, 1);
    else append(b, escaped, (size_t)snprintf(escaped, sizeof escaped, "\\u%04x", *text));
  }
}

static void append_ascii_field(struct bytes *b, const char *text) {
  size_t length = strlen(text);
  wide *copy = malloc((length + 1) * sizeof(wide));
  for (size_t i = 0; i <= length; i++) copy[i] = (unsigned char)text[i];
  append_field(b, copy);
  free(copy);
}

static unsigned hex_digits(const char *at, int count) {
  unsigned value = 0;
  for (int i = 0; i < count && at[i]; i++) {
    char c = at[i];
    value = value * 16 + (unsigned)(c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10);
  }
  return value;
}

static int is_escape(const char *at) {
  if (at[0] != '\\' || at[1] != 'u') return 0;
  for (int i = 2; i < 6; i++)
    if (!at[i] || !strchr("0123456789abcdef", at[i])) return 0;
  return 1;
}

/* The text of a field, in memory that the caller of the library frees; NULL for no text. */
static wide *field_text(const char *field) {
  size_t length = 0;
  if (*field != '=') return NULL;
  wide *text = give(strlen(field) + 1);
  for (const char *at = field + 1; *at; length++) {
    if (is_escape(at)) text[length] = (wide)hex_digits(at + 2, 4), at += 6;
    else text[length] = (unsigned char)*at++;
  }
  text[length] = 0;
  return text;
}

/* Connections that no call is on. A call that finds none makes one; more than these are closed. */
#define POOL 16
static connection pool[POOL];
static int pooled;

static int send_all(connection c, const char *bytes, size_t length) {
  while (length > 0) {
    int sent = (int)send(c, bytes, (int)length, SEND_FLAGS);
    if (sent <= 0) return 0;
    bytes += sent;
    length -= (size_t)sent;
  }
  return 1;
}

/* WINCNI_SIMULATOR is "<port> <folder>": where the simulator listens, and which HNS is asked. */
static connection new_connection(void) {
  char place[4096], program[1024] = "", number[32];
  struct sockaddr_in address = {.sin_family = AF_INET};
  struct bytes hello = {0};
  int yes = 1, known;
  if (!variable("WINCNI_SIMULATOR", place, sizeof place)) return NO_CONNECTION;
  char *folder = strchr(place, ' ');
  if (!folder) return NO_CONNECTION;
  *folder++ = 0;
  prepare_sockets();
  connection c = socket(AF_INET, SOCK_STREAM, 0);
  if (c == NO_CONNECTION) return c;
  address.sin_port = htons((uint16_t)atoi(place));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  setsockopt(c, IPPROTO_TCP, TCP_NODELAY, (const char *)&yes, sizeof yes);
  program_path(program, sizeof program);
  snprintf(number, sizeof number, "%lu", process_id());
  append_text(&hello, "hello");
  append_ascii_field(&hello, folder);
  append_ascii_field(&hello, number);
  append_ascii_field(&hello, program);
  append_text(&hello, "\n");
  known = connect(c, (struct sockaddr *)&address, sizeof address) == 0 &&
          send_all(c, hello.at, hello.length);
  free(hello.at);
  if (known) return c;
  drop(c);
  return NO_CONNECTION;
}

static connection take_connection(void) {
  connection c = NO_CONNECTION;
  take_lock();
  if (pooled > 0) c = pool[--pooled];
  leave_lock();
  return c == NO_CONNECTION ? new_connection() : c;
}

static void leave_connection(connection c) {
  take_lock();
  int kept = pooled < POOL;
  if (kept) pool[pooled++] = c;
  leave_lock();
  if (!kept) drop(c);
}

/* Reads a line, without its end; 0 when the connection ends before it, or has more than it. */
static int read_line(connection c, struct bytes *line) {
  char piece[65536];
  for (;;) {
    int got = (int)recv(c, piece, sizeof piece, 0);
    if (got <= 0) return 0;
    append(line, piece, (size_t)got);
    char *end = memchr(line->at + line->length - got, '\n', (size_t)got);
    if (!end) continue;
    if (end != line->at + line->length - 1) return 0;
    *end = 0;
    line->length--;
    return 1;
  }
}

/* A call: a line there, a line back (HRESULT, text, error record). It is never repeated: what became of
   one whose connection ended nobody knows. Every out parameter is set. */
static result call(struct bytes *request, wide **text, wide **record) {
  struct bytes answer = {0};
  result hr = RPC_S_SERVER_UNAVAILABLE_HRESULT;
  if (text) *text = NULL;
  if (record) *record = NULL;
  append_text(request, "\n");
  connection c = take_connection();
  if (c != NO_CONNECTION) {
    hr = RPC_S_CALL_FAILED_HRESULT;
    if (send_all(c, request->at, request->length) && read_line(c, &answer)) {
      if (strcmp(answer.at, "die") == 0) end_process();
      leave_connection(c);
      char *second = strchr(answer.at, '\t');
      char *third = second ? strchr(second + 1, '\t') : NULL;
      if (third) {
        *second++ = 0;
        *third++ = 0;
        hr = (result)hex_digits(answer.at, 8);
        if (text) *text = field_text(second);
        if (record) *record = field_text(third);
      }
    } else {
      drop(c);
    }
  }
  free(request->at);
  free(answer.at);
  return hr;
}

/* What is open: a handle is the number of a slot, so that one that was closed is known to be none. */
struct slot {
  char kind; /* 0: free */
  wide *id;
};
static struct slot *slots;
static size_t slot_count;

static void *new_handle(char kind, const wide *id) {
  size_t at = 0, length = 0;
  while (id[length]) length++;
  wide *copy = malloc((length + 1) * sizeof(wide));
  memcpy(copy, id, (length + 1) * sizeof(wide));
  take_lock();
  while (at < slot_count && slots[at].kind) at++;
  if (at == slot_count) slots = realloc(slots, ++slot_count * sizeof *slots);
  slots[at] = (struct slot){kind, copy};
  leave_lock();
  return (void *)(uintptr_t)(at + 1);
}

/* The id behind a handle, appended as a field; 0 for a handle of nothing. */
static int append_handle(struct bytes *request, char kind, void *handle) {
  size_t at = (size_t)(uintptr_t)handle - 1;
  take_lock();
  int good = at < slot_count && slots[at].kind == kind;
  if (good) append_field(request, slots[at].id);
  leave_lock();
  return good;
}

static result close_handle(char kind, void *handle) {
  size_t at = (size_t)(uintptr_t)handle - 1;
  take_lock();
  int good = at < slot_count && slots[at].kind == kind;
  if (good) {
    free(slots[at].id);
    slots[at].kind = 0;
  }
  leave_lock();
  return good ? 0 : INVALID_HANDLE_HRESULT;
}

/* For tests: how many handles of this library are open. */
EXPORT int SimulatorHandles(void) {
  int open = 0;
  take_lock();
  for (size_t at = 0; at < slot_count; at++) open += slots[at].kind != 0;
  leave_lock();
  return open;
}

/* A call that opens something: its answer is the id. */
static result call_for_handle(char kind, struct bytes *request, void **handle, wide **record) {
  wide *id = NULL;
  *handle = NULL;
  result hr = call(request, &id, record);
  if (id) *handle = new_handle(kind, id);
  CoTaskMemFree(id);
  return hr;
}

static struct bytes request_for(const char *function) {
  struct bytes request = {0};
  append_text(&request, function);
  return request;
}

static result refuse_handle(struct bytes *request, wide **text, wide **record) {
  free(request->at);
  if (text) *text = NULL;
  if (record) *record = NULL;
  return INVALID_HANDLE_HRESULT;
}
