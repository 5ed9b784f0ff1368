import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import manifest from '../../package.json' with { type: 'json' };
import { checkTag, notesOf } from '../../scripts/release/notes.ts';
import { root } from '../helpers/trial-node.ts';

const changelog = `# Changelog

## Unreleased

- not yet

## 1.10.0 - 2026-02-03

### Added

- ten

## 1.1.0 - 2026-01-02

- one

## 1.0.0 - 2026-01-01

`;

describe('what the changelog says of a version', () => {
  it.each([
    ['1.10.0', '### Added\n\n- ten\n'],
    ['1.1.0', '- one\n'],
  ])('is its section, without the heading: %s', (version, notes) => {
    expect(notesOf(changelog, version)).toBe(notes);
  });

  it.each(['1.0.0', '1.1', '2.0.0', 'Unreleased', ''])('must be there: %s', (version) => {
    expect(() => notesOf(changelog, version)).toThrow(`says nothing of ${version}`);
  });

  it('is there for this version', () => {
    const notes = notesOf(readFileSync(join(root, 'CHANGELOG.md'), 'utf8'), manifest.version);
    expect(notes).toMatch(/^### Added\n/);
    expect(notes).not.toMatch(/^## /m);
  });
});

describe('a tag', () => {
  it('is v and the version', () => {
    expect(() => checkTag('v1.2.3', '1.2.3')).not.toThrow();
  });

  it.each(['1.2.3', 'v1.2.4', 'v1.2.3-rc.1', ''])('is no other: %s', (tag) => {
    expect(() => checkTag(tag, '1.2.3')).toThrow(`the tag is ${tag}, and package.json says 1.2.3`);
  });
});
