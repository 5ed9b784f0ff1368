param($h)
# What Windows says of a node, for wincni's facts. Loaded into the session of session.ps1, which it gives one
# verb more: facts part -> one JSON document, {"value": [...]} or {"error": text, "kind": word}. It reads and
# changes nothing. Windows PowerShell 5.1 syntax. CIM classes are asked, and not the cmdlets that are made of
# them: those belong to modules that take seconds to load. Values are written as what they are, numbers for
# enumerations: names are translated on some Windows.
# By hand: & ([ScriptBlock]::Create($text)) $h; Get-NodeFacts $h windows

# The first word that fits: denied (rights), absent (no such class, log or file), else failed.
function global:Get-NodeFactsKind($e) {
    while ($null -ne $e) {
        $name = $e.GetType().Name
        if ('UnauthorizedAccessException', 'SecurityException' -ccontains $name) { return 'denied' }
        # E_ACCESSDENIED, WBEM_E_ACCESS_DENIED, MI's.
        if (-2147024891, -2147217405 -contains $e.HResult -or [string]$e.NativeErrorCode -eq 'AccessDenied') { return 'denied' }
        # WBEM_E_INVALID_NAMESPACE, WBEM_E_INVALID_CLASS, WBEM_E_NOT_FOUND, REGDB_E_CLASSNOTREG, MI's, no such log.
        if (-2147217394, -2147217392, -2147217406, -2147221164 -contains $e.HResult) { return 'absent' }
        if ('InvalidNamespace', 'InvalidClass', 'NotFound' -ccontains [string]$e.NativeErrorCode) { return 'absent' }
        if ('EventLogNotFoundException', 'FileNotFoundException' -ccontains $name) { return 'absent' }
        $e = $e.InnerException
    }
    'failed'
}
function global:Get-NodeFacts($h, [string]$part) {
    $do = $h['facts parts'][$part]
    if ($do -isnot [ScriptBlock]) { Deny-HnsRequest 'bad-request' ('facts has no part ' + $part) }
    try { $answer = @{ value = @(& $do) } }
    catch { $answer = @{ error = [string]$_.Exception.Message; kind = Get-NodeFactsKind $_.Exception } }
    Microsoft.PowerShell.Utility\ConvertTo-Json -InputObject $answer -Depth 6 -Compress
}
$h['facts'] = {
    param($h, $f)
    if ($f.Length -ne 3) { Deny-HnsRequest 'bad-request' 'facts takes a part' }
    Get-NodeFacts $h $f[2]
}

function global:Get-NodeCim([string]$class, [string]$filter, [string]$namespace = 'root/cimv2') {
    $a = @{ ClassName = $class; Namespace = $namespace }
    if ($filter.Length -gt 0) { $a['Filter'] = $filter }
    CimCmdlets\Get-CimInstance @a
}
function global:Get-NodeNet([string]$class, [string]$filter) { Get-NodeCim $class $filter 'root/StandardCimv2' }
# A key of the registry below HKEY_LOCAL_MACHINE, as this 64-bit Windows has it; null where there is none.
function global:Get-NodeKey([string]$path) {
    $root = [Microsoft.Win32.RegistryKey]::OpenBaseKey([Microsoft.Win32.RegistryHive]::LocalMachine, [Microsoft.Win32.RegistryView]::Registry64)
    $root.OpenSubKey($path)
}
# A number, or null: [int] of null would be 0.
function global:Get-NodeNumber($n) { if ($null -eq $n) { return $null }; [long]$n }

$parts = @{}
$parts['windows'] = {
    $k = Get-NodeKey 'SOFTWARE\Microsoft\Windows NT\CurrentVersion'
    $m = Get-NodeCim 'Win32_ComputerSystem' ''
    @{
        name = [string]$k.GetValue('ProductName'); build = [string]$k.GetValue('CurrentBuildNumber')
        ubr = Get-NodeNumber $k.GetValue('UBR'); installation = [string]$k.GetValue('InstallationType')
        model = [string]$m.Model; manufacturer = [string]$m.Manufacturer
    }
}
$parts['features'] = {
    foreach ($x in Get-NodeCim 'Win32_OptionalFeature' "Name = 'Containers' OR Name = 'Microsoft-Hyper-V'") {
        @{ name = [string]$x.Name; state = Get-NodeNumber $x.InstallState }
    }
}
$parts['services'] = {
    $names = 'containerd', 'docker', 'kubelet', 'kube-proxy', 'kubeproxy', 'flanneld', 'rke2', 'hns', 'hvsics', 'vmcompute', 'vfpext'
    $any = foreach ($n in $names) { "Name = '$n'" }
    # What nssm runs may have any name.
    $filter = ($any -join ' OR ') + " OR PathName LIKE '%nssm%' OR PathName LIKE '%flannel%' OR PathName LIKE '%kube%' OR PathName LIKE '%containerd%'"
    foreach ($x in Get-NodeCim 'Win32_Service' $filter) {
        $k = Get-NodeKey ('SYSTEM\CurrentControlSet\Services\' + $x.Name + '\Parameters')
        $s = @{
            name = [string]$x.Name; title = [string]$x.DisplayName; state = [string]$x.State; start = [string]$x.StartMode
            command = [string]$x.PathName; pid = Get-NodeNumber $x.ProcessId
        }
        if ($null -ne $k) {
            $s['application'] = [string]$k.GetValue('Application')
            $s['parameters'] = [string]$k.GetValue('AppParameters')
        }
        $s
    }
}
$parts['processes'] = {
    $names = 'containerd', 'dockerd', 'kubelet', 'kube-proxy', 'flanneld', 'rke2', 'k3s'
    $any = foreach ($n in $names) { "Name = '$n.exe'" }
    foreach ($x in Get-NodeCim 'Win32_Process' ($any -join ' OR ')) {
        @{ name = [string]$x.Name; pid = Get-NodeNumber $x.ProcessId; command = [string]$x.CommandLine; threads = Get-NodeNumber $x.ThreadCount }
    }
}
$parts['hnsProcess'] = {
    $s = Get-NodeCim 'Win32_Service' "Name = 'hns'"
    if ($null -eq $s -or $s.ProcessId -eq 0) { return }
    $p = Get-NodeCim 'Win32_Process' ('ProcessId = ' + [string]$s.ProcessId)
    @{ pid = Get-NodeNumber $s.ProcessId; threads = Get-NodeNumber $p.ThreadCount }
}
# How often the service ended without being told to. The event names it as it is shown.
$parts['hnsCrashes'] = {
    $title = [string](Get-NodeCim 'Win32_Service' "Name = 'hns'").DisplayName
    $of = "*[System[Provider[@Name='Service Control Manager'] and (EventID=7031 or EventID=7034) and TimeCreated[timediff(@SystemTime) <= 86400000]]]"
    $query = [Diagnostics.Eventing.Reader.EventLogQuery]::new('System', [Diagnostics.Eventing.Reader.PathType]::LogName, $of)
    $reader = [Diagnostics.Eventing.Reader.EventLogReader]::new($query)
    $count = 0
    while ($null -ne ($e = $reader.ReadEvent())) {
        if ($title.Length -gt 0 -and $e.Properties.Count -gt 0 -and [string]$e.Properties[0].Value -eq $title) { $count++ }
    }
    $count
}
$parts['adapters'] = {
    foreach ($x in Get-NodeNet 'MSFT_NetAdapter' 'Hidden = FALSE') {
        @{
            index = Get-NodeNumber $x.InterfaceIndex; name = [string]$x.Name; description = [string]$x.InterfaceDescription
            operational = Get-NodeNumber $x.InterfaceOperationalStatus; admin = Get-NodeNumber $x.InterfaceAdminStatus
            media = Get-NodeNumber $x.MediaConnectState; mac = [string]@($x.NetworkAddresses)[0]; permanent = [string]$x.PermanentAddress
        }
    }
}
$parts['addresses'] = {
    foreach ($x in Get-NodeNet 'MSFT_NetIPAddress' '') {
        @{ index = Get-NodeNumber $x.InterfaceIndex; address = [string]$x.IPAddress; prefix = Get-NodeNumber $x.PrefixLength; store = Get-NodeNumber $x.Store }
    }
}
$parts['interfaces'] = {
    foreach ($x in Get-NodeNet 'MSFT_NetIPInterface' 'AddressFamily = 2') {
        @{
            index = Get-NodeNumber $x.InterfaceIndex; mtu = Get-NodeNumber $x.NlMtu; dhcp = Get-NodeNumber $x.Dhcp
            forwarding = Get-NodeNumber $x.Forwarding; store = Get-NodeNumber $x.Store
        }
    }
}
$parts['routes'] = {
    foreach ($x in Get-NodeNet 'MSFT_NetRoute' '') {
        @{
            destination = [string]$x.DestinationPrefix; nextHop = [string]$x.NextHop; index = Get-NodeNumber $x.InterfaceIndex
            adapter = [string]$x.InterfaceAlias; metric = Get-NodeNumber $x.RouteMetric; link = Get-NodeNumber $x.InterfaceMetric
            store = Get-NodeNumber $x.Store
        }
    }
}
# The firewall's own object: Get-NetFirewallRule takes a minute where there are many rules. Direction 1 is in.
$parts['firewall'] = {
    $p = Microsoft.PowerShell.Utility\New-Object -ComObject HNetCfg.FwPolicy2
    $current = [int]$p.CurrentProfileTypes
    $names = @{ 1 = 'Domain'; 2 = 'Private'; 4 = 'Public' }
    $profiles = foreach ($n in 1, 2, 4) {
        if (($current -band $n) -ne 0) {
            @{ name = $names[$n]; enabled = [bool]$p.FirewallEnabled($n); inbound = Get-NodeNumber $p.DefaultInboundAction($n) }
        }
    }
    $rules = foreach ($r in $p.Rules) {
        if ($r.Enabled -and $r.Direction -eq 1 -and ($r.Profiles -band $current) -ne 0 -and 6, 17, 256 -contains $r.Protocol) {
            @{
                name = [string]$r.Name; action = Get-NodeNumber $r.Action; protocol = Get-NodeNumber $r.Protocol
                ports = [string]$r.LocalPorts; program = [string]$r.ApplicationName
                remote = [string]$r.RemoteAddresses; service = [string]$r.ServiceName
            }
        }
    }
    # The object lists the machine's own rules: those of a group policy are texts (MS-GPFAS, 2.2.2).
    $k = Get-NodeKey 'SOFTWARE\Policies\Microsoft\WindowsFirewall\FirewallRules'
    $policy = if ($null -ne $k) { foreach ($n in $k.GetValueNames()) { [string]$k.GetValue($n) } }
    @{ profiles = @($profiles); rules = @($rules); policy = @($policy) }
}
$parts['ports'] = {
    $s = foreach ($x in Get-NodeNet 'MSFT_NetTCPSetting' '') {
        @{ name = [string]$x.SettingName; start = Get-NodeNumber $x.DynamicPortRangeStartPort; count = Get-NodeNumber $x.DynamicPortRangeNumberOfPorts }
    }
    # No class tells it. Its words are translated: the numbers are read.
    $netsh = [IO.Path]::Combine([Environment]::SystemDirectory, 'netsh.exe')
    $lines = & $netsh interface ipv4 show excludedportrange protocol=tcp
    @{ settings = @($s); excluded = @(foreach ($l in $lines) { [string]$l }) }
}
$parts['powershell'] = {
    @{
        path = [Diagnostics.Process]::GetCurrentProcess().MainModule.FileName; version = $PSVersionTable.PSVersion.ToString()
        languageMode = [string]$ExecutionContext.SessionState.LanguageMode
    }
}
$parts['defender'] = {
    $s = Get-NodeCim 'MSFT_MpComputerStatus' '' 'root/Microsoft/Windows/Defender'
    $p = Get-NodeCim 'MSFT_MpPreference' '' 'root/Microsoft/Windows/Defender'
    @{
        enabled = [bool]$s.RealTimeProtectionEnabled
        paths = @(foreach ($x in $p.ExclusionPath) { [string]$x }); processes = @(foreach ($x in $p.ExclusionProcess) { [string]$x })
    }
}
$parts['environment'] = {
    $e = @{}
    foreach ($n in 'HTTP_PROXY', 'HTTPS_PROXY', 'NO_PROXY', 'NODE_NAME', 'KUBE_NETWORK', 'WINCNI_LOG_FILE', 'WINCNI_HNS') {
        $v = [Environment]::GetEnvironmentVariable($n, [EnvironmentVariableTarget]::Machine)
        if ($null -ne $v) { $e[$n] = [string]$v }
    }
    $e
}
$parts['administrator'] = {
    $me = [Security.Principal.WindowsPrincipal]::new([Security.Principal.WindowsIdentity]::GetCurrent())
    $me.IsInRole([Security.Principal.WindowsBuiltInRole]::Administrator)
}
$h['facts parts'] = $parts
