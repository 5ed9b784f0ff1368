import { spawnSync } from 'node:child_process';
import { copyFileSync, linkSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pluginNames } from '../../plugins/registry.ts';
import type { Places } from '../node-bases.ts';
import { fastFolder } from '../suite.ts';
import { type Meter, openMeter, type Timed } from './meter.ts';
import type { Report } from './report.ts';

/** What every part of the bench has. */
export interface Bench {
  /** Pairs that count. */
  readonly rounds: number;
  readonly places: Places;
  /** Empty at first; in memory, if the machine has a folder there. */
  readonly folder: string;
  readonly meter: Meter;
  readonly report: Report;
}

/** A system whose executables are measured. */
export interface System {
  readonly name: 'Linux' | 'Wine';
  /** Where commands keep their files. */
  readonly folder: string;
  /** Node itself, doing nothing. */
  bare(): Timed;
  /** A program of ours, by its name. */
  ours(name: string): string;
  /** The harness's own executable (program.ts). */
  harness(): string;
  /** A command as this system runs it. */
  command(timed: Timed): Timed;
}

/** Runs something with the setting of a bench, and removes its folder. */
export async function withBench(
  options: Pick<Bench, 'rounds' | 'places' | 'report'>,
  work: (bench: Bench) => Promise<void>,
): Promise<void> {
  const folder = mkdtempSync(join(programsFolder(options.report), 'wincni-bench-'));
  try {
    const meter = openMeter(folder);
    if (meter.missing !== undefined)
      options.report.notMeasured('Processor time and memory', meter.missing);
    await work({ ...options, folder, meter });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** In memory, where programs may be run there. */
function programsFolder(report: Report): string {
  const memory = fastFolder()['TMPDIR'];
  if (memory === undefined) {
    report.notMeasured('State in memory', 'this machine has no folder there');
    return tmpdir();
  }
  const trial = mkdtempSync(join(memory, 'wincni-bench-'));
  try {
    const program = join(trial, 'program');
    writeFileSync(program, '#!/bin/sh\n', { mode: 0o755 });
    if (spawnSync(program).status === 0) return memory;
  } finally {
    rmSync(trial, { recursive: true });
  }
  report.notMeasured('State in memory', `no program may be run in ${memory} (mount option noexec)`);
  return tmpdir();
}

/**
 * Copies of executables, all in one folder of the bench's. How much of a file a process maps depends on
 * how it came into the page cache: the same executable took 42 or 61 MB. Copies in memory are alike.
 */
export function copies(folder: string, files: readonly string[]): readonly string[] {
  mkdirSync(folder, { recursive: true });
  return files.map((file, index) => {
    const copy = join(folder, file.split('/').at(-1) ?? `${index}`);
    copyFileSync(file, copy);
    return copy;
  });
}

/** A copy of our program under all its names: gives a name's path. */
export function ownPrograms(folder: string, file: string): (name: string) => string {
  const suffix = file.endsWith('.exe') ? '.exe' : '';
  const at = (name: string) => join(folder, `${name}${suffix}`);
  mkdirSync(folder, { recursive: true });
  copyFileSync(file, at('wincni'));
  for (const name of pluginNames) linkSync(at('wincni'), at(name));
  return at;
}
