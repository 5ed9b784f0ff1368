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

.PARAMETER ArchivePath
The archive, if it is here. SHA256SUMS of the same release must be beside it, or -Sha256 be said.

.PARAMETER From
The address of the folder that the release's files are in. The archive is taken from there, and SHA256SUMS.

.PARAMETER Sha256
The archive's SHA-256, from somewhere you trust. Without it SHA256SUMS counts: from the same place it tells a
damaged archive, but not a false one.

.PARAMETER BinDir
The folder the runtime takes plugins from. Without it, wincni looks into containerd's configuration.

.PARAMETER Names
The plugins to install, such as flannel,win-overlay. Without it, wincni decides.

.EXAMPLE
.\install.ps1 -Version 0.2.0 -ArchivePath .\wincni-windows-amd64-v0.2.0.zip -BinDir C:\opt\cni\bin -WhatIf

Says what it would do to the plugins of this node: the archive is checked and unpacked, and its program asked.

.EXAMPLE
.\install.ps1 -Version 0.2.0 -ArchivePath .\wincni-windows-amd64-v0.2.0.zip

Installs them. It can be run again: what is there already is left alone.
#>
[CmdletBinding(SupportsShouldProcess = $true, DefaultParameterSetName = 'Archive')]
param(
    [Parameter(Mandatory = $true)][ValidatePattern('\A\d+\.\d+\.\d+\z')][string]$Version,
    [Parameter(Mandatory = $true, ParameterSetName = 'Archive')][string]$ArchivePath,
    [Parameter(Mandatory = $true, ParameterSetName = 'Download')][ValidatePattern('\Ahttps://[^\s"]+\z')][string]$From,
    [ValidatePattern('\A[0-9A-Fa-f]{64}\z')][string]$Sha256,
    # A quotation mark would end the word on wincni's command line.
    [ValidatePattern('\A[^"]+\z')][string]$BinDir,
    # powershell.exe -File gives a list as one text.
    [ValidatePattern('\A[a-z-]+(,[a-z-]+)*\z')][string[]]$Names
)

$ErrorActionPreference = 'Stop'
$ProgressPreference = 'SilentlyContinue'

$account = [Security.Principal.WindowsPrincipal][Security.Principal.WindowsIdentity]::GetCurrent()
if (-not $account.IsInRole([Security.Principal.WindowsBuiltInRole]::Administrator)) {
    throw 'wincni is installed by an administrator: start PowerShell by "Run as administrator"'
}
if (-not [Environment]::Is64BitProcess) {
    throw 'this is a PowerShell of 32 bits: start the one in C:\Windows\System32\WindowsPowerShell\v1.0'
}

# Asked here, once. With -WhatIf the archive is unpacked all the same: its program says what it would do.
$dryRun = [bool]$WhatIfPreference
if (-not $dryRun -and -not $PSCmdlet.ShouldProcess('the plugins of this node', "install wincni $Version")) { return }
$WhatIfPreference = $false
$ConfirmPreference = 'None'

$name = "wincni-windows-amd64-v$Version.zip"
# Below Program Files others than administrators cannot write: nobody changes a file between the look and the start.
# Windows is asked where that is: a variable of the environment may be the user's.
$programs = [Environment]::GetFolderPath('ProgramFiles')
$work = Join-Path -Path $programs -ChildPath ('wincni\unpacked-' + [Guid]::NewGuid())
New-Item -ItemType Directory -Path $work | Out-Null
try {
    $archive = Join-Path -Path $work -ChildPath $name
    $sums = Join-Path -Path $work -ChildPath 'SHA256SUMS'
    if ($ArchivePath) {
        if (-not (Test-Path -LiteralPath $ArchivePath -PathType Leaf)) {
            throw "there is no file ${ArchivePath}: -ArchivePath is that of $name"
        }
        Copy-Item -LiteralPath $ArchivePath -Destination $archive
        if (-not $Sha256) {
            $beside = Join-Path -Path (Get-Item -LiteralPath $ArchivePath).DirectoryName -ChildPath 'SHA256SUMS'
            if (-not (Test-Path -LiteralPath $beside -PathType Leaf)) {
                throw "there is no ${beside}: put the release's SHA256SUMS there, or say the sum with -Sha256"
            }
            Copy-Item -LiteralPath $beside -Destination $sums
        }
    }
    else {
        # Windows PowerShell of Server 2016 and 2019 may not offer TLS 1.2 by itself. 0 leaves the choice to Windows:
        # what is added to that would be the only one, without TLS 1.3.
        $tls = [Net.ServicePointManager]::SecurityProtocol
        if ([int]$tls -ne 0) {
            [Net.ServicePointManager]::SecurityProtocol = $tls -bor [Net.SecurityProtocolType]::Tls12
        }
        $folder = $From.TrimEnd('/')
        Invoke-WebRequest -UseBasicParsing -Uri "$folder/$name" -OutFile $archive
        if (-not $Sha256) { Invoke-WebRequest -UseBasicParsing -Uri "$folder/SHA256SUMS" -OutFile $sums }
    }

    $wanted = $Sha256
    if (-not $wanted) {
        # A sum, two blanks or a blank and a star, a name: as sha256sum writes it, with either end of line.
        foreach ($line in Get-Content -LiteralPath $sums) {
            if ($line -match '\A([0-9A-Fa-f]{64}) [ *](\S+)\s*\z' -and $Matches[2] -ceq $name) {
                if ($wanted) { throw "SHA256SUMS has two lines for ${name}: take it from the release anew" }
                $wanted = $Matches[1]
            }
        }
        if (-not $wanted) { throw "SHA256SUMS has no line for ${name}: it is of another release" }
    }
    $found = (Get-FileHash -LiteralPath $archive -Algorithm SHA256).Hash
    if ($found -ne $wanted) {
        throw "$name is not what it should be: its SHA-256 is $found, not $wanted. Nothing was done; take it anew"
    }

    Expand-Archive -LiteralPath $archive -DestinationPath $work -ErrorAction Stop
    $program = Join-Path -Path $work -ChildPath 'wincni.exe'
    if (-not (Test-Path -LiteralPath $program -PathType Leaf)) { throw "there is no wincni.exe in $name" }

    $arguments = @('install')
    # A backslash before the closing quotation mark would take it away.
    if ($BinDir) { $arguments += @('--bin-dir', $BinDir.TrimEnd('\')) }
    if ($Names) { $arguments += @('--names', ($Names -join ',')) }
    if ($dryRun) { $arguments += '--dry-run' } else { $arguments += '--yes' }
    # What it says on standard error is progress: where that is collected (a remote session), it is no reason to stop.
    $ErrorActionPreference = 'Continue'
    & $program @arguments
    $code = $LASTEXITCODE
    $ErrorActionPreference = 'Stop'
    if ($code -ne 0) { throw "wincni install ended with code ${code}: what it said is above" }
}
finally {
    Remove-Item -LiteralPath $work -Recurse -Force -ErrorAction SilentlyContinue
    if (Test-Path -LiteralPath $work) { Write-Warning "$work could not be removed; nothing needs it any more" }
}
