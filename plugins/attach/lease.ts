import type { Result, Route } from '../../cni/result.ts';

const isAnywhere = (dst: string) => dst === '0.0.0.0/0' || dst === '::/0';

/** The routes of IPAM's answer that an endpoint does not get: it has its default route, as ever. */
export function unusedRoutes({ routes }: Pick<Result, 'routes'>): readonly Route[] {
  return routes.filter(({ dst }) => !isAnywhere(dst));
}
