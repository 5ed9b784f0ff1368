import type { Comparison, Figure } from './timing.ts';

/** What the bench found: lines to read, and the same as data. */
export interface Report {
  /** Begins a table. */
  table(title: string, columns: readonly Column[]): Table;
  /** Says why something has no figure. */
  notMeasured(what: string, why: string): void;
  /** Says how a table is to be read. */
  note(text: string): void;
  /** All of it. */
  readonly entries: readonly Entry[];
}

export interface Column {
  readonly title: string;
  readonly width: number;
}

export interface Table {
  row(what: string, cells: readonly string[], data: Readonly<Record<string, unknown>>): void;
}

export interface Entry {
  readonly table: string;
  readonly what: string;
  readonly [key: string]: unknown;
}

/** As wide as a screen may be asked to be. */
const lineWidth = 120;

/** A report that prints as it goes. */
export function openReport(print: (line: string) => void): Report {
  const entries: Entry[] = [];
  return {
    entries,
    table(title, columns) {
      const first = lineWidth - columns.reduce((sum, { width }) => sum + width + 1, 0);
      const line = (what: string, cells: readonly string[]) => {
        const padded = columns.map(({ width }, index) => (cells[index] ?? '').padEnd(width));
        print([what.padEnd(first), ...padded].join(' ').trimEnd());
      };
      print('');
      line(
        title,
        columns.map((column) => column.title),
      );
      return {
        row(what, cells, data) {
          line(what, cells);
          entries.push({ table: title, what, ...data });
        },
      };
    },
    notMeasured(what, why) {
      print(`*** ${what}: NOT MEASURED: ${why}`);
      entries.push({ table: '', what, notMeasured: why });
    },
    note: (text) => print(`  ${text}`),
  };
}

/** The columns of a table of ratios. */
export const ratioColumns: readonly Column[] = [
  { title: 'wall (middle half)', width: 19 },
  { title: 'CPU: user and system', width: 20 },
  { title: 'budget', width: 6 },
  { title: '', width: 16 },
];

/** A row that compares two commands, with what was allowed. */
export function ratioRow(table: Table, what: string, found: Comparison, budget?: number): void {
  const { cpu, wall } = found;
  const verdict = verdictOn({ wall, CPU: cpu }, budget);
  table.row(what, [printed(wall), printed(cpu), printedBudget(budget), verdict], {
    wall,
    cpu,
    budget,
    verdict,
  });
}

/** A row of one figure that is neither wall-clock nor processor time. */
export function figureRow(
  table: Table,
  what: string,
  figure: Figure | undefined,
  budget?: number,
): void {
  const verdict = verdictOn({ '': figure }, budget);
  table.row(what, [printed(figure), '', printedBudget(budget), verdict], {
    figure,
    budget,
    verdict,
  });
}

/** Whether medians are within a budget: `met`, or which is not. As printed: to two places. */
export function verdictOn(
  figures: Readonly<Record<string, Figure | undefined>>,
  budget: number | undefined,
): string {
  if (budget === undefined) return '';
  const known = Object.entries(figures).filter(([, figure]) => figure !== undefined);
  if (known.length === 0) return 'not measured';
  const over = known.filter(([, figure]) => Number(figure?.median.toFixed(2)) > budget);
  const names = over.map(([name]) => name).join(', ');
  return over.length === 0 ? 'met' : `MISSED ${names}`.trim();
}

/** A figure with its middle half. */
export function printed(figure: Figure | undefined): string {
  if (!figure) return '';
  const [median, low, high] = [figure.median, figure.low, figure.high].map((each) =>
    each.toFixed(2),
  );
  return `${median} (${low}-${high})`;
}

function printedBudget(budget: number | undefined): string {
  return budget === undefined ? '' : budget.toFixed(2);
}
