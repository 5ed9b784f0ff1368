import { createRequire } from 'node:module';
import { Language, type Node, Parser } from 'web-tree-sitter';
import { type Words, type WordsName, words } from './powershell-words.ts';

/**
 * What our PowerShell must keep to. The grammar is that of Windows PowerShell 5.1
 * but for `&&` and `||`: the ternary, `??`, `?.` and the rest of PowerShell 7 don't parse.
 */

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
  /** What it may name (powershell-words.ts): of HNS, if not said. */
  readonly words?: WordsName;
}

export type Check = (text: string, kind: Kind) => readonly string[];

/** Loads the grammar; the check then gives what is wrong with a script, a line each. */
export async function loadCheck(): Promise<Check> {
  const parse = await loadGrammar();
  return (text, kind) => {
    const root = parse(text);
    if (root === undefined) return ['the grammar gave no tree'];
    const allowed: Words = words[kind.words ?? 'hns'];
    return [...textComplaints(text, kind), ...nodeComplaints(root, allowed)];
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

function nodeComplaints(node: Node, allowed: Words): string[] {
  const found = complaintOf(node, allowed);
  const here = found === undefined ? [] : [`line ${node.startPosition.row + 1}: ${found}`];
  return [...here, ...node.children.flatMap((child) => nodeComplaints(child, allowed))];
}

function complaintOf(node: Node, { commands, given, started, types }: Words): string | undefined {
  const text = node.text.toLowerCase();
  if (node.isError || node.isMissing) return `does not parse: ${node.text.slice(0, 60)}`;
  switch (node.type) {
    case 'pipeline_chain_tail':
      return '&& and || are not in Windows PowerShell 5.1';
    case 'variable':
      return variableComplaint(text, types !== undefined);
    case 'command_name':
      return commands.has(text) ? undefined : `${node.text} is not among the commands in use`;
    case 'command_name_expr':
      return started === undefined || started.has(text)
        ? undefined
        : `${node.text} is not what may be started`;
    case 'command':
      return missingParameter(node, given ?? {});
    case 'type_literal':
      return types === undefined || types.has(typeIn(text))
        ? undefined
        : `${node.text} is not among the types in use`;
    case 'member_access':
    case 'invokation_expression':
      return consoleComplaint(node) ?? staticComplaint(node, types);
    default:
      return undefined;
  }
}

function variableComplaint(text: string, isStrict: boolean): string | undefined {
  const [, name] = /^[$@]\{?(?:\w+:)?(input|executioncontext)\}?$/.exec(text) ?? [];
  if (name === 'input') return '$input makes the host read stdin to its end';
  return name !== undefined && isStrict ? '$ExecutionContext evaluates text' : undefined;
}

/** What a command must be given and is not. */
function missingParameter(
  node: Node,
  given: Readonly<Record<string, readonly string[]>>,
): string | undefined {
  const [name, elements] = ['command_name', 'command_elements'].map((field) =>
    node.childForFieldName(field),
  );
  const there = (elements?.namedChildren ?? [])
    .filter((child) => child?.type === 'command_parameter')
    .map((child) => child?.text.toLowerCase());
  const missing = given[name?.text.toLowerCase() ?? '']?.find((one) => !there.includes(one));
  return missing === undefined ? undefined : `${name?.text} is without ${missing}`;
}

/** `[Net.WebClient]` without its brackets. */
const typeIn = (literal: string) => literal.toLowerCase().replace(/^\[|\]$|\s/g, '');

/** Of a type that may be named, what may not be used. */
function staticComplaint(node: Node, types: Words['types']): string | undefined {
  const [type, ...rest] = node.children;
  if (types === undefined || type?.type !== 'type_literal') return undefined;
  const member = rest.find((child) => child?.type === 'member_name')?.text ?? '?';
  return types.get(typeIn(type.text))?.includes(member.toLowerCase())
    ? undefined
    : `${type.text}::${member} is not in use`;
}

function consoleComplaint(node: Node): string | undefined {
  const [type, ...rest] = node.children;
  if (!/^\[(?:system\.)?console\]$/i.test(type?.text.replace(/\s/g, '') ?? '')) return undefined;
  const member = rest.find((child) => child.type === 'member_name')?.text.toLowerCase();
  return member !== undefined && allowedConsole.has(member)
    ? undefined
    : `[Console]::${member ?? '?'}: only its standard streams may be opened`;
}
