using Wharf.Linux;

namespace Wharf.Runtime.Mounts;

/// <summary>An attribute word: which bits it is about, and what it makes of them.</summary>
internal readonly record struct MountOptionWord(MountAttributes Mask, MountAttributes Set, bool Recursive);

/// <summary>The words of mount(8) that become mount attributes or propagation, and their recursive forms with an r before them.</summary>
internal static class MountOptionWords
{
    private static readonly string[] Attributes =
    [
        "ro", "rw", "nosuid", "suid", "nodev", "dev", "noexec", "exec", "nodiratime", "diratime", "nosymfollow", "symfollow", "noatime", "atime",
        "relatime", "norelatime", "strictatime", "nostrictatime",
    ];

    private static readonly string[] Others =
    [
        "async", "bind", "defaults", "dirsync", "iversion", "lazytime", "loud", "mand", "noiversion", "nolazytime", "nomand", "private", "rbind",
        "rprivate", "rshared", "rslave", "runbindable", "shared", "silent", "slave", "sync", "unbindable",
    ];

    /// <summary>Every word that is understood, for the features document.</summary>
    public static IReadOnlyList<string> All
    {
        get
        {
            string[] words = [.. Attributes, .. Array.ConvertAll(Attributes, word => "r" + word), .. Others];
            Array.Sort(words, StringComparer.Ordinal);
            return words;
        }
    }

    public static MountOptionWord? Attribute(string word) =>
        Plain(word, recursive: false) ?? (word.StartsWith('r') ? Plain(word[1..], recursive: true) : null);

    public static MountFlags? Propagation(string word) => word switch
    {
        "private" or "rprivate" => MountFlags.Private,
        "shared" or "rshared" => MountFlags.Shared,
        "slave" or "rslave" => MountFlags.Slave,
        "unbindable" or "runbindable" => MountFlags.Unbindable,
        _ => null,
    };

    private static MountOptionWord? Plain(string word, bool recursive) => word switch
    {
        "ro" => new(MountAttributes.ReadOnly, MountAttributes.ReadOnly, recursive),
        "rw" => new(MountAttributes.ReadOnly, 0, recursive),
        "nosuid" => new(MountAttributes.NoSuid, MountAttributes.NoSuid, recursive),
        "suid" => new(MountAttributes.NoSuid, 0, recursive),
        "nodev" => new(MountAttributes.NoDev, MountAttributes.NoDev, recursive),
        "dev" => new(MountAttributes.NoDev, 0, recursive),
        "noexec" => new(MountAttributes.NoExec, MountAttributes.NoExec, recursive),
        "exec" => new(MountAttributes.NoExec, 0, recursive),
        "nodiratime" => new(MountAttributes.NoDirectoryAccessTime, MountAttributes.NoDirectoryAccessTime, recursive),
        "diratime" => new(MountAttributes.NoDirectoryAccessTime, 0, recursive),
        "nosymfollow" => new(MountAttributes.NoSymFollow, MountAttributes.NoSymFollow, recursive),
        "symfollow" => new(MountAttributes.NoSymFollow, 0, recursive),
        "noatime" => new(MountAttributes.AccessTimeMask, MountAttributes.NoAccessTime, recursive),
        "strictatime" or "norelatime" => new(MountAttributes.AccessTimeMask, MountAttributes.StrictAccessTime, recursive),
        "atime" or "relatime" or "nostrictatime" => new(MountAttributes.AccessTimeMask, 0, recursive),
        _ => null,
    };
}
