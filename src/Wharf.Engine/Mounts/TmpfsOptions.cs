using System.Collections.Frozen;
using Wharf.Primitives;

namespace Wharf.Engine.Mounts;

/// <summary>The words that <c>--tmpfs</c> understands; anything else would be a mount option somebody smuggles in.</summary>
internal static class TmpfsOptions
{
    private static readonly FrozenSet<string> Flags = FrozenSet.ToFrozenSet(
    [
        "rw", "ro", "suid", "nosuid", "dev", "nodev", "exec", "noexec", "sync", "async", "dirsync", "remount", "mand", "nomand", "atime", "noatime", "diratime",
        "nodiratime", "bind", "rbind", "unbindable", "runbindable", "private", "rprivate", "shared", "rshared", "slave", "rslave", "relatime", "norelatime",
        "strictatime", "nostrictatime", "defaults",
    ]);

    private static readonly FrozenSet<string> Values = FrozenSet.ToFrozenSet(["size", "mode", "uid", "gid", "nr_inodes", "nr_blocks", "mpol"]);

    /// <exception cref="WharfException">InvalidArgument with Docker's text.</exception>
    public static string Check(string word)
    {
        int equals = word.IndexOf('=');
        bool known = equals < 0 ? Flags.Contains(word) : Values.Contains(word[..equals]);
        return known && !word.Contains('\0') ? word : throw WharfException.Invalid($"invalid tmpfs option [\"{word}\"]");
    }

    /// <summary>The options of one <c>--tmpfs</c>, with Docker's defaults before them; a later word wins over its opposite.</summary>
    public static List<string> Parse(string text)
    {
        var options = new List<string> { "noexec", "nosuid", "nodev" };
        foreach (string word in text.Split(',', StringSplitOptions.RemoveEmptyEntries))
        {
            Check(word);
            string opposite = word.StartsWith("no", StringComparison.Ordinal) ? word[2..] : "no" + word;
            options.Remove(opposite);
            options.Remove(word);
            if (word != "defaults")
            {
                options.Add(word);
            }
        }

        return options;
    }
}
