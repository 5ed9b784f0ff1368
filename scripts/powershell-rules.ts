import { createRequire } from 'node:module';
import { Language, type Node, Parser } from 'web-tree-sitter';

/**
 * What the PowerShell of hns-bridge must keep to. The grammar is that of Windows PowerShell 5.1
 * but for `&&` and `||`: the ternary, `??`, `?.` and the rest of PowerShell 7 don't parse.
 */

/** The commands a script may name; so Add-Type, Invoke-Expression, ConvertFrom-Json … may not be. */
const allowedCommands: ReadonlySet<string> = new Set([
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

/** What the script of facts may name beside them: it reads, and none of these can do anything else. */
const factsCommands: ReadonlySet<string> = new Set([
  ...allowedCommands,
  'cimcmdlets\\get-ciminstance',
  'microsoft.powershell.utility\\convertto-json',
  'get-nodecim',
  'get-nodefacts',
  'get-nodefactskind',
  'get-nodekey',
  'get-nodenet',
  'get-nodenumber',
]);

/** Without a console, setting its encodings fails; the streams are all that is used. */
const allowedConsole: ReadonlySet<string> = new Set(['openstandardinput', 'openstandardoutput']);

/** Words for which the engine writes a script to the event log (4104) even where logging is off. */
const suspicious =
  /\b(?:Add-Type|DllImport|DefineDynamicAssembly|DefineDynamicModule|DefineType|DefinePInvokeMethod|CreateType|GetMethod|MakeByRefType|Emit|InvokeMember|InteropServices|Marshal|IntPtr|MemoryStream|FromBase64String|ToBase64String|EncodedCommand|Bypass)\b|\[Type\]/i;

/** Which rules hold beside those for every script. */
export interface Kind {
  /** It must not be logged as suspicious. */
  readonly quiet: boolean;
  /** It goes on a command line: one line, nothing that a shell or the quoting could change. */
  readonly commandLine: boolean;
  /** It asks Windows for facts, by cmdlets that the others do without. */
  readonly facts?: boolean;
}

export type Check = (text: string, kind: Kind) => readonly string[];

/** Loads the grammar; the check then gives what is wrong with a script, a line each. */
export async function loadCheck(): Promise<Check> {
  const parse = await loadGrammar();
  return (text, kind) => {
    const root = parse(text);
    if (root === undefined) return ['the grammar gave no tree'];
    const commands = kind.facts ? factsCommands : allowedCommands;
    return [...textComplaints(text, kind), ...nodeComplaints(root, commands)];
  };
}

/** Loads the grammar; the check then gives what does not parse in a line that a person pastes, whatever it calls. */
export async function loadSyntaxCheck(): Promise<(text: string) => readonly string[]> {
  const parse = await loadGrammar();
  return (text) => {
    const root = parse(text);
    return root === undefined ? ['the grammar gave no tree'] : syntaxComplaints(root);
  };
}

function syntaxComplaints(node: Node): readonly string[] {
  const isWrong = node.isError || node.isMissing || node.type === 'pipeline_chain_tail';
  const here = isWrong ? [`does not parse: ${node.text.slice(0, 60)}`] : [];
  return [...here, ...node.children.flatMap(syntaxComplaints)];
}

async function loadGrammar(): Promise<(text: string) => Node | undefined> {
  await Parser.init();
  const grammar = createRequire(import.meta.url).resolve(
    'tree-sitter-powershell/tree-sitter-powershell.wasm',
  );
  const parser = new Parser();
  parser.setLanguage(await Language.load(grammar));
  return (text) => parser.parse(text)?.rootNode;
}

function textComplaints(text: string, kind: Kind): string[] {
  const found: string[] = [];
  if (!/^[\t\n\x20-\x7e]*$/.test(text)) found.push('holds something else than ASCII and LF');
  if (kind.quiet) {
    const word = suspicious.exec(text)?.[0];
    if (word !== undefined) found.push(`holds "${word}", which is logged as suspicious`);
  }
  if (kind.commandLine && /["&|<>^%\n\t]/.test(text)) {
    found.push('holds a character that a command line could change');
  }
  return found;
}

function nodeComplaints(node: Node, commands: ReadonlySet<string>): string[] {
  const found = complaintOf(node, commands);
  const here = found === undefined ? [] : [`line ${node.startPosition.row + 1}: ${found}`];
  return [...here, ...node.children.flatMap((child) => nodeComplaints(child, commands))];
}

function complaintOf(node: Node, commands: ReadonlySet<string>): string | undefined {
  const text = node.text.toLowerCase();
  if (node.isError || node.isMissing) return `does not parse: ${node.text.slice(0, 60)}`;
  switch (node.type) {
    case 'pipeline_chain_tail':
      return '&& and || are not in Windows PowerShell 5.1';
    case 'variable':
      return /^[$@]\{?(?:\w+:)?input\}?$/.test(text)
        ? '$input makes the host read stdin to its end'
        : undefined;
    case 'command_name':
      return commands.has(text) ? undefined : `${node.text} is not among the commands in use`;
    case 'member_access':
    case 'invokation_expression':
      return consoleComplaint(node);
    default:
      return undefined;
  }
}

function consoleComplaint(node: Node): string | undefined {
  const [type, ...rest] = node.children;
  if (!/^\[(?:system\.)?console\]$/i.test(type?.text.replace(/\s/g, '') ?? '')) return undefined;
  const member = rest.find((child) => child.type === 'member_name')?.text.toLowerCase();
  return member !== undefined && allowedConsole.has(member)
    ? undefined
    : `[Console]::${member ?? '?'}: only its standard streams may be opened`;
}
