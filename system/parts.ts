import { Script } from 'node:vm';

/**
 * The program's parts: texts that are run when they are needed, each with a cache of its compiled code.
 * The build makes them (scripts/parts.ts).
 */

/** A part as it is stored. */
export interface StoredPart {
  /** ASCII: a function of (module, exports, require). */
  readonly source: string;
  /** Made by the same Node of the same source. Without one, or where Node refuses it, the source is compiled. */
  readonly cache: Uint8Array | undefined;
}

/** What became of a part's compiled code: Node took it, or refused it and compiled the source, or there is none. */
export type CacheState = 'taken' | 'refused' | 'none';

/** A part that can be run. */
export interface CompiledPart {
  readonly script: Script;
  readonly cache: CacheState;
}

/** Compiles a part, or takes its compiled code from its cache; errors show it as that file. */
export function compilePart({ cache, source }: StoredPart, filename: string): CompiledPart {
  if (!cache) return { script: new Script(source, { filename }), cache: 'none' };
  const script = new Script(source, { filename, cachedData: cache });
  return { script, cache: script.cachedDataRejected ? 'refused' : 'taken' };
}

/** Where parts come from, and what they ask for beside each other. */
export interface PartSource {
  readonly stored: (name: string) => StoredPart;
  /** A module of Node's. */
  readonly builtIn: (name: string) => unknown;
  /** Is told of each part that is compiled. */
  readonly compiled?: (name: string, part: CompiledPart) => void;
}

/** Runs a part, and the parts it asks for by `./<name>.js`, each once. Gives what it exports. */
export function runPart(first: string, { builtIn, compiled, stored }: PartSource): unknown {
  const modules = new Map<string, { readonly exports: unknown }>();
  const load = (name: string): unknown => {
    const known = modules.get(name);
    if (known) return known.exports;
    const module = { exports: {} };
    modules.set(name, module);
    const part = compilePart(stored(name), `${name}.js`);
    compiled?.(name, part);
    part.script.runInThisContext()(module, module.exports, (wanted: string) =>
      wanted.startsWith('./') ? load(wanted.slice(2, -'.js'.length)) : builtIn(wanted),
    );
    return module.exports;
  };
  return load(first);
}
