/** What stands in the place of a secret. */
export const redacted = '<redacted>';

/** Parts of names under which secrets stand, in letters and digits alone, small. */
const parts = [
  'token',
  'password',
  'passwd',
  'passphrase',
  'secret',
  'credential',
  'apikey',
  'accesskey',
  'accountkey',
  'sharedkey',
  'signingkey',
  'encryptionkey',
  'privatekey',
  'clientkey',
  'clientcertificatedata',
  'certificateauthoritydata',
  'authorization',
  'bearer',
  'cookie',
  'connectionstring',
];

/** Whole names, the same way. */
const names = ['auth', 'auths', 'psk', 'pwd', 'pass', 'sas'];

/** Whether what stands under a name is a secret, by the name: a key, a flag, a variable, a table. */
export function isSecretName(name: string): boolean {
  const plain = name.toLowerCase().replace(/[^a-z0-9]/g, '');
  return names.includes(plain) || parts.some((part) => plain.includes(part));
}

/**
 * The same names as they stand in a text: a regular expression's source. A dash, an underscore or a point
 * may be between the words.
 */
export const secretNamePattern = [
  'token',
  'passw(?:or)?d',
  'passphrase',
  'secret',
  'credential',
  ...['api', 'access', 'account', 'shared', 'signing', 'encryption', 'private', 'client'].map(
    (word) => `${word}[-_.]?key`,
  ),
  'client[-_.]?certificate[-_.]?data',
  'certificate[-_.]?authority[-_.]?data',
  'authorization',
  'bearer',
  'cookie',
  'connection[-_.]?string',
  ...names.map((name) => `(?<![A-Za-z0-9])${name}(?![A-Za-z0-9])`),
].join('|');
