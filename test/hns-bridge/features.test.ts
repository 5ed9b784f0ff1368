import { expect, it } from 'vitest';
import { type HnsFeature, supports } from '../../hns-bridge/features.ts';

/** The versions around each border: those that have it, those that have not. */
it.each<[feature: HnsFeature, having: string, lacking: string]>([
  ['dsr', '9.3 9.99 10.2 11.0', '9.2 10.0 10.1'],
  ['dualStack', '11.10 12.0', '11.9 11.1 10.11'],
])('%s', (feature, having, lacking) => {
  const has = (text: string) => {
    const [major = 0, minor = 0] = text.split('.').map(Number);
    return supports({ major, minor }, feature);
  };
  expect(having.split(' ').filter((text) => !has(text))).toEqual([]);
  expect(lacking.split(' ').filter(has)).toEqual([]);
});
