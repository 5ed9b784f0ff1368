import { describe, expect, it } from 'vitest';
import { type Attachment, attachmentsAmong, isAttachments } from '../../cni/valid-attachments.ts';

describe('whether an attachment is among others', () => {
  const isAmong = attachmentsAmong([
    { containerId: 'pod1', ifName: 'eth0' },
    { containerId: 'pod1', ifName: 'net1' },
    { containerId: 'pod2', ifName: 'eth0' },
  ]);

  it.each([
    ['pod1', 'eth0', true],
    ['pod1', 'net1', true],
    ['pod2', 'net1', false],
    ['pod2', undefined, true],
    ['pod3', undefined, false],
    ['POD1', 'eth0', false],
    ['__proto__', undefined, false],
  ])('%s, interface %s: %s', (containerId, ifName, expected) => {
    expect(isAmong({ containerId, ifName })).toBe(expected);
  });

  it('each of the others is looked at once, however many are asked for', () => {
    let looks = 0;
    const list = Array.from({ length: 1000 }, (_, at): Attachment => {
      return {
        get containerId() {
          looks++;
          return `pod${at}`;
        },
        ifName: 'eth0',
      };
    });
    const isIn = attachmentsAmong(list);
    const asked = list.map((_, at) => isIn({ containerId: `pod${at + 500}`, ifName: 'eth0' }));
    expect(asked.filter(Boolean)).toHaveLength(500);
    expect(looks).toBe(1000);
  });
});

it.each([
  ['a0f3', 'eth0', true],
  ['a0f3', undefined, true],
  ['dummy', 'dummy', false],
  ['dummy', 'eth0', false],
  ['kube-proxy', 'source-vip', false],
  ['KUBE-PROXY', undefined, false],
  ['source-vip', undefined, false],
  ['dummy-pod', 'eth0', true],
  ['../a', 'eth0', false],
  ['a b', undefined, false],
  ['a0f3', 'vEthernet (HNS Internal NIC)', false],
])('container %s, interface %s can be a CNI attachment’s: %s', (containerId, ifName, expected) => {
  expect(isAttachments({ containerId, ifName })).toBe(expected);
});
