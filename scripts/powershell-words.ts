/** What the PowerShell of each kind may name, in lower case. What is not here may not be: Add-Type, Invoke-Expression … */
export interface Words {
  readonly commands: ReadonlySet<string>;
  /** Types of .NET, and what of each is used by `::`; without them any may be named. */
  readonly types?: ReadonlyMap<string, readonly string[]>;
  /** What `&` may start; without them anything. */
  readonly started?: ReadonlySet<string>;
  /** Parameters that a command must be given, by the command. */
  readonly given?: Readonly<Record<string, readonly string[]>>;
}

/** Scripts that speak to HNS. */
const hns = new Set([
  // By the names of their modules: a bare one makes Windows PowerShell analyse modules at every start.
  'microsoft.powershell.utility\\new-object',
  'microsoft.powershell.core\\import-module',
  // The module's own, called in its scope.
  'invoke-hnsrequest',
  // Functions of the scripts, named as cmdlets are.
  'convertfrom-hnsfield',
  'convertto-hnsfield',
  'deny-hnsrequest',
  'format-hnserror',
  'format-hnshresult',
  'get-hnserrormessage',
  'get-hnsfunction',
  'get-hnsinnererror',
  'invoke-hcnfunction',
  'invoke-hcnoperation',
  'invoke-hcsfunction',
  'invoke-hcsoperation',
  'invoke-hnscall',
  'invoke-hnsv1request',
  'open-hnsv1',
  'receive-hnstext',
  'start-hnssession',
]);

/** The script of facts, beside them: it reads, and none of these can do anything else. */
const facts = new Set([
  ...hns,
  'cimcmdlets\\get-ciminstance',
  'microsoft.powershell.utility\\convertto-json',
  'get-nodecim',
  'get-nodefacts',
  'get-nodefactskind',
  'get-nodekey',
  'get-nodenet',
  'get-nodenumber',
]);

/** deploy/install.ps1: it fetches, compares, unpacks and starts one program. */
const installing: Words = {
  commands: new Set([
    'copy-item',
    'expand-archive',
    'get-content',
    'get-filehash',
    'get-item',
    'invoke-webrequest',
    'join-path',
    'new-item',
    'out-null',
    'remove-item',
    'test-path',
    'write-warning',
  ]),
  types: new Map([
    // Of parameters and casts.
    ['bool', []],
    ['int', []],
    ['string', []],
    ['string[]', []],
    ['security.principal.windowsprincipal', []],
    // Who it runs as, in what process, and where Program Files is, which the environment could be wrong about.
    ['environment', ['getfolderpath', 'is64bitprocess']],
    ['guid', ['newguid']],
    ['security.principal.windowsbuiltinrole', ['administrator']],
    ['security.principal.windowsidentity', ['getcurrent']],
    // TLS: which versions, and not whose certificates.
    ['net.securityprotocoltype', ['tls12']],
    ['net.servicepointmanager', ['securityprotocol']],
  ]),
  started: new Set(['$program']),
  given: {
    // A path with brackets is a pattern to the others.
    'copy-item': ['-literalpath'],
    'get-content': ['-literalpath'],
    'get-filehash': ['-algorithm', '-literalpath'],
    'get-item': ['-literalpath'],
    'remove-item': ['-literalpath'],
    'test-path': ['-literalpath'],
    // Modules do not take the script's preference: their errors would not end it.
    'expand-archive': ['-erroraction', '-literalpath'],
    // Without it Windows PowerShell wants Internet Explorer.
    'invoke-webrequest': ['-usebasicparsing'],
  },
};

/** What the DaemonSets start to write the configuration (scripts/manifests): .NET's files, which write the bytes they are given. */
const placing: Words = {
  commands: new Set(),
  types: new Map([
    ['io.directory', ['createdirectory']],
    ['io.file', ['copy', 'exists', 'move', 'readalltext', 'replace', 'writealltext']],
    ['io.path', ['combine']],
    ['nullstring', ['value']],
    ['void', []],
  ]),
  started: new Set(),
};

export const words = {
  hns: { commands: hns },
  facts: { commands: facts },
  installing,
  placing,
} satisfies Readonly<Record<string, Words>>;

export type WordsName = keyof typeof words;
