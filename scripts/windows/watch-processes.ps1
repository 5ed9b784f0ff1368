# Tells of each process that starts on this machine, from "ready" on: a line of its name, its id and its
# parent's id, with tabs between. For an administrator. It ends by itself after as many seconds as are named.
param([int]$Seconds = 300)
$ErrorActionPreference = 'Stop'
$watcher = New-Object -TypeName Management.ManagementEventWatcher -ArgumentList 'SELECT * FROM Win32_ProcessStartTrace'
$watcher.Options.Timeout = [TimeSpan]::FromMilliseconds(500)
$watcher.Start()
[Console]::Out.WriteLine('ready')
$end = [DateTime]::UtcNow.AddSeconds($Seconds)
while ([DateTime]::UtcNow -lt $end) {
    # It throws when nothing started for half a second.
    try { $started = $watcher.WaitForNextEvent() } catch { continue }
    [Console]::Out.WriteLine([string]$started.ProcessName + "`t" + $started.ProcessID + "`t" + $started.ParentProcessID)
}
