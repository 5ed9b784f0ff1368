import { redacted, secretNamePattern } from './secret-names.ts';

/**
 * Secrets in a text of any kind: a command line, a log, a file that does not parse. By rule, and rather too
 * much than too little: what a value stands under, and what secrets look like. Every expression is bounded,
 * for the text may be anybody's.
 */

const name = `(?:${secretNamePattern})[\\w.-]{0,64}`;
/** The name's own quote, where it has one, and what stands between it and the value. */
const means = '\\\\{0,3}["\'`]?\\s{0,20}(?::=|[:=])\\s{0,20}';
/** A text in quotes, to the end of its line where the second is missing. */
const quoted = [
  '"""[\\s\\S]*?(?:"""|$(?![\\s\\S]))',
  "'''[\\s\\S]*?(?:'''|$(?![\\s\\S]))",
  '"(?:[^"\\\\\\r\\n]|\\\\.)*"?',
  "'(?:[^'\\r\\n]|'')*'?",
].join('|');
/** A word, or what is in brackets. */
const bare = '(?:\\{[^}]{0,4000}\\}?|\\[[^\\]]{0,4000}\\]?|[^\\s"\'<>]+)';
/** Booleans say how, not what. */
const harmless = `(?:true|false|null|yes|no|${redacted})(?![\\w.-])`;

interface Rule {
  readonly pattern: RegExp;
  readonly by: string;
}

const rules: readonly Rule[] = [
  {
    // A key in PEM, its lines as they are or as \n.
    pattern:
      /-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z0-9 ]{0,40}-----|$)/g,
    by: redacted,
  },
  {
    // https://user:password@proxy: up to the last @, for passwords with / and @ in them are seen.
    pattern: /:\/\/[^\s"'<>]{0,1024}@/g,
    by: `://${redacted}@`,
  },
  {
    // The same without a scheme, as proxies are written; not an image with its digest.
    pattern: /(?<![^\s"'=,;(])[^\s"'=:@/<>]{1,128}:[^\s"'@<>]{1,128}@(?!sha256:)(?=[\w.[-])/g,
    by: `${redacted}@`,
  },
  {
    // A header: the scheme and all that follows it.
    pattern: /(authorization\\{0,3}["']?\s{0,5}[:=]\s{0,5}\\{0,3}["']?)[^"'\\\r\n]+/gi,
    by: `$1${redacted}`,
  },
  {
    pattern: /\b(bearer|basic|negotiate|digest)(\\?["']?\s{1,5}\\?["']?)[\w.~+/=:-]{4,}/gi,
    by: `$1$2${redacted}`,
  },
  {
    // `token:`, and its value in the lines below it that are further in; of `token: |`, too.
    pattern: new RegExp(
      `^([ \\t]{0,200}(?:- )?["']?[\\w.-]{0,64}${name}["']?:)[ \\t]*[|>]?[+-]?[ \\t]*((?:\\r?\\n(?:[ \\t]{2,}|[ \\t]{0,200}- (?![\\w"'-]{1,64}:[ \\t\\r\\n]))[^\\r\\n]*)+)`,
      'gim',
    ),
    by: `$1 ${redacted}`,
  },
  {
    // A pair, in YAML or in JSON, quoted itself or not: name: KUBE_TOKEN, value: x.
    pattern: new RegExp(
      `(\\bname${means}(?:\\\\{0,3}["'])?[\\w.-]{0,64}${name}\\\\{0,3}["']?\\s{0,5},?\\s{0,200}\\\\{0,3}["']?value${means})(\\\\{0,3}["']?)(?!${redacted})[^\\s\\\\"'][^\\\\"'\\r\\n]*`,
      'gi',
    ),
    by: `$1$2${redacted}`,
  },
  {
    // A tag of YAML's is no value; a table has tabs.
    pattern: new RegExp(
      `(${name}(?:${means}!{1,2}\\w{1,20}[ \\t]{1,20}|\\t{1,5}))(?!${redacted})[^\\r\\n]+`,
      'gi',
    ),
    by: `$1${redacted}`,
  },
  {
    pattern:
      /(ConvertTo-SecureString\s{1,10}(?:-String\s{1,10})?)(?:"[^"\r\n]*"?|'[^'\r\n]*'?|(?!-|<redacted>)[^\s"']+)/gi,
    by: `$1"${redacted}"`,
  },
  {
    // RKE2 and K3s: agent -t x.
    pattern: /(\b(?:rke2|k3s)(?:\.exe)?["']?[^\r\n]{0,1000}\s-t[\s=]{1,5})(?!<redacted>)[^\s"']+/gi,
    by: `$1${redacted}`,
  },
  {
    // A quoted value, wherever its name is: "token": "x", password = 'x'.
    pattern: new RegExp(`(${name}${means})(?:${quoted})`, 'gi'),
    by: `$1"${redacted}"`,
  },
  {
    // The same in a text that is quoted itself: \"secret\":\"x\".
    pattern: new RegExp(
      `(${name}${means})(\\\\{1,3}["'])(?:(?!\\\\{1,3}["'])[^\\r\\n])*(?:\\\\{1,3}["'])?`,
      'gi',
    ),
    by: `$1$2${redacted}$2`,
  },
  {
    // A line that is a name and a value: the value may have blanks.
    pattern: new RegExp(
      `^(?![ \\t]{0,200}--)([ \\t]{0,200}[#;-]?[ \\t]{0,20}[\\w.$:-]{0,64}${name}[ \\t]{0,20}(?:=|: )[ \\t]{0,20})(?!${harmless}[ \\t]*\\r?$)(?!["'[{ \\t\\\\])[^\\r\\n]+`,
      'gim',
    ),
    by: `$1${redacted}`,
  },
  {
    // --token=x, KUBE_TOKEN=x, ?sig=x, /password:x, {token:x}.
    pattern: new RegExp(`(${name}${means})(?!${harmless})(?!\\\\{0,3}["'])${bare}`, 'gi'),
    by: `$1${redacted}`,
  },
  {
    // --token "x y"
    pattern: new RegExp(`((?<![\\w-])--?[\\w.-]{0,64}${name}\\s{1,10})(?:${quoted})`, 'gi'),
    by: `$1"${redacted}"`,
  },
  {
    // --token x, -Password x, ["--token", "x"].
    pattern: new RegExp(
      `((?<![\\w-])--?[\\w.-]{0,64}${name}(?:\\s{1,10}|\\\\{0,3}["']\\s{0,5},?\\s{0,5}\\\\{0,3}["']))(?!${harmless})(?!-)[^\\s"']+`,
      'gi',
    ),
    by: `$1${redacted}`,
  },
  {
    // <password>x</password>
    pattern: new RegExp(`(<[\\w:.-]{0,64}${name}>)[^<]+`, 'gi'),
    by: `$1${redacted}`,
  },
  { pattern: /((?<![\w-])-u\s{1,10})[^\s:]{1,128}:\S+/g, by: `$1${redacted}` },
  { pattern: /([?&](?:sig|code|key|sv)=)[^&\s"'<>]+/gi, by: `$1${redacted}` },
  // What secrets look like, wherever they stand: JWT, kubeadm's, K3s's and RKE2's, AWS's, GitHub's, GitLab's, Slack's.
  { pattern: /\beyJ[\w-]{5,}\.[\w-]+(?:\.[\w-]+)?/g, by: redacted },
  { pattern: /(?<![\w.])[a-z0-9]{6}\.[a-z0-9]{16}(?![\w.])/g, by: redacted },
  { pattern: /\bK10[0-9a-f]{20,}::[^\s"',<>]+/g, by: redacted },
  { pattern: /\b(?:AKIA|ASIA)[0-9A-Z]{16}\b/g, by: redacted },
  { pattern: /\b(?:gh[pousr]_|github_pat_|glpat-|xox[abprs]-)[\w-]{10,}/g, by: redacted },
];

/** A text without the secrets that the rules know. What it gives, it leaves as it is. */
export function redactText(text: string): string {
  return rules.reduce((result, { by, pattern }) => result.replace(pattern, by), text);
}
