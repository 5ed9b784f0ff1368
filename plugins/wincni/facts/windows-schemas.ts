import * as z from 'zod/mini';

/** What Windows says of itself, as the facts have it (facts.ts). */

const text = z.string();
const number = z.number();
const optionalText = z.optional(text);

export const windows = z.object({
  /** `Windows Server 2019 Datacenter`. */
  name: text,
  build: number,
  /** The update's number behind the build: 17763.`316`. */
  ubr: number,
  /** `Server`, `Server Core`, `Client`. */
  installation: text,
  /** Of the machine: `Virtual Machine`, `VMware7,1`, …. */
  model: optionalText,
  manufacturer: optionalText,
});

export const service = z.object({
  name: text,
  /** `Running`, `Stopped`, …. */
  state: text,
  /** `Auto`, `Manual`, `Disabled`. */
  start: optionalText,
  /** The command it runs. */
  command: optionalText,
  /** Of a service that nssm runs: the program and its arguments. */
  application: optionalText,
  parameters: optionalText,
  pid: z.optional(number),
});

export const process = z.object({
  name: text,
  pid: number,
  command: optionalText,
  threads: z.optional(number),
});

export const adapter = z.object({
  name: text,
  description: optionalText,
  /** `Up`, `Disconnected`, …. */
  status: text,
  mac: optionalText,
  mtu: z.optional(number),
  /** CIDRs. */
  addresses: z.array(text),
  /** Of the default routes. */
  gateways: z.optional(z.array(text)),
  /** Whether DHCP gives its IPv4 address. */
  dhcp: z.optional(z.boolean()),
  /** Whether it forwards what is not for itself (IPv4). */
  forwarding: z.optional(z.boolean()),
});

export const route = z.object({
  destination: text,
  nextHop: text,
  adapter: optionalText,
  metric: z.optional(number),
});

const firewallRule = z.object({
  name: text,
  direction: z.enum(['In', 'Out']),
  action: z.enum(['Allow', 'Block']),
  /** `TCP`, `UDP`, `Any`, a number. */
  protocol: text,
  /** `4789`, `10250`, `Any`, `8000-8100`. */
  localPorts: z.array(text),
  program: optionalText,
  service: optionalText,
  /** Whom it is for, if not for anybody: `LocalSubnet`, `10.0.0.0/255.0.0.0`. */
  remote: z.optional(z.array(text)),
  /** Whether a group policy has it, and not the machine itself. */
  policy: z.optional(z.boolean()),
});

export const firewall = z.object({
  /** Of the profiles that are in use: whether they filter, and what becomes of what no rule names. */
  profiles: z.array(z.object({ name: text, enabled: z.boolean(), defaultInbound: text })),
  /** The rules that are on. */
  rules: z.array(firewallRule),
});

const portRange = z.object({ start: number, end: number });

export const ports = z.object({
  /** TCP's dynamic range. */
  dynamic: portRange,
  /** What `netsh int ipv4 show excludedportrange tcp` lists. */
  excluded: z.array(portRange),
});

export const powershell = z.object({
  path: text,
  version: text,
  /** `FullLanguage`, `ConstrainedLanguage`. */
  languageMode: text,
  /** Milliseconds of the first start, and of one right after it. */
  cold: z.optional(number),
  warm: z.optional(number),
});

export const defender = z.object({
  enabled: z.boolean(),
  exclusionPaths: z.array(text),
  exclusionProcesses: z.array(text),
});
