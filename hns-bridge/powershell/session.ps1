param($stdin)
# HNS session, protocol 1. Windows PowerShell 5.1 syntax; no cmdlets on the hot path; stdout belongs
# to the protocol alone. One request per line, one response per line, fields separated by TAB, UTF-8:
#   request   id TAB verb TAB field...          response  id TAB ok TAB payload
#                                                          id TAB err TAB code TAB hresult TAB message TAB detail
# In a field, % TAB LF CR are written %25 %09 %0A %0D; JSON passes through as text and is never parsed.
# Verbs: v1 method path body | load script (adds verbs; the native part comes this way).
# By hand, what is above "Start-HnsSession" pasted into a PowerShell: Invoke-HnsV1Request $h GET /networks ''
$ErrorActionPreference = 'Stop'
$ProgressPreference = 'SilentlyContinue'
$WarningPreference = 'SilentlyContinue'
# Only this edition's own modules: a Windows PowerShell started below a pwsh 7 inherits a path on which
# New-Object's module is found in a build it cannot load.
$env:PSModulePath = [IO.Path]::Combine($PSHOME, 'Modules')

function ConvertTo-HnsField([string]$s) {
    $s.Replace('%', '%25').Replace("`t", '%09').Replace("`n", '%0A').Replace("`r", '%0D')
}
function ConvertFrom-HnsField([string]$s) {
    if ($s.IndexOf([char]37) -lt 0) { return $s }
    $s.Replace('%09', "`t").Replace('%0A', "`n").Replace('%0D', "`r").Replace('%25', '%')
}
# Throws what a verb answers as err: code TAB hresult TAB message TAB detail, escaped.
function Deny-HnsRequest([string]$code, [string]$message, [string]$hresult = '-', [string]$detail = '') {
    throw [InvalidOperationException]::new("hns`t" + $code + "`t" + $hresult + "`t" + (ConvertTo-HnsField $message) + "`t" + (ConvertTo-HnsField $detail))
}
function Get-HnsInnerError($e) {
    while ($null -ne $e.InnerException) { $e = $e.InnerException }
    $e
}
function Format-HnsHresult([int]$hr) { '0x{0:X8}' -f $hr }
# An error as the four fields after err.
function Format-HnsError($e) {
    $e = Get-HnsInnerError $e
    if ($e.Message.StartsWith("hns`t", [StringComparison]::Ordinal)) { return $e.Message.Substring(4) }
    $code = switch ($e.GetType().Name) {
        'DllNotFoundException' { 'no-dll' }
        'EntryPointNotFoundException' { 'no-entry' }
        'BadImageFormatException' { 'bad-image' }
        default { 'internal' }
    }
    $code + "`t" + (Format-HnsHresult $e.HResult) + "`t" + (ConvertTo-HnsField ($e.GetType().Name + ': ' + $e.Message)) + "`t"
}

# Why a way to HNS did not open: the message alone.
function Get-HnsErrorMessage($e) {
    if ($e.Message.StartsWith("hns`t", [StringComparison]::Ordinal)) { return ConvertFrom-HnsField ($e.Message.Split([char]9)[3]) }
    $e.Message
}

# V1 uses the first way to HNS that opens; a request that failed is never repeated another way.
#   HNSCall of vmcompute.dll, where native.ps1 is loaded: what hcsshim, kube-proxy and flanneld use.
#   The COM object, made by New-Object, as the inbox module does it: with the Type class named here,
#   PowerShell would log every start of this script as suspicious (event 4104).
#   The inbox module.
function Open-HnsV1($h) {
    $why = ''
    if ($h['hnscall']) {
        try {
            $null = Get-HnsFunction $h 'vmcompute.dll' 'HNSCall' 'HNSCall'
            $h['via'] = 'call'; return
        } catch {
            $why = 'HNSCall: ' + (Get-HnsErrorMessage (Get-HnsInnerError $_.Exception)) + ' | '
        }
    }
    try {
        $h['com'] = & $h['new']
        $h['via'] = 'com'; return
    } catch {
        $e = Get-HnsInnerError $_.Exception
        $hr = Format-HnsHresult $e.HResult
        # When the class is there and did not open (access denied, service disabled), the module
        # would meet the same service. It is tried only when there is no such class:
        # REGDB_E_CLASSNOTREG, CO_E_CLASSSTRING, or an exception of New-Object itself.
        if (('COMException', 'UnauthorizedAccessException') -ccontains $e.GetType().Name -and ('0x80040154', '0x800401F3') -cnotcontains $hr) {
            Deny-HnsRequest 'com' ('COM class hns.1: ' + $e.Message) $hr
        }
        $why += 'COM class hns.1: ' + $e.Message
    }
    try {
        $h['module'] = Microsoft.PowerShell.Core\Import-Module HostNetworkingService -PassThru -DisableNameChecking
        $h['via'] = 'module'; return
    } catch {
        $why += ' | module HostNetworkingService: ' + (Get-HnsInnerError $_.Exception).Message
    }
    Deny-HnsRequest 'no-hns' $why $hr
}
$h = @{}
$h['load'] = { param($h, $f) $null = & ([ScriptBlock]::Create($f[2])) $h; '' }
# The module of a cmdlet is named: a bare New-Object makes Windows PowerShell analyse modules, at every
# start of a process that does not live long enough to keep what it found.
$h['new'] = { Microsoft.PowerShell.Utility\New-Object -ComObject hns.1 }
function Invoke-HnsV1Request($h, [string]$method, [string]$path, [string]$body) {
    if ($null -eq $h['via']) { Open-HnsV1 $h }
    if ($h['via'] -eq 'com') {
        try { return [string]$h['com'].Request2($method, $path, $body) }
        catch {
            $h['via'] = $null   # the service may be gone: the next request opens it again
            $e = Get-HnsInnerError $_.Exception
            Deny-HnsRequest 'com' ($e.GetType().Name + ': ' + $e.Message) (Format-HnsHresult $e.HResult)
        }
    }
    if ($h['via'] -eq 'call') { return [string](Invoke-HnsCall $h $method $path $body) }
    # The module's private function parses the JSON of the answer. In this scope it finds our
    # ConvertFrom-Json first, which gives the text as it came.
    $p = $path.Trim('/').Split('/')
    $a = @{ Method = $method; Type = $p[0] }
    if ($p.Length -gt 1) { $a['Id'] = $p[1] }
    if ($p.Length -gt 2) { $a['Action'] = $p[2] }
    if ($body.Length -gt 0) { $a['Data'] = $body }
    [string](& $h['module'] {
        param($a)
        function ConvertFrom-Json { process { @{ Output = $_ } } }
        Invoke-HnsRequest @a
    } $a)
}
$h['v1'] = {
    param($h, $f)
    if ($f.Length -ne 5) { Deny-HnsRequest 'bad-request' 'v1 takes method, path, body' }
    Invoke-HnsV1Request $h $f[2] $f[3] $f[4]
}

function Start-HnsSession($stdin, $h) {
    $utf8 = [Text.UTF8Encoding]::new($false)
    $stdout = [Console]::OpenStandardOutput()
    $reader = [IO.StreamReader]::new($stdin, $utf8, $false, 65536)
    $bits = if ([Environment]::Is64BitProcess) { '64' } else { '32' }
    $line = "-`tready`t1`t" + $PSVersionTable.PSVersion.ToString() + "`t" + $PSVersionTable.PSEdition + "`t" + $bits + "`t" + $PID
    while ($true) {
        $bytes = $utf8.GetBytes($line + "`n")
        $stdout.Write($bytes, 0, $bytes.Length)
        $stdout.Flush()
        $line = $reader.ReadLine()
        if ($null -eq $line) { return }
        $id = '-'
        try {
            if ($line.IndexOf([char]0) -ge 0) { Deny-HnsRequest 'bad-request' 'NUL in request' }
            $f = $line.Split([char]9)
            if ($f.Length -lt 2 -or $f[0] -cnotmatch '\A[0-9A-Za-z_.-]{1,64}\z') { Deny-HnsRequest 'bad-request' 'want id TAB verb TAB fields' }
            $id = $f[0]
            for ($k = 2; $k -lt $f.Length; $k++) { $f[$k] = ConvertFrom-HnsField $f[$k] }
            $do = $h[$f[1]]
            if ($do -isnot [ScriptBlock]) { Deny-HnsRequest 'unknown-verb' $f[1] }
            $line = $id + "`tok`t" + (ConvertTo-HnsField (& $do $h $f))
        } catch {
            $line = $id + "`terr`t" + (Format-HnsError $_.Exception)
        }
    }
}
Start-HnsSession $stdin $h
exit 0
