import { nodeAddressHere } from './networks.ts';

/**
 * The PowerShell of the init container `configuration`, a statement a line; the manifest folds them into one line.
 * hcsshim starts what a HostProcess container runs by `cmd /c` (internal/jobcontainers/jobcontainer.go, where files
 * can be bound), which ends at the first line break and takes & | < > ^ % and double quotes as its own.
 *
 * The configuration is written beside its place and moved there whole, and is left alone where it is there already:
 * containerd looks at it at each change, and pods run while this does.
 */
export const placeConfiguration: readonly string[] = [
  `$ErrorActionPreference = 'Stop';`,
  `$from = 'C:\\wincni-configuration\\';`,
  `[void][IO.Directory]::CreateDirectory('C:\\etc\\kube-flannel');`,
  `[IO.File]::Copy($from + 'net-conf.json', 'C:\\etc\\kube-flannel\\net-conf.json', $true);`,
  `$text = [IO.File]::ReadAllText($from + '10-flannel.conflist');`,
  `$text = $text.Replace('${nodeAddressHere}/32', $env:NODE_ADDRESS + '/32');`,
  `[void][IO.Directory]::CreateDirectory($env:CNI_CONF_DIR);`,
  `$file = [IO.Path]::Combine($env:CNI_CONF_DIR, '10-flannel.conflist');`,
  `$new = $file + '.new';`,
  `if (-not [IO.File]::Exists($file)) { [IO.File]::WriteAllText($new, $text); [IO.File]::Move($new, $file) }`,
  `elseif ([IO.File]::ReadAllText($file) -cne $text) { [IO.File]::WriteAllText($new, $text); [IO.File]::Replace($new, $file, [NullString]::Value) }`,
];
