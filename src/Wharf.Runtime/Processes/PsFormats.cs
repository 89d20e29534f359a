namespace Wharf.Runtime.Processes;

/// <summary>The ready-made listings of ps(1).</summary>
internal static class PsFormats
{
    /// <param name="letter">The letter that asks for a listing; a space for none.</param>
    /// <param name="bsd">It stood in a word without a hyphen, where it means another listing.</param>
    /// <param name="label">The security label comes first.</param>
    public static IReadOnlyList<ProcessColumn> Of(char letter, bool bsd, bool label)
    {
        string[] names = (bsd, letter) switch
        {
            (true, 'u') => ["user", "pid", "%cpu", "%mem", "vsz", "rss", "tty", "stat", "start", "time", "command"],
            (true, 'l') => ["uid", "pid", "ppid", "pri", "ni", "vsz", "rss", "stat", "tty", "time", "command"],
            (true, 'j') => ["ppid", "pid", "pgid", "sid", "tty", "stat", "uid", "time", "command"],
            (true, _) => ["pid", "tty", "stat", "time", "command"],
            (_, 'l') => ["s", "uid", "pid", "ppid", "c", "pri", "ni", "vsz", "tty", "time", "cmd"],
            (_, 'j') => ["pid", "pgid", "sid", "tty", "time", "ucmd"],
            (_, ' ') => ["pid", "tty", "time", "ucmd"],
            _ => ["user", "pid", "ppid", "c", "stime", "tty", "time", "cmd"],
        };
        IEnumerable<ProcessColumn> columns = names.Select(name => name switch
        {
            "user" when !bsd => ProcessColumn.ByName[name] with { Title = "UID" },
            "start" => new ProcessColumn("START", f => ProcessColumn.Clock(f.StartedAt)),
            "time" when bsd => new ProcessColumn("TIME", f => ProcessColumn.Short(f.CpuTime)),
            _ => ProcessColumn.ByName[name],
        });
        return label ? [ProcessColumn.ByName["label"], .. columns] : [.. columns];
    }
}
