<#
.SYNOPSIS
Installs wincni on this Windows node, from a release that it downloads and checks, or from an archive that is here.

.DESCRIPTION
Takes wincni-windows-amd64-v<Version>.zip, compares it with its SHA-256, unpacks it into a folder below Program
Files that only administrators can write to, and calls `wincni install`, which has all the rest: it keeps what
stands under the plugins' names, so that `wincni rollback` brings it back. It changes no configuration and
restarts nothing. It needs an administrator, and Windows PowerShell 5.1 or later.

This script has been parsed and walked by rules (npm run check). No PowerShell has run it.

.PARAMETER Version
The version, as in the archive's name: 0.2.0.

.PARAMETER From
The address of the folder that the release's files are in. The archive and SHA256SUMS are taken from there.

.PARAMETER ArchivePath
An archive that is here, in place of a download.

.PARAMETER Sha256
The archive's SHA-256, from somewhere you trust. Without it, SHA256SUMS counts: beside the archive, or from the
same address, where it tells a damaged download, but not a false one.

.PARAMETER BinDir
The folder the runtime takes plugins from. Without it, wincni looks into containerd's configuration.

.PARAMETER Names
The plugins to install, such as flannel,win-overlay. Without it, wincni decides.

.EXAMPLE
.\install.ps1 -Version 0.2.0 -ArchivePath .\wincni-windows-amd64-v0.2.0.zip -BinDir C:\opt\cni\bin -WhatIf

Says what it would do to the plugins of this node.
#>
[CmdletBinding(SupportsShouldProcess = $true)]
param(
    [Parameter(Mandatory = $true)][ValidatePattern('^\d+\.\d+\.\d+$')][string]$Version,
    [ValidatePattern('^https://')][string]$From,
    [string]$ArchivePath,
    [ValidatePattern('^[0-9A-Fa-f]{64}$')][string]$Sha256,
    [string]$BinDir,
    [ValidatePattern('^[a-z-]+$')][string[]]$Names
)

$ErrorActionPreference = 'Stop'
$ProgressPreference = 'SilentlyContinue'

$identity = [Security.Principal.WindowsIdentity]::GetCurrent()
$principal = New-Object -TypeName Security.Principal.WindowsPrincipal -ArgumentList $identity
if (-not $principal.IsInRole([Security.Principal.WindowsBuiltInRole]::Administrator)) {
    throw 'wincni is installed by an administrator: start PowerShell by "Run as administrator"'
}
if (-not [Environment]::Is64BitProcess) {
    throw 'this is a PowerShell of 32 bits: start the one in System32'
}
if (-not $From -and -not $ArchivePath) {
    throw 'say where the release is: -From <address>, or -ArchivePath <file>'
}

$name = "wincni-windows-amd64-v$Version.zip"
# Below Program Files others than administrators cannot write: nobody changes the file between the look and the start.
$work = Join-Path -Path $env:ProgramFiles -ChildPath ('wincni\unpacked-' + [Guid]::NewGuid())
# The work folder is made with -WhatIf, too: what would be done is said by the program that is in the archive.
New-Item -ItemType Directory -Path $work -Force -WhatIf:$false | Out-Null
try {
    $archive = Join-Path -Path $work -ChildPath $name
    $sums = Join-Path -Path $work -ChildPath 'SHA256SUMS'
    if ($ArchivePath) {
        Copy-Item -LiteralPath $ArchivePath -Destination $archive -WhatIf:$false
        $beside = Join-Path -Path (Split-Path -Parent (Resolve-Path -LiteralPath $ArchivePath)) -ChildPath 'SHA256SUMS'
        if (-not $Sha256) { Copy-Item -LiteralPath $beside -Destination $sums -WhatIf:$false }
    }
    else {
        [Net.ServicePointManager]::SecurityProtocol = [Net.SecurityProtocolType]::Tls12
        Invoke-WebRequest -UseBasicParsing -Uri "$From/$name" -OutFile $archive
        if (-not $Sha256) { Invoke-WebRequest -UseBasicParsing -Uri "$From/SHA256SUMS" -OutFile $sums }
    }

    $wanted = $Sha256
    if (-not $wanted) {
        foreach ($line in Get-Content -LiteralPath $sums) {
            $sum, $file = $line -split '\s+\*?', 2
            if ($file -ceq $name) { $wanted = $sum }
        }
        if (-not $wanted) { throw "SHA256SUMS has no line for $name" }
    }
    $found = (Get-FileHash -LiteralPath $archive -Algorithm SHA256).Hash
    if ($found -ne $wanted) { throw "$name is not what it should be: its SHA-256 is $found, not $wanted" }

    Expand-Archive -LiteralPath $archive -DestinationPath $work -WhatIf:$false
    $arguments = @('install')
    if ($BinDir) { $arguments += @('--bin-dir', $BinDir) }
    if ($Names) { $arguments += @('--names', ($Names -join ',')) }
    if ($WhatIfPreference) { $arguments += '--dry-run' } else { $arguments += '--yes' }
    $program = Join-Path -Path $work -ChildPath 'wincni.exe'
    & $program @arguments
    $code = $LASTEXITCODE
    # 3 and 4: it is installed, and doctor's look at the node found something.
    if (@(0, 3, 4) -notcontains $code) { throw "wincni install ended with code $code" }
}
finally {
    Remove-Item -LiteralPath $work -Recurse -Force -WhatIf:$false -ErrorAction SilentlyContinue
}
