/* vmcompute.dll: V1 of HNS's functions, and what of HCS's attaches Docker's containers, of a simulated
   HNS. What a compute system would tell its callers by a callback never happens. */
#include "simulator.h"

EXPORT result HNSCall(const wide *method, const wide *path, const wide *body, wide **response) {
  struct bytes request = request_for("HNSCall");
  wide *record = NULL;
  append_field(&request, method);
  append_field(&request, path);
  append_field(&request, body);
  result hr = call(&request, response, &record);
  /* It has no error record: what it refuses with stands in its answer. */
  if (!*response) *response = record;
  else CoTaskMemFree(record);
  return hr;
}

EXPORT result HcsOpenComputeSystem(const wide *id, void **system, wide **answer) {
  struct bytes request = request_for("HcsOpenComputeSystem");
  append_field(&request, id);
  return call_for_handle('c', &request, system, answer);
}

EXPORT result HcsModifyComputeSystem(void *system, const wide *configuration, wide **answer) {
  struct bytes request = request_for("HcsModifyComputeSystem");
  if (!append_handle(&request, 'c', system)) return refuse_handle(&request, NULL, answer);
  append_field(&request, configuration);
  return call(&request, NULL, answer);
}

EXPORT result HcsGetComputeSystemProperties(void *system, const wide *query, wide **properties,
                                            wide **answer) {
  struct bytes request = request_for("HcsGetComputeSystemProperties");
  (void)query;
  if (!append_handle(&request, 'c', system)) return refuse_handle(&request, properties, answer);
  return call(&request, properties, answer);
}

EXPORT result HcsCloseComputeSystem(void *system) { return close_handle('c', system); }

EXPORT result HcsRegisterComputeSystemCallback(void *system, void *callback, void *context,
                                               void **registration) {
  static const wide nobody[] = {0};
  struct bytes request = request_for("");
  (void)callback, (void)context;
  *registration = NULL;
  if (!append_handle(&request, 'c', system)) return refuse_handle(&request, NULL, NULL);
  free(request.at);
  *registration = new_handle('r', nobody);
  return 0;
}

EXPORT result HcsUnregisterComputeSystemCallback(void *registration) {
  return close_handle('r', registration);
}
