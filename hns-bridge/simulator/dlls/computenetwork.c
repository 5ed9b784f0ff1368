/* computenetwork.dll, V2 of HNS's functions, of a simulated HNS. */
#include "simulator.h"

typedef struct {
  uint32_t a;
  uint16_t b, c;
  uint8_t d[8];
} guid;

static void append_guid(struct bytes *request, const guid *id) {
  char text[40];
  snprintf(text, sizeof text, "%08x-%04x-%04x-%02x%02x-%02x%02x%02x%02x%02x%02x", id->a, id->b, id->c,
           id->d[0], id->d[1], id->d[2], id->d[3], id->d[4], id->d[5], id->d[6], id->d[7]);
  append_ascii_field(request, text);
}

static result enumerate(const char *function, const wide *query, wide **ids, wide **record) {
  struct bytes request = request_for(function);
  append_field(&request, query);
  return call(&request, ids, record);
}

static result create(char kind, const char *function, const guid *id, const wide *settings,
                     void **handle, wide **record) {
  struct bytes request = request_for(function);
  append_guid(&request, id);
  append_field(&request, settings);
  return call_for_handle(kind, &request, handle, record);
}

static result open_object(char kind, const char *function, const guid *id, void **handle,
                          wide **record) {
  struct bytes request = request_for(function);
  append_guid(&request, id);
  return call_for_handle(kind, &request, handle, record);
}

static result query_object(char kind, const char *function, void *handle, const wide *query,
                           wide **properties, wide **record) {
  struct bytes request = request_for(function);
  if (!append_handle(&request, kind, handle)) return refuse_handle(&request, properties, record);
  append_field(&request, query);
  return call(&request, properties, record);
}

static result modify(char kind, const char *function, void *handle, const wide *settings,
                     wide **record) {
  struct bytes request = request_for(function);
  if (!append_handle(&request, kind, handle)) return refuse_handle(&request, NULL, record);
  append_field(&request, settings);
  return call(&request, NULL, record);
}

static result delete_object(const char *function, const guid *id, wide **record) {
  struct bytes request = request_for(function);
  append_guid(&request, id);
  return call(&request, NULL, record);
}

#define KIND(LETTER, ONE, MANY)                                                                    \
  EXPORT result HcnEnumerate##MANY(const wide *query, wide **ids, wide **record) {                 \
    return enumerate("HcnEnumerate" #MANY, query, ids, record);                                    \
  }                                                                                                \
  EXPORT result HcnOpen##ONE(const guid *id, void **handle, wide **record) {                       \
    return open_object(LETTER, "HcnOpen" #ONE, id, handle, record);                                \
  }                                                                                                \
  EXPORT result HcnQuery##ONE##Properties(void *handle, const wide *query, wide **properties,      \
                                          wide **record) {                                         \
    return query_object(LETTER, "HcnQuery" #ONE "Properties", handle, query, properties, record);  \
  }                                                                                                \
  EXPORT result HcnModify##ONE(void *handle, const wide *settings, wide **record) {                \
    return modify(LETTER, "HcnModify" #ONE, handle, settings, record);                             \
  }                                                                                                \
  EXPORT result HcnDelete##ONE(const guid *id, wide **record) {                                    \
    return delete_object("HcnDelete" #ONE, id, record);                                            \
  }                                                                                                \
  EXPORT result HcnClose##ONE(void *handle) { return close_handle(LETTER, handle); }

KIND('n', Network, Networks)
KIND('e', Endpoint, Endpoints)
KIND('s', Namespace, Namespaces)

EXPORT result HcnCreateNetwork(const guid *id, const wide *settings, void **handle, wide **record) {
  return create('n', "HcnCreateNetwork", id, settings, handle, record);
}

EXPORT result HcnCreateNamespace(const guid *id, const wide *settings, void **handle,
                                 wide **record) {
  return create('s', "HcnCreateNamespace", id, settings, handle, record);
}

EXPORT result HcnCreateEndpoint(void *network, const guid *id, const wide *settings, void **handle,
                                wide **record) {
  struct bytes request = request_for("HcnCreateEndpoint");
  *handle = NULL;
  if (!append_handle(&request, 'n', network)) return refuse_handle(&request, NULL, record);
  append_guid(&request, id);
  append_field(&request, settings);
  return call_for_handle('e', &request, handle, record);
}
