using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Wharf.Linux;

/// <summary>Signal names and numbers of Linux on x86-64 and arm64 (signal(7)), real-time ones as Docker writes them: RTMIN+3, RTMAX-1.</summary>
public static class Signal
{
    public const int Hangup = 1;
    public const int Interrupt = 2;
    public const int Quit = 3;
    public const int Kill = 9;
    public const int Pipe = 13;
    public const int Terminate = 15;
    public const int Child = 17;
    public const int Continue = 18;
    public const int Stop = 19;
    public const int TerminalStop = 20;
    public const int WindowChange = 28;
    public const int Largest = 64;

    // glibc keeps 32 and 33 for itself, and Docker counts from 34 as it does
    private const int RealTimeMinimum = 34;

    private static readonly string[] Names =
    [
        "", "HUP", "INT", "QUIT", "ILL", "TRAP", "ABRT", "BUS", "FPE", "KILL", "USR1", "SEGV", "USR2", "PIPE", "ALRM", "TERM", "STKFLT",
        "CHLD", "CONT", "STOP", "TSTP", "TTIN", "TTOU", "URG", "XCPU", "XFSZ", "VTALRM", "PROF", "WINCH", "IO", "PWR", "SYS",
    ];

    /// <summary>A number from 1 to 64, or a name in any case with or without SIG.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out int signal)
    {
        signal = 0;
        if (string.IsNullOrEmpty(text))
        {
            return false;
        }

        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out signal))
        {
            return signal is >= 1 and <= Largest;
        }

        string name = text.ToUpperInvariant();
        name = name.StartsWith("SIG", StringComparison.Ordinal) ? name[3..] : name;
        signal = name switch
        {
            "IOT" => 6,
            "CLD" => 17,
            "POLL" => 29,
            "RTMIN" => RealTimeMinimum,
            "RTMAX" => Largest,
            _ => Math.Max(0, Array.IndexOf(Names, name)),
        };
        if (signal == 0 && name.Length > 6)
        {
            bool isNumber = int.TryParse(name.AsSpan(6), NumberStyles.None, CultureInfo.InvariantCulture, out int offset);
            signal = !isNumber ? 0
                : name.StartsWith("RTMIN+", StringComparison.Ordinal) && offset <= 15 ? RealTimeMinimum + offset
                : name.StartsWith("RTMAX-", StringComparison.Ordinal) && offset <= 14 ? Largest - offset
                : 0;
        }

        return signal != 0;
    }

    /// <summary>The name with SIG, for people: SIGTERM, SIGRTMIN+3.</summary>
    public static string NameOf(int signal) =>
        signal > 0 && signal < Names.Length ? "SIG" + Names[signal]
        : signal == RealTimeMinimum ? "SIGRTMIN"
        : signal > RealTimeMinimum && signal <= RealTimeMinimum + 15 ? $"SIGRTMIN+{signal - RealTimeMinimum}"
        : signal == Largest ? "SIGRTMAX"
        : signal is > RealTimeMinimum and < Largest ? $"SIGRTMAX-{Largest - signal}"
        : signal.ToString(CultureInfo.InvariantCulture);
}
