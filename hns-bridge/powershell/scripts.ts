import { readFileSync } from 'node:fs';

/**
 * The scripts PowerShell runs. They are constant: nothing of a request is ever part of a script. The
 * build finds the three files by these very expressions, and puts their texts into the executable.
 */

/** The text behind `-Command`: reads the session's script from stdin and runs it. */
export const bootstrap = readFileSync(new URL('./bootstrap.txt', import.meta.url), 'utf8');

/** The session: serves requests, knows V1. */
export const sessionScript = readFileSync(new URL('./session.ps1', import.meta.url), 'utf8');

/** The V2 part, sent before the first V2 request. */
export const nativeScript = readFileSync(new URL('./native.ps1', import.meta.url), 'utf8');
