/** The few shapes that the pictures are made of, as SVG. Texts are texts: they can be searched, and read out. */

/** What a shape or a text is of: its colour, in light and dark. */
export type Kind = 'plain' | 'pod' | 'hns' | 'node' | 'outside' | 'one' | 'two' | 'three' | 'four';

const palette: Readonly<Record<Kind, readonly [light: string, dark: string]>> = {
  plain: ['#1f2328', '#e6edf3'],
  pod: ['#1a7f37', '#3fb950'],
  hns: ['#0969da', '#58a6ff'],
  node: ['#656d76', '#8d96a0'],
  outside: ['#656d76', '#8d96a0'],
  one: ['#1a7f37', '#3fb950'],
  two: ['#0969da', '#58a6ff'],
  three: ['#bc4c00', '#db6d28'],
  four: ['#8250df', '#a371f7'],
};

const rules = (index: 0 | 1) =>
  Object.entries(palette)
    .map(
      ([kind, colours]) =>
        `.${kind}{stroke:${colours[index]}}text.${kind},.mark.${kind}{fill:${colours[index]};stroke:none}`,
    )
    .join('');

const style = [
  'text{font:13px system-ui,"Segoe UI",Helvetica,Arial,sans-serif}',
  '.small{font-size:12px}.head{font-weight:600}.box{fill:none;stroke-width:1.5}.soft{stroke-dasharray:4 3}',
  '.way{fill:none;stroke-width:2}.on-mark{font-weight:600;font-size:11px}',
  '.ground{fill:#ffffff}text.on-mark{fill:#ffffff}',
  rules(0),
  `@media(prefers-color-scheme:dark){.ground{fill:#0d1117}text.on-mark{fill:#0d1117}${rules(1)}}`,
].join('');

/** A picture, as a file: its title and description are for those who do not see it. */
export function svg(
  size: { readonly width: number; readonly height: number },
  title: string,
  description: string,
  shapes: readonly string[],
): string {
  const { height, width } = size;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-labelledby="t d">`,
    `<title id="t">${escaped(title)}</title>`,
    `<desc id="d">${escaped(description)}</desc>`,
    `<style>${style}</style>`,
    `<rect class="ground" width="${width}" height="${height}"/>`,
    ...shapes,
    '</svg>',
    '',
  ].join('\n');
}

export interface Box {
  /** How far its lines are from its left side; 10, if not said. */
  readonly indent?: number;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** A box with lines in it, the first one its head. */
export function box(
  { height, indent = 10, width, x, y }: Box,
  kind: Kind,
  lines: readonly string[],
  soft = false,
) {
  const texts = lines.map((line, index) =>
    text(
      x + indent,
      y + 20 + 16 * index,
      index === 0 ? 'plain' : kind,
      line,
      index === 0 ? 'head' : 'small',
    ),
  );
  return [
    `<rect class="box ${kind}${soft ? ' soft' : ''}" x="${x}" y="${y}" width="${width}" height="${height}" rx="6"/>`,
    ...texts,
  ].join('\n');
}

export function text(x: number, y: number, kind: Kind, words: string, look = ''): string {
  return `<text class="${[kind, look].join(' ').trim()}" x="${x}" y="${y}">${escaped(words)}</text>`;
}

/** The way of a packet, through points, an arrow at its end and its number at its beginning. */
export function way(
  kind: Kind,
  number: number,
  points: readonly (readonly [number, number])[],
): string {
  const [from, ...rest] = points;
  const end = rest.at(-1);
  const before = points.at(-2);
  if (!from || !end || !before) return '';
  const path = `M${from.join(' ')}${rest.map((point) => `L${point.join(' ')}`).join('')}`;
  const angle = (Math.atan2(end[1] - before[1], end[0] - before[0]) * 180) / Math.PI;
  return [
    `<path class="way ${kind}" d="${path}"/>`,
    `<path class="mark ${kind}" d="M0 0L-9 -4.5L-9 4.5Z" transform="translate(${end.join(' ')}) rotate(${Math.round(angle)})"/>`,
    mark(kind, number, from[0], from[1]),
  ].join('\n');
}

/** A number in a disc. */
export function mark(kind: Kind, number: number, x: number, y: number): string {
  return `<circle class="mark ${kind}" cx="${x}" cy="${y}" r="9"/>\n<text class="on-mark" x="${x}" y="${y + 4}" text-anchor="middle">${number}</text>`;
}

function escaped(words: string): string {
  return words.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
