# Parses the scripts that are named, without running them: a line for each, its path, a tab, and what is wrong
# first, or nothing. For Windows PowerShell 5.1: its own parser is what is asked.
$ErrorActionPreference = 'Stop'
foreach ($path in $args) {
    $tokens = $null
    $errors = $null
    $text = [IO.File]::ReadAllText($path)
    $null = [Management.Automation.Language.Parser]::ParseInput($text, [ref]$tokens, [ref]$errors)
    $first = ''
    if ($errors.Count -gt 0) { $first = 'line ' + $errors[0].Extent.StartLineNumber + ': ' + $errors[0].Message }
    [Console]::Out.WriteLine($path + "`t" + $first)
}
