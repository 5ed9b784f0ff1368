param($stdin)
# HNS session, protocol 1. Windows PowerShell 5.1 syntax; no cmdlets on the hot path; stdout belongs
# to the protocol alone. One request per line, one response per line, fields separated by TAB, UTF-8:
#   request   id TAB verb TAB field...          response  id TAB ok TAB payload
#                                                          id TAB err TAB code TAB hresult TAB message TAB detail
# In a field, % TAB LF CR are written %25 %09 %0A %0D; JSON passes through as text and is never parsed.
# Verbs: v1 method path body | load script (adds verbs; the native part comes this way).
$ErrorActionPreference = 'Stop'
$ProgressPreference = 'SilentlyContinue'
$WarningPreference = 'SilentlyContinue'
# Only this edition's own modules: a Windows PowerShell started below a pwsh 7 inherits a path on which
# New-Object's module is found in a build it cannot load.
$env:PSModulePath = [IO.Path]::Combine($PSHOME, 'Modules')

function hnsEsc([string]$s) {
    $s.Replace('%', '%25').Replace("`t", '%09').Replace("`n", '%0A').Replace("`r", '%0D')
}
function hnsUnesc([string]$s) {
    if ($s.IndexOf([char]37) -lt 0) { return $s }
    $s.Replace('%09', "`t").Replace('%0A', "`n").Replace('%0D', "`r").Replace('%25', '%')
}
# Throws what a verb answers as err: code TAB hresult TAB message TAB detail, escaped.
function hnsFail([string]$code, [string]$message, [string]$hresult = '-', [string]$detail = '') {
    throw [InvalidOperationException]::new("hns`t" + $code + "`t" + $hresult + "`t" + (hnsEsc $message) + "`t" + (hnsEsc $detail))
}
function hnsInner($e) {
    while ($null -ne $e.InnerException) { $e = $e.InnerException }
    $e
}
function hnsHex([int]$hr) { '0x{0:X8}' -f $hr }
# An error as the four fields after err.
function hnsTell($e) {
    $e = hnsInner $e
    if ($e.Message.StartsWith("hns`t", [StringComparison]::Ordinal)) { return $e.Message.Substring(4) }
    $code = switch ($e.GetType().Name) {
        'DllNotFoundException' { 'no-dll' }
        'EntryPointNotFoundException' { 'no-entry' }
        'BadImageFormatException' { 'bad-image' }
        default { 'internal' }
    }
    $code + "`t" + (hnsHex $e.HResult) + "`t" + (hnsEsc ($e.GetType().Name + ': ' + $e.Message)) + "`t"
}

# Why a way to HNS did not open: the message alone.
function hnsWhy($e) {
    if ($e.Message.StartsWith("hns`t", [StringComparison]::Ordinal)) { return hnsUnesc ($e.Message.Split([char]9)[3]) }
    $e.Message
}

# V1 uses the first way to HNS that opens; a request that failed is never repeated another way. The COM
# object is made by New-Object, as the inbox module does it: with the Type class named here, PowerShell
# would log every start of this script as suspicious (event 4104).
function hnsOpenV1($h) {
    try {
        $h['com'] = New-Object -ComObject hns.1
        $h['via'] = 'com'; return
    } catch {
        $e = hnsInner $_.Exception
        $hr = hnsHex $e.HResult
        # When the class is there and did not open (access denied, service disabled), the other ways
        # would meet the same service. They are tried only when there is no such class:
        # REGDB_E_CLASSNOTREG, CO_E_CLASSSTRING, or an exception of New-Object itself.
        if (('COMException', 'UnauthorizedAccessException') -ccontains $e.GetType().Name -and ('0x80040154', '0x800401F3') -cnotcontains $hr) {
            hnsFail 'com' ('COM class hns.1: ' + $e.Message) $hr
        }
        $why = 'COM class hns.1: ' + $e.Message
    }
    if ($h['hnscall']) {
        try {
            $null = hnsNative $h 'vmcompute.dll' 'HNSCall' 'HNSCall'
            $h['via'] = 'call'; return
        } catch {
            $why += ' | HNSCall: ' + (hnsWhy (hnsInner $_.Exception))
        }
    }
    try {
        $h['module'] = Import-Module HostNetworkingService -PassThru -DisableNameChecking
        $h['via'] = 'module'; return
    } catch {
        $why += ' | module HostNetworkingService: ' + (hnsInner $_.Exception).Message
    }
    hnsFail 'no-hns' $why $hr
}
$h = @{}
$h['load'] = { param($h, $f) $null = & ([ScriptBlock]::Create($f[2])) $h; '' }
$h['v1'] = {
    param($h, $f)
    if ($f.Length -ne 5) { hnsFail 'bad-request' 'v1 takes method, path, body' }
    if ($null -eq $h['via']) { hnsOpenV1 $h }
    if ($h['via'] -eq 'com') {
        try { return [string]$h['com'].Request2($f[2], $f[3], $f[4]) }
        catch {
            $h['via'] = $null   # the service may be gone: the next request opens it again
            $e = hnsInner $_.Exception
            hnsFail 'com' ($e.GetType().Name + ': ' + $e.Message) (hnsHex $e.HResult)
        }
    }
    if ($h['via'] -eq 'call') { return [string](hnsCall $h $f[2] $f[3] $f[4]) }
    # The module's private function parses the JSON of the answer. In this scope it finds our
    # ConvertFrom-Json first, which gives the text as it came.
    $p = $f[3].Trim('/').Split('/')
    $a = @{ Method = $f[2]; Type = $p[0] }
    if ($p.Length -gt 1) { $a['Id'] = $p[1] }
    if ($p.Length -gt 2) { $a['Action'] = $p[2] }
    if ($f[4].Length -gt 0) { $a['Data'] = $f[4] }
    [string](& $h['module'] {
        param($a)
        function ConvertFrom-Json { process { @{ Output = $_ } } }
        Invoke-HnsRequest @a
    } $a)
}

function hnsServe($stdin, $h) {
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
            if ($line.IndexOf([char]0) -ge 0) { hnsFail 'bad-request' 'NUL in request' }
            $f = $line.Split([char]9)
            if ($f.Length -lt 2 -or $f[0] -cnotmatch '\A[0-9A-Za-z_.-]{1,64}\z') { hnsFail 'bad-request' 'want id TAB verb TAB fields' }
            $id = $f[0]
            for ($k = 2; $k -lt $f.Length; $k++) { $f[$k] = hnsUnesc $f[$k] }
            $do = $h[$f[1]]
            if ($do -isnot [ScriptBlock]) { hnsFail 'unknown-verb' $f[1] }
            $line = $id + "`tok`t" + (hnsEsc (& $do $h $f))
        } catch {
            $line = $id + "`terr`t" + (hnsTell $_.Exception)
        }
    }
}
hnsServe $stdin $h
exit 0
