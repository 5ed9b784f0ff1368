/**
 * How long HNS may take for all calls of one command, in milliseconds: below the two minutes that a
 * kubelet gives a runtime.
 */
export const commandDeadline = 110_000;
