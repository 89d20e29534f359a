using System.Globalization;
using Wharf.Oci.Runtime;
using Wharf.Primitives;

namespace Wharf.OciRuntime.Lifecycle;

/// <summary>
/// Socket activation (sd_listen_fds(3)): listening sockets that were given to us from descriptor 3 on are meant for the container's first process,
/// which has pid 1 where it looks.
/// </summary>
internal static class ListenSockets
{
    private const string CountVariable = "LISTEN_FDS", PidVariable = "LISTEN_PID", NamesVariable = "LISTEN_FDNAMES";

    /// <summary>How many there are; none where they are meant for another process than us.</summary>
    /// <exception cref="WharfException">InvalidArgument: the number is none.</exception>
    public static int Count()
    {
        if (Environment.GetEnvironmentVariable(CountVariable) is not { Length: > 0 } text
            || (Environment.GetEnvironmentVariable(PidVariable) is { Length: > 0 } pid && pid != Environment.ProcessId.ToString(CultureInfo.InvariantCulture)))
        {
            return 0;
        }

        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int count) ? count : throw WharfException.Invalid($"the environment variable {CountVariable} must be a number: \"{text}\"");
    }

    public static ProcessSpec? Announce(ProcessSpec? process, int count)
    {
        if (process is null || count == 0)
        {
            return process;
        }

        var lines = new List<string>();
        foreach (string line in process.Env ?? [])
        {
            if (!Names(line, CountVariable) && !Names(line, PidVariable) && !Names(line, NamesVariable))
            {
                lines.Add(line);
            }
        }

        lines.Add($"{CountVariable}={count}");
        lines.Add($"{PidVariable}=1");
        if (Environment.GetEnvironmentVariable(NamesVariable) is { Length: > 0 } names)
        {
            lines.Add($"{NamesVariable}={names}");
        }

        return process with { Env = lines };
    }

    private static bool Names(string line, string variable) => line.StartsWith(variable, StringComparison.Ordinal) && line.Length > variable.Length && line[variable.Length] == '=';
}
