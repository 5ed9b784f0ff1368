import * as z from 'zod/mini';
import { parseCidr } from '../../../cni/address.ts';
import { operatorCommand } from '../command.ts';
import { exit, OperatorError } from '../exit.ts';
import { explanationOf, explanationSchema } from '../explain/explanation.ts';
import { playOf } from '../explain/play.ts';
import { rehearse } from '../explain/rehearsal.ts';
import { explanationText } from '../explain/text.ts';
import { shared } from '../given.ts';

/** `wincni explain`: what a command of the runtime's would ask of HNS, and why. It changes nothing. */
export const explainCommand = operatorCommand({
  name: 'explain',
  summary: 'what would be asked of HNS and IPAM for a pod, each field with its reason',
  about:
    "What a plugin would ask of HNS and of IPAM, in order, each field with its reason. The plugin itself does the command: it looks at this node, and what it changes stays in memory. No lease is taken, no file written, nothing in HNS is changed, no other program is started. What HNS says to a change is the simulator's word, over the documents that HNS shows.",
  options: [
    ['--conf <file>', 'a configuration; - is stdin. Without it, the one in effect'],
    ['--conf-dir <folder>', 'where the configurations are, if not where the runtime says'],
    ['--command <command>', 'ADD, DEL, CHECK or GC; ADD where nothing is said'],
    ['--container <id>', "the sandbox's id; `explain` where nothing is said"],
    ['--netns <netns>', 'a namespace, or `none` or container:<id> for Docker'],
    ['--ifname <name>', 'eth0 where nothing is said'],
    ['--args <pairs>', 'CNI_ARGS: K8S_POD_NAMESPACE=default;IP=10.0.0.5'],
    ['--ip <cidr>', 'what an IPAM that is another executable answers'],
    ['--valid <list>', 'for GC: who may stay, container/ifname,container,...'],
    ['--subnet-env <file>', "flanneld's subnet.env, of another place"],
    ['--offline', 'asks no HNS: plans from the configuration alone'],
  ],
  examples: [
    ['wincni explain', "a pod's ADD on this node, as things are"],
    [
      'wincni explain --conf 10-flannel.conflist --offline --subnet-env subnet.env',
      'what flannel makes of a configuration, anywhere',
    ],
    [
      'wincni explain --conf 10-flannel.conflist --command DEL --container 4f1c',
      'what would be deleted of a pod on this node',
    ],
  ],
  given: () => z.object({ options: optionsSchema() }),
  document: explanationSchema,
  async run(operator, { options }) {
    const { play, said } = playOf(operator, options);
    for (const text of said.assumed) operator.writeStderr(`assumed: ${text}\n`);
    const rehearsal = await rehearse(operator, play);
    const { deaf, denied } = rehearsal;
    if (deaf) {
      throw new OperatorError(
        exit.blind,
        `HNS cannot be asked: ${deaf.message}`,
        [deaf.details, 'Without HNS, from the configuration alone:', 'wincni explain --offline'],
        { cause: deaf },
      );
    }
    if (denied) throw new OperatorError(exit.blind, denied.message, [], { cause: denied });
    const explanation = explanationOf(play, rehearsal, said);
    const { error, unknown } = explanation;
    return {
      exitCode: unknown !== undefined ? exit.blind : error ? exit.failures : exit.fine,
      document: explanation,
      text: (terminal) => explanationText(terminal, explanation),
    };
  },
});

function optionsSchema() {
  const text = z.optional(z.string());
  return z.object({
    ...shared(),
    conf: text,
    confDir: text,
    command: z.optional(z.enum(['ADD', 'DEL', 'CHECK', 'GC'])),
    container: text,
    netns: text,
    ifname: text,
    args: text,
    ip: z.optional(
      z.string().check(z.refine((cidr) => parseCidr(cidr) !== undefined, 'expected 10.0.0.5/24')),
    ),
    valid: text,
    subnetEnv: text,
    offline: z.optional(z.boolean()),
  });
}
