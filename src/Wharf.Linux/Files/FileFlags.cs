namespace Wharf.Linux;

/// <summary>Flags of open(2), x86-64 values (arm64 differs in O_DIRECTORY, O_NOFOLLOW and O_DIRECT: see <see cref="OpenFlags.Directory"/>).</summary>
[Flags]
public enum OpenFlags
{
    ReadOnly = 0,
    WriteOnly = 1,
    ReadWrite = 2,
    Create = 0x40,
    Exclusive = 0x80,
    NoControllingTerminal = 0x100,
    Truncate = 0x200,
    Append = 0x400,
    NonBlocking = 0x800,
    Directory = 0x10000,
    NoFollow = 0x20000,
    CloseOnExec = 0x80000,
    Path = 0x200000,
    TemporaryFile = 0x400000 | Directory,
}

/// <summary>RESOLVE_* of openat2(2): how far a path may lead.</summary>
[Flags]
public enum ResolveFlags : ulong
{
    None = 0,
    NoCrossDevice = 1,
    NoMagicLinks = 2,
    NoSymlinks = 4,
    Beneath = 8,
    InRoot = 16,
}

/// <summary>AT_* flags of the calls that take a directory and a name.</summary>
[Flags]
public enum AtFlags
{
    None = 0,
    SymlinkNoFollow = 0x100,
    RemoveDirectory = 0x200,
    SymlinkFollow = 0x400,
    NoAutomount = 0x800,
    EmptyPath = 0x1000,
    Recursive = 0x8000,
}

/// <summary>RENAME_* of renameat2(2).</summary>
[Flags]
public enum RenameFlags : uint
{
    None = 0,
    NoReplace = 1,
    Exchange = 2,
    Whiteout = 4,
}

/// <summary>LOCK_* of flock(2).</summary>
[Flags]
public enum LockOperation
{
    Shared = 1,
    Exclusive = 2,
    NonBlocking = 4,
    Unlock = 8,
}

/// <summary>SPLICE_F_*.</summary>
[Flags]
public enum SpliceFlags : uint
{
    None = 0,
    Move = 1,
    NonBlocking = 2,
    More = 4,
}

/// <summary>The file type bits of st_mode (inode(7)).</summary>
public static class FileType
{
    public const uint Mask = 0xF000;
    public const uint Socket = 0xC000;
    public const uint SymbolicLink = 0xA000;
    public const uint Regular = 0x8000;
    public const uint BlockDevice = 0x6000;
    public const uint Directory = 0x4000;
    public const uint CharacterDevice = 0x2000;
    public const uint Fifo = 0x1000;
}
