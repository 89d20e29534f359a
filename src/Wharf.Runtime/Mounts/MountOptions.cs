using Wharf.Linux;
using Wharf.Primitives;

namespace Wharf.Runtime.Mounts;

/// <summary>
/// The words of a mount's options sorted by what the kernel takes them for (config-linux.md, "Linux mount options"): attributes of the mount,
/// attributes for everything below it, flags of the file system, propagation, and data that is the file system's own.
/// </summary>
public sealed record MountOptions
{
    public bool Bind { get; private set; }

    public bool RecursiveBind { get; private set; }

    public MountAttributes Set { get; private set; }

    public MountAttributes Clear { get; private set; }

    public MountAttributes RecursiveSet { get; private set; }

    public MountAttributes RecursiveClear { get; private set; }

    /// <summary>Words for the super block: ro, sync, dirsync, lazytime, mand, silent.</summary>
    public List<string> SuperFlags { get; } = [];

    /// <summary>Private, Shared, Slave or Unbindable; None when no word said so.</summary>
    public MountFlags Propagation { get; private set; }

    public bool RecursivePropagation { get; private set; }

    public List<string> Data { get; } = [];

    /// <summary>Copy what the mount point held into the new tmpfs.</summary>
    public bool CopyUp { get; private set; }

    public bool IsReadOnly => (Set & MountAttributes.ReadOnly) != 0;

    /// <exception cref="WharfException">InvalidArgument: an option that needs what we do not have.</exception>
    public static MountOptions Parse(IReadOnlyList<string>? words)
    {
        var options = new MountOptions();
        foreach (string word in words ?? [])
        {
            options.Add(word);
        }

        return options;
    }

    private void Add(string word)
    {
        if (MountOptionWords.Attribute(word) is { } attribute)
        {
            Apply(attribute);
            return;
        }

        if (MountOptionWords.Propagation(word) is { } propagation)
        {
            Propagation = propagation;
            RecursivePropagation = word[0] == 'r';
            return;
        }

        switch (word)
        {
            case "" or "defaults" or "async" or "nomand" or "nolazytime" or "noiversion" or "loud" or "iversion":
                break;
            case "bind":
                Bind = true;
                break;
            case "rbind":
                Bind = RecursiveBind = true;
                break;
            case "sync" or "dirsync" or "lazytime" or "mand" or "silent":
                SuperFlags.Add(word);
                break;
            case "tmpcopyup":
                CopyUp = true;
                break;
            case "remount":
                throw WharfException.Invalid("mount option \"remount\" is not supported");
            case "idmap" or "ridmap":
                throw WharfException.Invalid($"mount option \"{word}\" is not supported");
            default:
                Data.Add(word);
                break;
        }
    }

    private void Apply(MountOptionWord word)
    {
        if (word.Recursive)
        {
            RecursiveSet = (RecursiveSet & ~word.Mask) | word.Set;
            RecursiveClear = (RecursiveClear & ~word.Set) | (word.Mask & ~word.Set);
        }
        else
        {
            Set = (Set & ~word.Mask) | word.Set;
            Clear = (Clear & ~word.Set) | (word.Mask & ~word.Set);
        }
    }
}
