/** The objects of HNS's second API. */
export type HcnKind = 'Network' | 'Endpoint' | 'Namespace';

/**
 * The narrow port to HNS: JSON documents in, JSON documents out, both as text and never looked
 * into. Each method says which native functions it stands for; those are the calls the budgets
 * count. A refusal is thrown as HnsError.
 */
export interface Transport {
  /** V1: HNSCall(method, path, body). The whole answer: `{"Success":…,"Output":…}`. */
  v1(method: 'GET' | 'POST' | 'DELETE', path: string, body: string): Promise<string>;
  /** HcnEnumerate…: a JSON array of ids. */
  enumerate(kind: HcnKind, query: string): Promise<string>;
  /** HcnOpen…, HcnQuery…Properties: the object's document. */
  query(kind: HcnKind, id: string, query: string): Promise<string>;
  /**
   * HcnCreate…, HcnQuery…Properties: the new object's document. An endpoint needs its network's
   * id, which is opened first (HcnOpenNetwork).
   */
  create(kind: HcnKind, id: string, settings: string, network?: string): Promise<string>;
  /** HcnOpen…, HcnModify…. */
  modify(kind: HcnKind, id: string, settings: string): Promise<void>;
  /** HcnDelete…. */
  delete(kind: HcnKind, id: string): Promise<void>;
  /** HcsOpenComputeSystem, HcsModifyComputeSystem: Docker's containers are attached through HCS. */
  modifySystem(id: string, request: string): Promise<void>;
  /** Lets go of what was opened (a process, a library); never throws. */
  close(): Promise<void>;
}
