import type { NetworkPicture } from './networks.ts';
import { box, type Kind, mark, svg, text, way } from './svg.ts';

const kinds: readonly Kind[] = ['one', 'two', 'three', 'four'];
/** Each way begins at a pod, or ends there; the numbers are explained below. */
const beyond = [
  way('two', 2, [
    [166, 208],
    [600, 208],
    [600, 94],
    [638, 94],
  ]),
  way('three', 3, [
    [166, 230],
    [616, 230],
    [616, 172],
    [638, 172],
  ]),
];
const toService = way('four', 4, [
  [166, 252],
  [638, 252],
]);
const fromOutside = way('four', 4, [
  [626, 252],
  [152, 252],
]);
const paths = {
  switched: [
    way('one', 1, [
      [166, 103],
      [204, 103],
      [204, 190],
      [152, 190],
    ]),
    ...beyond,
  ],
  unswitched: [
    way('one', 1, [
      [166, 103],
      [204, 103],
      [204, 186],
      [590, 186],
      [590, 194],
      [152, 194],
    ]),
    ...beyond,
  ],
} as const;

const size = { width: 840, height: 400 };

/** Draws the data path of a mode. */
export function drawNetwork({
  adapter,
  fourth,
  network,
  outside,
  pods,
  switched,
  title,
  ways,
}: NetworkPicture): string {
  const [first, second] = pods;
  const [other, world, service] = outside;
  const shapes = [
    text(20, 28, 'plain', title, 'head'),
    box({ x: 14, y: 42, width: 560, height: 240 }, 'node', ['Windows node'], true),
    box({ x: 30, y: 74, width: 120, height: 58 }, 'pod', ['pod', ...first]),
    box({ x: 30, y: 186, width: 120, height: 84 }, 'pod', ['pod', ...second]),
    box({ x: 186, y: 62, width: 196, height: 208, indent: 34 }, 'hns', network),
    box({ x: 398, y: 62, width: 162, height: 208 }, 'hns', adapter),
    box({ x: 640, y: 62, width: 180, height: 64 }, 'outside', other),
    box({ x: 640, y: 140, width: 180, height: 64 }, 'outside', world),
    box({ x: 640, y: 218, width: 180, height: 64 }, 'outside', service),
    ...paths[switched ? 'switched' : 'unswitched'],
    fourth === 'in' ? fromOutside : toService,
    ...ways.flatMap((words, index) => [
      mark(kinds[index] ?? 'plain', index + 1, 30, 318 + 22 * index),
      text(48, 322 + 22 * index, 'plain', words),
    ]),
  ];
  return svg(
    size,
    `The data path of ${title}`,
    ways.map((words, at) => `${at + 1}: ${words}.`).join(' '),
    shapes,
  );
}
