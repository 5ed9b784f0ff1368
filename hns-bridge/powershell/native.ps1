param($h)
# The native part of the session, loaded by the first request that needs it (verb load): P/Invoke
# declarations built one function at a time, and the verbs
#   v2 enum kind query | v2 query kind guid query | v2 create kind guid settings query [network-guid]
#   v2 modify kind guid settings | v2 delete kind guid          kind: Network, Endpoint, Namespace
#   hcs container request
# A failing HRESULT answers err hresult 0x... function error-json.
$h['sys'] = [Environment]::SystemDirectory
$asm = [Reflection.Emit.AssemblyBuilder]::DefineDynamicAssembly([Reflection.AssemblyName]::new('hnsnative'), [Reflection.Emit.AssemblyBuilderAccess]::Run)
$h['mod'] = $asm.DefineDynamicModule('hnsnative')
$ref = [IntPtr].MakeByRefType()
$gid = [Guid].MakeByRefType()
$h['sig'] = @{
    HNSCall   = [Type[]]@([string], [string], [string], $ref)
    Enumerate = [Type[]]@([string], $ref, $ref)
    Open      = [Type[]]@($gid, $ref, $ref)
    Create    = [Type[]]@($gid, [string], $ref, $ref)
    CreateIn  = [Type[]]@([IntPtr], $gid, [string], $ref, $ref)
    Query     = [Type[]]@([IntPtr], [string], $ref, $ref)
    Modify    = [Type[]]@([IntPtr], [string], $ref)
    Delete    = [Type[]]@($gid, $ref)
    Close     = [Type[]]@([IntPtr])
    OpenNamed = [Type[]]@([string], $ref, $ref)
}
function global:Get-HnsFunction($h, [string]$dll, [string]$name, [string]$shape) {
    $m = $h['fn ' + $name]
    if ($null -ne $m) { return $m }
    # The file is looked for here, so that a missing library gives the same error in every edition:
    # with a dynamic assembly pwsh 7 throws ArgumentNullException 'path1', not DllNotFoundException.
    $path = $dll
    if ($h['sys']) {
        $path = [IO.Path]::Combine($h['sys'], $dll)
        if (-not [IO.File]::Exists($path)) { Deny-HnsRequest 'no-dll' ('not found: ' + $path) }
    }
    $t = $h['mod'].DefineType('Hns.' + $name, [Reflection.TypeAttributes]'Public,Abstract,Sealed')
    $b = $t.DefinePInvokeMethod($name, $path,
        [Reflection.MethodAttributes]'Public,Static,PinvokeImpl', [Reflection.CallingConventions]::Standard,
        [int], $h['sig'][$shape], [Runtime.InteropServices.CallingConvention]::Winapi, [Runtime.InteropServices.CharSet]::Unicode)
    $b.SetImplementationFlags([Reflection.MethodImplAttributes]::PreserveSig)
    $m = $t.CreateType().GetMethod($name)
    $h['fn ' + $name] = $m
    $m
}
# The text of a PWSTR that the callee allocated; its memory is freed.
function global:Receive-HnsText([IntPtr]$p) {
    if ($p -eq [IntPtr]::Zero) { return '' }
    [Runtime.InteropServices.Marshal]::PtrToStringUni($p)
    [Runtime.InteropServices.Marshal]::FreeCoTaskMem($p)
}
# Calls computenetwork.dll!name; the last argument is always the error record's PWSTR*.
function global:Invoke-HcnFunction($h, [string]$name, [string]$shape, [object[]]$a) {
    $m = Get-HnsFunction $h 'computenetwork.dll' $name $shape
    $hr = $m.Invoke($null, $a)
    $err = Receive-HnsText $a[$a.Length - 1]
    # An error record is a failure even where the HRESULT says none.
    if ($hr -lt 0 -or $err.Length -gt 0) { Deny-HnsRequest 'hresult' $name (Format-HnsHresult $hr) $err }
}
$h['hnscall'] = $true
function global:Invoke-HnsCall($h, [string]$method, [string]$path, [string]$body) {
    $m = Get-HnsFunction $h 'vmcompute.dll' 'HNSCall' 'HNSCall'
    $a = [object[]]@($method, $path, $body, [IntPtr]::Zero)
    $hr = $m.Invoke($null, $a)
    $out = Receive-HnsText $a[3]
    if ($hr -lt 0) { Deny-HnsRequest 'hresult' 'HNSCall' (Format-HnsHresult $hr) $out }
    $out
}
# One operation of V2, by the fields of its request: id, v2, operation, kind and the rest.
$h['v2'] = { param($h, $f) Invoke-HcnOperation $h $f }
function global:Invoke-HcnOperation($h, $f) {
    $want = @{ enum = 5; query = 6; create = 7; modify = 6; delete = 5 }
    $op = $f[2]; $kind = $f[3]
    if ($f.Length -lt 5 -or $kind -cnotmatch '\A(Network|Endpoint|Namespace)\z' -or $null -eq $want[$op]) { Deny-HnsRequest 'bad-request' 'v2 takes enum|query|create|modify|delete, Network|Endpoint|Namespace, fields' }
    $n = $want[$op]; if ($op -eq 'create' -and $kind -ceq 'Endpoint') { $n++ }
    if ($f.Length -ne $n) { Deny-HnsRequest 'bad-request' ('v2 ' + $op + ' ' + $kind + ' takes ' + ($n - 4) + ' fields after the kind') }
    $z = [IntPtr]::Zero
    if ($op -eq 'enum') {
        $a = [object[]]@($f[4], $z, $z)
        Invoke-HcnFunction $h ('HcnEnumerate' + $kind + 's') 'Enumerate' $a
        return Receive-HnsText $a[1]
    }
    $id = [Guid]::Empty
    if (-not [Guid]::TryParse($f[4], [ref]$id)) { Deny-HnsRequest 'bad-request' ('not a GUID: ' + $f[4]) }
    if ($op -eq 'delete') {
        Invoke-HcnFunction $h ('HcnDelete' + $kind) 'Delete' ([object[]]@($id, $z))
        return ''
    }
    $handle = $z; $net = $z
    try {
        if ($op -ne 'create') {
            $a = [object[]]@($id, $z, $z)
            Invoke-HcnFunction $h ('HcnOpen' + $kind) 'Open' $a
            $handle = $a[1]
        } elseif ($kind -ceq 'Endpoint') {
            $in = [Guid]::Empty
            if (-not [Guid]::TryParse($f[7], [ref]$in)) { Deny-HnsRequest 'bad-request' ('not a GUID: ' + $f[7]) }
            $a = [object[]]@($in, $z, $z)
            Invoke-HcnFunction $h 'HcnOpenNetwork' 'Open' $a
            $net = $a[1]
            $a = [object[]]@($net, $id, $f[5], $z, $z)
            Invoke-HcnFunction $h 'HcnCreateEndpoint' 'CreateIn' $a
            $handle = $a[3]
        } else {
            $a = [object[]]@($id, $f[5], $z, $z)
            Invoke-HcnFunction $h ('HcnCreate' + $kind) 'Create' $a
            $handle = $a[2]
        }
        if ($op -eq 'modify') {
            Invoke-HcnFunction $h ('HcnModify' + $kind) 'Modify' ([object[]]@($handle, $f[5], $z))
            return ''
        }
        $q = $f[5]; if ($op -eq 'create') { $q = $f[6] }
        $a = [object[]]@($handle, $q, $z, $z)
        Invoke-HcnFunction $h ('HcnQuery' + $kind + 'Properties') 'Query' $a
        return Receive-HnsText $a[2]
    } finally {
        if ($handle -ne $z) { $null = (Get-HnsFunction $h 'computenetwork.dll' ('HcnClose' + $kind) 'Close').Invoke($null, [object[]]@($handle)) }
        if ($net -ne $z) { $null = (Get-HnsFunction $h 'computenetwork.dll' 'HcnCloseNetwork' 'Close').Invoke($null, [object[]]@($net)) }
    }
}
# Docker's containers are compute systems. HCS's result document is no error record: a success may have one.
function global:Invoke-HcsFunction($h, [string]$name, [string]$shape, [object[]]$a) {
    $m = Get-HnsFunction $h 'vmcompute.dll' $name $shape
    $hr = $m.Invoke($null, $a)
    $said = Receive-HnsText $a[$a.Length - 1]
    if ($hr -lt 0) { Deny-HnsRequest 'hresult' $name (Format-HnsHresult $hr) $said }
}
$h['hcs'] = {
    param($h, $f)
    if ($f.Length -ne 4) { Deny-HnsRequest 'bad-request' 'hcs takes container, request' }
    Invoke-HcsOperation $h $f[2] $f[3]
}
function global:Invoke-HcsOperation($h, [string]$container, [string]$request) {
    $z = [IntPtr]::Zero
    $a = [object[]]@($container, $z, $z)
    Invoke-HcsFunction $h 'HcsOpenComputeSystem' 'OpenNamed' $a
    $system = $a[1]
    try {
        Invoke-HcsFunction $h 'HcsModifyComputeSystem' 'Modify' ([object[]]@($system, $request, $z))
        return ''
    } finally {
        $null = (Get-HnsFunction $h 'vmcompute.dll' 'HcsCloseComputeSystem' 'Close').Invoke($null, [object[]]@($system))
    }
}
