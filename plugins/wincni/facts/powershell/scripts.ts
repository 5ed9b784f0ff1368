import { readFileSync } from 'node:fs';

/** Asks Windows about the node: loaded into the session of hns-bridge. Constant, as its scripts are. */
export const factsScript = readFileSync(new URL('./windows-facts.ps1', import.meta.url), 'utf8');
