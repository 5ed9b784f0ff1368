import { expect, it } from 'vitest';
import { type HnsFeature, supports } from '../../hns-bridge/features.ts';

/** The versions around each border: those that have it, those that have not. */
it.each<[feature: HnsFeature, having: string, lacking: string]>([
  ['aclRanges', '7.2 9.0', '7.1 6.9'],
  ['v2', '9.2 9.10 10.0 15.4', '9.1 8.9'],
  ['remoteSubnet', '9.2', '9.1'],
  ['hostRoute', '9.2', '9.1'],
  ['dsr', '9.3 9.99 10.2 11.0', '9.2 10.0 10.1'],
  ['slash32', '9.3 9.99 10.4 11.0', '9.2 10.0 10.3'],
  ['vxlanPort', '10.3 11.0', '10.2 9.9'],
  ['aclProtocol252', '11.0', '10.9'],
  ['dualStack', '11.10 12.0', '11.9 11.1 10.11'],
  ['sessionAffinity', '12.0', '11.99'],
  ['setPolicy', '13.0', '12.9'],
  ['l4Proxy', '9.5 10.5 11.11 12.1 13.1 14.0', '9.4 10.4 11.10 12.0 13.0'],
  ['l4WfpProxy', '13.2 14.0', '13.1'],
  ['tierAcl', '14.0', '13.9'],
  ['networkAcl', '15.0', '14.9'],
  ['disableHostPort', '15.1', '15.0'],
])('%s', (feature, having, lacking) => {
  const has = (text: string) => {
    const [major = 0, minor = 0] = text.split('.').map(Number);
    return supports({ major, minor }, feature);
  };
  expect(having.split(' ').filter((text) => !has(text))).toEqual([]);
  expect(lacking.split(' ').filter(has)).toEqual([]);
});
