using System.Collections.Frozen;
using Wharf.Linux;

namespace Wharf.Runtime.Mounts;

/// <summary>An attribute word: which bits it is about, and what it makes of them.</summary>
internal readonly record struct MountOptionWord(MountAttributes Mask, MountAttributes Set, bool Recursive);

/// <summary>The words of mount(8) that become mount attributes or propagation, and their recursive forms with an r before them.</summary>
internal static class MountOptionWords
{
    private static readonly (string Word, MountAttributes Mask, MountAttributes Set)[] Attributes =
    [
        ("ro", MountAttributes.ReadOnly, MountAttributes.ReadOnly),
        ("rw", MountAttributes.ReadOnly, 0),
        ("nosuid", MountAttributes.NoSuid, MountAttributes.NoSuid),
        ("suid", MountAttributes.NoSuid, 0),
        ("nodev", MountAttributes.NoDev, MountAttributes.NoDev),
        ("dev", MountAttributes.NoDev, 0),
        ("noexec", MountAttributes.NoExec, MountAttributes.NoExec),
        ("exec", MountAttributes.NoExec, 0),
        ("nodiratime", MountAttributes.NoDirectoryAccessTime, MountAttributes.NoDirectoryAccessTime),
        ("diratime", MountAttributes.NoDirectoryAccessTime, 0),
        ("nosymfollow", MountAttributes.NoSymFollow, MountAttributes.NoSymFollow),
        ("symfollow", MountAttributes.NoSymFollow, 0),
        ("noatime", MountAttributes.AccessTimeMask, MountAttributes.NoAccessTime),
        ("atime", MountAttributes.AccessTimeMask, 0),
        ("relatime", MountAttributes.AccessTimeMask, 0),
        ("norelatime", MountAttributes.AccessTimeMask, MountAttributes.StrictAccessTime),
        ("strictatime", MountAttributes.AccessTimeMask, MountAttributes.StrictAccessTime),
        ("nostrictatime", MountAttributes.AccessTimeMask, 0),
    ];

    private static readonly FrozenDictionary<string, MountOptionWord> ByWord = Attributes
        .SelectMany(a => new[]
        {
            KeyValuePair.Create(a.Word, new MountOptionWord(a.Mask, a.Set, false)),
            KeyValuePair.Create("r" + a.Word, new MountOptionWord(a.Mask, a.Set, true)),
        })
        .ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>Every word that is understood, for the features document.</summary>
    public static IReadOnlyList<string> All =>
    [
        .. ByWord.Keys.Concat(
        [
            "async", "bind", "defaults", "dirsync", "iversion", "lazytime", "loud", "mand", "noiversion", "nolazytime", "nomand", "private",
            "rbind", "rprivate", "rshared", "rslave", "runbindable", "shared", "silent", "slave", "sync", "tmpcopyup", "unbindable",
        ]).Order(StringComparer.Ordinal),
    ];

    public static MountOptionWord? Attribute(string word) => ByWord.TryGetValue(word, out MountOptionWord found) ? found : null;

    public static MountFlags? Propagation(string word) => word switch
    {
        "private" or "rprivate" => MountFlags.Private,
        "shared" or "rshared" => MountFlags.Shared,
        "slave" or "rslave" => MountFlags.Slave,
        "unbindable" or "runbindable" => MountFlags.Unbindable,
        _ => null,
    };
}
