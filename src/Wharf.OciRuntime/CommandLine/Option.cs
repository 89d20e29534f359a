namespace Wharf.OciRuntime.CommandLine;

/// <summary>A flag of a command: its long name, an optional short one, and whether it takes a value.</summary>
internal sealed record Option(string Name, char Short = '\0', bool TakesValue = true);
