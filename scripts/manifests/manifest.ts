import { configurationFor, type FlannelNetwork, generateLine, networkRules } from './networks.ts';
import { placeConfiguration } from './place-configuration.ts';

/** The flanneld that the manifest is written for: the first with /readyz (flannel's main.go, pull request 2523). */
const flanneld = 'v0.28.9';

const configurationNotes = [
  'The cluster CIDR is "Network" in kube-flannel-cfg; these are the usual ones of kubeadm and flannel.',
];

/** The file of a network's manifest, here and in a release. */
export function manifestName(network: FlannelNetwork): string {
  return `kube-flannel-windows-${network}.yml`;
}

/** The manifest of a network: its ConfigMap and its DaemonSet, as deploy/ has them. */
export function manifest(mode: FlannelNetwork, version: string): string {
  const { needs, notes, plugin } = networkRules[mode];
  return `# flannel on Windows nodes, ${mode}, with wincni's plugins. Written by \`npm run manifests\`.
#
# It goes beside flannel's own manifest for Linux (Documentation/kube-flannel.yml in flannel-io/flannel), which makes
# the namespace kube-flannel with its label "privileged", the service account "flannel" with its rights, and the
# ConfigMap kube-flannel-cfg. How to roll it out, and back: docs/kubernetes.md.
#
# Needs, on each Windows node, containerd 1.7 or later and a Windows that binds files into HostProcess containers:
# Windows Server 2022 or later, or 2019 with an update of July 2022 or later.
#
${comment(needs, '')}
#
# Change what is marked EDIT. Checked offline, by Kubernetes' schemas and by test/deploy; no cluster has run it.
apiVersion: v1
kind: ConfigMap
metadata:
  name: kube-flannel-windows-cfg
  namespace: kube-flannel
  labels:
    app: flannel-windows
    tier: node
data:
  # EDIT, where your networks or your DNS service are others: run this on any machine, and put here what it prints.
${comment(
  wrapped(generateLine(mode)).map((line) => `  ${line}`),
  '  ',
)}
${comment([...configurationNotes, ...notes], '  ')}
  10-flannel.conflist: |
${indented(configurationFor(mode).trimEnd(), '    ')}
---
apiVersion: apps/v1
kind: DaemonSet
metadata:
  name: kube-flannel-ds-windows-amd64
  namespace: kube-flannel
  labels:
    app: flannel-windows
    tier: node
spec:
  selector:
    matchLabels:
      # Not that of flannel's DaemonSet for Linux, app: flannel.
      app: flannel-windows
  updateStrategy:
    type: RollingUpdate
    rollingUpdate:
      maxUnavailable: 1
  template:
    metadata:
      labels:
        app: flannel-windows
        tier: node
    spec:
      affinity:
        nodeAffinity:
          requiredDuringSchedulingIgnoredDuringExecution:
            nodeSelectorTerms:
              - matchExpressions:
                  - key: kubernetes.io/os
                    operator: In
                    values: [windows]
                  - key: kubernetes.io/arch
                    operator: In
                    values: [amd64]
      tolerations:
        - operator: Exists
      priorityClassName: system-node-critical
      serviceAccountName: flannel
      hostNetwork: true
      securityContext:
        windowsOptions:
          hostProcess: true
          # It writes below Program Files, and makes a network of HNS.
          runAsUserName: NT AUTHORITY\\SYSTEM
      # flanneld leaves HNS' network and its own files as they are: there is nothing to wait for.
      terminationGracePeriodSeconds: 5
      initContainers:
        # The plugins, under their names, in the folder that containerd's configuration on the node names. What stood
        # there is kept: \`wincni rollback\` brings it back. After a reboot this runs again, and finds nothing to do.
        - name: install
          # EDIT: your registry (deploy/Dockerfile).
          image: registry.example/wincni:v${version}
          # Where the folder is not found, add "--bin-dir", 'C:\\opt\\cni\\bin': in single quotes a backslash is itself.
          command: [wincni.exe, install, "--yes", "--names", "flannel,${plugin},host-local"]
        # The configuration comes last, since containerd calls the node ready when it is there. Until flanneld has made
        # its network, pods are told to try again (code 11). What is below is PowerShell of one line: cmd starts it, which
        # ends at a line break.
        - name: configuration
          # EDIT: the same image.
          image: registry.example/wincni:v${version}
          env:
            # EDIT, where containerd's conf_dir is another one.
            - name: CNI_CONF_DIR
              value: C:\\etc\\cni\\net.d
            - name: NODE_ADDRESS
              valueFrom:
                fieldRef:
                  fieldPath: status.hostIP
          command:
            - powershell.exe
            - -NoLogo
            - -NoProfile
            - -NonInteractive
            - -Command
            - >-
${indented(placeConfiguration.join('\n'), '              ')}
          volumeMounts:
            - name: configuration
              mountPath: /wincni-configuration
              readOnly: true
      containers:
        - name: flanneld
          # EDIT: your registry. The version is flannel's, and that of your Linux nodes: ${flanneld} or later.
          image: registry.example/flanneld-windows:${flanneld}
          args:
            - --kube-subnet-mgr
            - --ip-masq
            - --iface=$(NODE_ADDRESS)
            - --healthz-port=8081
          env:
            - name: NODE_NAME
              valueFrom:
                fieldRef:
                  fieldPath: spec.nodeName
            # The adapter that has it is taken. Without it flanneld takes that of the default route, of which there
            # must be one then.
            - name: NODE_ADDRESS
              valueFrom:
                fieldRef:
                  fieldPath: status.hostIP
            # EDIT both: an address of the API server that is no service's. kube-proxy, which makes services reachable,
            # waits for the network that flanneld makes. \`kubectl cluster-info\` says it.
            - name: KUBERNETES_SERVICE_HOST
              value: 192.0.2.10
            - name: KUBERNETES_SERVICE_PORT
              value: "6443"
          readinessProbe:
            httpGet:
              path: /readyz
              port: 8081
            initialDelaySeconds: 5
            periodSeconds: 10
            timeoutSeconds: 5
          # The adapter loses its address for a while when flanneld makes its first network: that is no reason.
          livenessProbe:
            httpGet:
              path: /healthz
              port: 8081
            initialDelaySeconds: 60
            periodSeconds: 30
            timeoutSeconds: 5
          resources:
            requests:
              cpu: 100m
              memory: 50Mi
      volumes:
        - name: configuration
          projected:
            sources:
              - configMap:
                  name: kube-flannel-windows-cfg
                  items:
                    - key: 10-flannel.conflist
                      path: 10-flannel.conflist
              - configMap:
                  name: kube-flannel-cfg
                  items:
                    - key: net-conf.json
                      path: net-conf.json
`;
}

function indented(text: string, by: string): string {
  return text.replace(/^(?=.)/gm, by);
}

function comment(lines: readonly string[], indent: string): string {
  return lines.map((line) => `${indent}# ${line}`).join('\n');
}

/** A command line on several, as a shell joins them. */
function wrapped(line: string): readonly string[] {
  return line.split(/ (?=--)/).map((part, index, parts) => {
    const isLast = index === parts.length - 1;
    return `${index === 0 ? '' : '  '}${part}${isLast ? '' : ' \\'}`;
  });
}
