/** No line of the demo is longer: what a console shows that nobody has widened. */
const width = 80;

/** Where the text beside a title begins. */
const column = 10;

/** A title and what is said of it, wrapped: `ADD       went well`. */
export function titled(title: string, text: string): string {
  return wrapped(`${title.padEnd(column - 1)} ${text}`, column);
}

/** A line below a title, deeper by so many columns; what is wrapped of it, by two more. */
export function below(text: string, deeper = 0): string {
  const indent = column + deeper;
  return wrapped(' '.repeat(indent) + text, indent + 2);
}

/** Breaks a line between words, and indents what follows. A word that is longer than a line is cut. */
export function wrapped(line: string, indent: number): string {
  if (line.length <= width) return line;
  const space = line.lastIndexOf(' ', width);
  const end = space > indent ? space : width;
  return `${line.slice(0, end)}\n${wrapped(' '.repeat(indent) + line.slice(end).trimStart(), indent)}`;
}

/** A number of things: `1 time`, `2 times`. */
export function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`;
}
